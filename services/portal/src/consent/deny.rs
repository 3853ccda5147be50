//! `POST /portal/consent/deny?resourceId=`: deny without signing in. Whoever holds the browser that began may do so.

use actix_web::{HttpResponse, post};

use crate::{
    consent, csrf,
    form::Form,
    refusal::Refusal,
    session::{Place, Session},
    visit::Visit,
};

/// The denial.
#[post("/portal/consent/deny")]
pub(crate) async fn submit(mut visit: Visit, form: Form) -> HttpResponse {
    let outcome = deny(&mut visit, &form).await;
    visit.answer(outcome)
}

async fn deny(visit: &mut Visit, form: &Form) -> Result<HttpResponse, Refusal> {
    let resource_id = consent::resource_id(visit)?;
    let place = Place::Consent(resource_id);
    let session =
        Session::of(&visit.request, &visit.portal.sessions, place, visit.now).ok_or(Refusal::Forged)?;
    csrf::check(&visit.portal, &visit.request, form, &session, place)?;
    let resource = match consent::ask(visit, resource_id).await? {
        Ok(resource) => resource,
        Err(onwards) => return Ok(onwards),
    };
    let outcome = visit
        .portal
        .api
        .reject(resource_id, &resource.etag, "denied before sign-in")
        .await;
    consent::decided(visit, resource_id, outcome).await
}
