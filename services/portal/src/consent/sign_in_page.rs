//! `GET /portal/consent?resourceId=`: who asks, and sign-in; where the authorization endpoint sends the browser.

use actix_web::{HttpResponse, get, http::StatusCode};

use crate::{
    consent, csrf,
    html::{self, Forms},
    page::SignIn,
    refusal::Refusal,
    session::{Place, Session},
    visit::Visit,
};

/// The page.
#[get("/portal/consent")]
pub(crate) async fn show(mut visit: Visit) -> HttpResponse {
    let outcome = page(&mut visit).await;
    visit.answer(outcome)
}

async fn page(visit: &mut Visit) -> Result<HttpResponse, Refusal> {
    let resource_id = consent::resource_id(visit)?;
    let resource = match consent::ask(visit, resource_id).await? {
        Ok(resource) => resource,
        Err(onwards) => return Ok(onwards),
    };
    let place = Place::Consent(resource_id);
    let session = Session::anonymous(
        &visit.request,
        &visit.portal.sessions,
        place,
        visit.now,
        visit.random(),
    );
    let token = csrf::token(&visit.portal, &session, place, visit.random())?;
    let page = SignIn::to_decide(visit.frame(None), &resource, token);
    let mut response = html::page(StatusCode::OK, Forms::AndOnwards, &page)?;
    html::keep(
        &mut response,
        &session.cookie(&visit.portal.sessions, place, visit.random())?,
    )?;
    Ok(response)
}
