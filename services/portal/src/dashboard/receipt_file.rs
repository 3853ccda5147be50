//! `GET /portal/connections/{consentId}/receipts/{sequence}/file`: the signed receipt of one change, to keep.

use actix_web::{HttpResponse, get, web};

use super::Dashboard;
use crate::{html, refusal::Refusal, visit::Visit};

/// The file: a compact JWS.
#[get("/portal/connections/{consentId}/receipts/{sequence}/file")]
pub(crate) async fn download(visit: Visit, path: web::Path<(String, String)>) -> HttpResponse {
    let outcome = file(&visit, &path.0, &path.1).await;
    visit.answer(outcome)
}

async fn file(visit: &Visit, consent_id: &str, sequence: &str) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of(visit).await?;
    let receipt = dashboard.receipt(visit, (consent_id, sequence)).await?;
    let name = format!("receipt-{consent_id}-{sequence}.jwt");
    Ok(html::download(&name, "application/jwt", receipt))
}
