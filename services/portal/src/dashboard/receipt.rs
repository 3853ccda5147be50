//! `GET /portal/connections/{consentId}/receipts/{sequence}`: what one change was, to read and to print.

use actix_web::{HttpResponse, get, http::StatusCode, web};

use super::Dashboard;
use crate::{
    api,
    html::{self, Forms},
    page::Receipt,
    refusal::Refusal,
    visit::Visit,
};

/// The page.
#[get("/portal/connections/{consentId}/receipts/{sequence}")]
pub(crate) async fn show(visit: Visit, path: web::Path<(String, String)>) -> HttpResponse {
    let outcome = page(&visit, &path.0, &path.1).await;
    visit.answer(outcome)
}

async fn page(visit: &Visit, consent_id: &str, sequence: &str) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of(visit).await?;
    // First: the API gives receipts to nobody but who granted the connection.
    let jws = dashboard.receipt(visit, (consent_id, sequence)).await?;
    let receipt = api::Receipt::open(&jws)?;
    let consent = dashboard.consent(visit, consent_id).await?;
    let keys = visit.app.endpoints.public(http::endpoints::JWKS);
    let names = (dashboard.user.display_name.as_str(), keys);
    let page = Receipt::new(dashboard.frame(visit), &consent, &receipt, names);
    html::page(StatusCode::OK, Forms::Here, &page)
}
