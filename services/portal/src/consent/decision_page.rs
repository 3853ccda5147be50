//! `GET /portal/consent/decision?resourceId=`: what is asked, for the consumer who has just signed in.

use actix_web::{HttpResponse, get, http::StatusCode};

use crate::{
    consent, csrf,
    html::{self, Forms},
    page::Decision,
    refusal::Refusal,
    session::Place,
    visit::Visit,
};

/// The page.
#[get("/portal/consent/decision")]
pub(crate) async fn show(mut visit: Visit) -> HttpResponse {
    let outcome = page(&mut visit).await;
    visit.answer(outcome)
}

async fn page(visit: &mut Visit) -> Result<HttpResponse, Refusal> {
    let resource_id = consent::resource_id(visit)?;
    let place = Place::Consent(resource_id);
    let Some((session, user)) = consent::signed_in(visit, place) else {
        return Ok(consent::sign_in_first(resource_id));
    };
    let resource = match consent::ask(visit, resource_id).await? {
        Ok(resource) => resource,
        Err(onwards) => return Ok(onwards),
    };
    let accounts = visit
        .portal
        .api
        .eligible_accounts(resource_id, &user.user_id)
        .await?;
    let token = csrf::token(&visit.portal, &session, place, visit.random())?;
    let page = Decision::new(
        consent::frame(visit, &user),
        &resource,
        &accounts,
        token,
        visit.now,
    );
    html::page(StatusCode::OK, Forms::AndOnwards, &page)
}
