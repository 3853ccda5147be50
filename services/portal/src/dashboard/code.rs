//! `POST /portal/sign-in/code`: judges a one-time code.

use actix_web::{HttpResponse, http::StatusCode, post};

use crate::{
    csrf,
    form::Form,
    html::{self, Forms},
    page::Code,
    refusal::Refusal,
    session::Place,
    sign_in::{self, Outcome},
    visit::Visit,
};

/// The attempt.
#[post("/portal/sign-in/code")]
pub(crate) async fn submit(visit: Visit, form: Form) -> HttpResponse {
    let outcome = attempt(&visit, &form).await;
    visit.answer(outcome)
}

async fn attempt(visit: &Visit, form: &Form) -> Result<HttpResponse, Refusal> {
    let place = Place::Dashboard;
    let (session, proven) = super::half_signed_in(visit)?;
    csrf::check(&visit.portal, &visit.request, form, &session, place)?;
    let text = visit.text();
    let (status, problem) = match sign_in::by_code(visit, form, place, proven).await? {
        Outcome::SignedIn(cookies) => return Ok(html::see_other("/portal/", cookies)),
        Outcome::TooOften => (StatusCode::TOO_MANY_REQUESTS, text.too_often),
        Outcome::Wrong | Outcome::CodeNeeded(_) => (StatusCode::UNPROCESSABLE_ENTITY, text.code_wrong),
    };
    let token = csrf::token(&visit.portal, &session, place, visit.random())?;
    let page = Code::new(visit.frame(None), place, token, Some(problem));
    html::refused(status, Forms::Here, &page)
}
