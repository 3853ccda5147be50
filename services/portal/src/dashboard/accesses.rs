//! `GET /portal/connections/{consentId}/accesses`: who read what, all of it.

use actix_web::{HttpResponse, get, http::StatusCode, web};

use super::Dashboard;
use crate::{
    html::{self, Forms},
    page::Accesses,
    refusal::Refusal,
    visit::Visit,
};

/// Reads a page.
const A_PAGE: &str = "50";

/// The page.
#[get("/portal/connections/{consentId}/accesses")]
pub(crate) async fn show(visit: Visit, consent_id: web::Path<String>) -> HttpResponse {
    let outcome = page(&visit, &consent_id).await;
    visit.answer(outcome)
}

async fn page(visit: &Visit, consent_id: &str) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of(visit).await?;
    let consent = dashboard.consent(visit, consent_id).await?;
    let page_key = visit.query("pageKey");
    let accesses = visit
        .portal
        .api
        .accesses(
            consent.consent_id,
            &dashboard.user.user_id,
            A_PAGE,
            page_key.as_deref(),
        )
        .await?;
    let page = Accesses::new(dashboard.frame(visit), &consent, &accesses);
    html::page(StatusCode::OK, Forms::Here, &page)
}
