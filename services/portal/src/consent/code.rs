//! `POST /portal/consent/code?resourceId=`: judges a one-time code, and on to the decision.

use actix_web::{HttpResponse, http::StatusCode, post};

use crate::{
    consent, csrf,
    form::Form,
    html::{self, Forms},
    page::Code,
    refusal::Refusal,
    session::Place,
    sign_in::{self, Outcome},
    visit::Visit,
};

/// The attempt.
#[post("/portal/consent/code")]
pub(crate) async fn submit(mut visit: Visit, form: Form) -> HttpResponse {
    let outcome = attempt(&mut visit, &form).await;
    visit.answer(outcome)
}

async fn attempt(visit: &mut Visit, form: &Form) -> Result<HttpResponse, Refusal> {
    let resource_id = consent::resource_id(visit)?;
    let place = Place::Consent(resource_id);
    let Some((session, proven)) = consent::half_signed_in(visit, place) else {
        return Ok(consent::sign_in_first(resource_id));
    };
    csrf::check(&visit.portal, &visit.request, form, &session, place)?;
    if let Err(onwards) = consent::ask(visit, resource_id).await? {
        return Ok(onwards);
    }
    let text = visit.text();
    let (status, problem) = match sign_in::by_code(visit, form, place, proven).await? {
        Outcome::SignedIn(cookies) => {
            return Ok(html::see_other(
                &format!("/portal/consent/decision?resourceId={resource_id}"),
                cookies,
            ));
        }
        Outcome::TooOften => (StatusCode::TOO_MANY_REQUESTS, text.too_often),
        Outcome::Wrong | Outcome::CodeNeeded(_) => (StatusCode::UNPROCESSABLE_ENTITY, text.code_wrong),
    };
    let token = csrf::token(&visit.portal, &session, place, visit.random())?;
    let page = Code::new(visit.frame(None), place, token, Some(problem));
    html::refused(status, Forms::AndOnwards, &page)
}
