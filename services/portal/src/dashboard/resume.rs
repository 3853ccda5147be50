//! `POST /portal/connections/{consentId}/resume`: sharing goes on.

use actix_web::{HttpResponse, post, web};

use crate::{api::Change, form::Form, visit::Visit};

/// The end of a pause.
#[post("/portal/connections/{consentId}/resume")]
pub(crate) async fn submit(visit: Visit, consent_id: web::Path<String>, form: Form) -> HttpResponse {
    let outcome = super::change(&visit, &form, &consent_id, Change::Resume, "resumed").await;
    visit.answer(outcome)
}
