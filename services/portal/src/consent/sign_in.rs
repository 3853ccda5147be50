//! `POST /portal/consent?resourceId=`: signs in, and on to the second factor or the decision.

use actix_web::{HttpResponse, http::StatusCode, post};

use crate::{
    consent, csrf,
    form::Form,
    html::{self, Forms},
    page::SignIn,
    refusal::Refusal,
    session::{Place, Session},
    sign_in::{self, Outcome},
    visit::Visit,
};

/// The attempt.
#[post("/portal/consent")]
pub(crate) async fn submit(mut visit: Visit, form: Form) -> HttpResponse {
    let outcome = attempt(&mut visit, &form).await;
    visit.answer(outcome)
}

async fn attempt(visit: &mut Visit, form: &Form) -> Result<HttpResponse, Refusal> {
    let resource_id = consent::resource_id(visit)?;
    let place = Place::Consent(resource_id);
    let session =
        Session::of(&visit.request, &visit.portal.sessions, place, visit.now).ok_or(Refusal::Forged)?;
    csrf::check(&visit.portal, &visit.request, form, &session, place)?;
    let resource = match consent::ask(visit, resource_id).await? {
        Ok(resource) => resource,
        Err(onwards) => return Ok(onwards),
    };
    let text = visit.text();
    let (status, problem) = match sign_in::by_password(visit, form, place).await? {
        Outcome::SignedIn(cookies) => {
            return Ok(html::see_other(
                &format!("/portal/consent/decision?resourceId={resource_id}"),
                cookies,
            ));
        }
        Outcome::CodeNeeded(cookie) => {
            return Ok(html::see_other(
                &format!("/portal/consent/code?resourceId={resource_id}"),
                [cookie],
            ));
        }
        Outcome::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, text.wrong),
        Outcome::TooOften => (StatusCode::TOO_MANY_REQUESTS, text.too_often),
    };
    let token = csrf::token(&visit.portal, &session, place, visit.random())?;
    let page = SignIn::to_decide(visit.frame(None), &resource, token)
        .again(form.get("username").unwrap_or_default(), problem);
    html::refused(status, Forms::AndOnwards, &page)
}
