//! `GET` and `POST /portal/connections/{consentId}/stop`: the last question, and the end of a connection.

use actix_web::{HttpResponse, get, http::StatusCode, post, web};

use super::Dashboard;
use crate::{
    api::Change,
    form::Form,
    html::{self, Forms},
    page::Question,
    refusal::Refusal,
    visit::Visit,
};

/// The question.
#[get("/portal/connections/{consentId}/stop")]
pub(crate) async fn show(visit: Visit, consent_id: web::Path<String>) -> HttpResponse {
    let outcome = page(&visit, &consent_id).await;
    visit.answer(outcome)
}

/// The answer.
#[post("/portal/connections/{consentId}/stop")]
pub(crate) async fn submit(visit: Visit, consent_id: web::Path<String>, form: Form) -> HttpResponse {
    let outcome = super::change(&visit, &form, &consent_id, Change::Revoke, "stopped").await;
    visit.answer(outcome)
}

async fn page(visit: &Visit, consent_id: &str) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of(visit).await?;
    let consent = dashboard.consent(visit, consent_id).await?;
    let page = Question::stop(dashboard.frame(visit), &consent, dashboard.csrf);
    html::page(StatusCode::OK, Forms::Here, &page)
}
