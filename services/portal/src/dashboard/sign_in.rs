//! `POST /portal/sign-in`.

use actix_web::{HttpResponse, http::StatusCode, post};

use crate::{
    csrf,
    form::Form,
    html::{self, Forms},
    page::SignIn,
    refusal::Refusal,
    session::{Place, Session},
    sign_in::{self, Outcome},
    visit::Visit,
};

/// The attempt.
#[post("/portal/sign-in")]
pub(crate) async fn submit(visit: Visit, form: Form) -> HttpResponse {
    let outcome = attempt(&visit, &form).await;
    visit.answer(outcome)
}

async fn attempt(visit: &Visit, form: &Form) -> Result<HttpResponse, Refusal> {
    let place = Place::Dashboard;
    let session =
        Session::of(&visit.request, &visit.portal.sessions, place, visit.now).ok_or(Refusal::Forged)?;
    csrf::check(&visit.portal, &visit.request, form, &session, place)?;
    let text = visit.text();
    let (status, problem) = match sign_in::by_password(visit, form, place).await? {
        Outcome::SignedIn(cookies) => return Ok(html::see_other("/portal/", cookies)),
        Outcome::CodeNeeded(cookie) => return Ok(html::see_other("/portal/sign-in/code", [cookie])),
        Outcome::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, text.wrong),
        Outcome::TooOften => (StatusCode::TOO_MANY_REQUESTS, text.too_often),
    };
    let token = csrf::token(&visit.portal, &session, place, visit.random())?;
    let page = SignIn::to_dashboard(visit.frame(None), token)
        .again(form.get("username").unwrap_or_default(), problem);
    html::refused(status, Forms::Here, &page)
}
