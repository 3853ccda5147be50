//! `GET /portal/sign-in/code`: the second factor of a consumer who has proven their password.

use actix_web::{HttpResponse, get, http::StatusCode};

use crate::{
    csrf,
    html::{self, Forms},
    page::Code,
    refusal::Refusal,
    session::Place,
    visit::Visit,
};

/// The page.
#[get("/portal/sign-in/code")]
pub(crate) async fn show(visit: Visit) -> HttpResponse {
    visit.answer(page(&visit))
}

fn page(visit: &Visit) -> Result<HttpResponse, Refusal> {
    let (session, _) = super::half_signed_in(visit)?;
    let token = csrf::token(&visit.portal, &session, Place::Dashboard, visit.random())?;
    let page = Code::new(visit.frame(None), Place::Dashboard, token, None);
    html::page(StatusCode::OK, Forms::Here, &page)
}
