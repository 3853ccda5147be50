//! `GET /portal/connections/{consentId}`: one connection.

use actix_web::{HttpResponse, get, http::StatusCode, web};
use domain::ConsentId;

use super::Dashboard;
use crate::{
    html::{self, Forms},
    page::Connection,
    refusal::Refusal,
    visit::Visit,
};

/// The page.
#[get("/portal/connections/{consentId}")]
pub(crate) async fn show(visit: Visit, consent_id: web::Path<String>) -> HttpResponse {
    let outcome = page(&visit, &consent_id).await;
    visit.answer(outcome)
}

async fn page(visit: &Visit, consent_id: &str) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of(visit).await?;
    let consent_id: ConsentId = consent_id.parse().map_err(|_| Refusal::Gone)?;
    let consent = visit
        .portal
        .api
        .consent(consent_id, &dashboard.user.user_id)
        .await?;
    let frame = dashboard.frame(visit.text());
    let page = Connection::new(frame, &consent, dashboard.csrf, super::done(visit));
    html::page(StatusCode::OK, Forms::Here, &page)
}
