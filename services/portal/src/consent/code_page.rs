//! `GET /portal/consent/code?resourceId=`: the second factor of a consumer who has proven their password.

use actix_web::{HttpResponse, get, http::StatusCode};

use crate::{
    consent, csrf,
    html::{self, Forms},
    page::Code,
    refusal::Refusal,
    session::Place,
    visit::Visit,
};

/// The page.
#[get("/portal/consent/code")]
pub(crate) async fn show(mut visit: Visit) -> HttpResponse {
    let outcome = page(&mut visit).await;
    visit.answer(outcome)
}

async fn page(visit: &mut Visit) -> Result<HttpResponse, Refusal> {
    let resource_id = consent::resource_id(visit)?;
    let place = Place::Consent(resource_id);
    let Some((session, _)) = consent::half_signed_in(visit, place) else {
        return Ok(consent::sign_in_first(resource_id));
    };
    if let Err(onwards) = consent::ask(visit, resource_id).await? {
        return Ok(onwards);
    }
    let token = csrf::token(&visit.portal, &session, place, visit.random())?;
    let page = Code::new(visit.frame(None), place, token, None);
    html::page(StatusCode::OK, Forms::AndOnwards, &page)
}
