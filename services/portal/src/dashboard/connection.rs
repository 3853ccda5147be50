//! `GET /portal/connections/{consentId}`: one connection.

use actix_web::{HttpResponse, get, http::StatusCode, web};

use super::Dashboard;
use crate::{
    api::UserConsent,
    html::{self, Forms},
    page::{Connection, Facts},
    refusal::Refusal,
    visit::Visit,
};

/// Reads that the page shows; all of them have a page of their own.
const NEWEST: &str = "5";

/// The page.
#[get("/portal/connections/{consentId}")]
pub(crate) async fn show(visit: Visit, consent_id: web::Path<String>) -> HttpResponse {
    let outcome = page(&visit, &consent_id).await;
    visit.answer(outcome)
}

async fn page(visit: &Visit, consent_id: &str) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of(visit).await?;
    let consent = dashboard.consent(visit, consent_id).await?;
    let page = page_of(visit, &dashboard, &consent).await?;
    html::page(StatusCode::OK, Forms::Here, &page)
}

/// The page of that connection.
pub(super) async fn page_of(
    visit: &Visit,
    dashboard: &Dashboard,
    consent: &UserConsent,
) -> Result<Connection, Refusal> {
    let user_id = &dashboard.user.user_id;
    let accesses = visit
        .portal
        .api
        .accesses(consent.consent_id, user_id, NEWEST, None)
        .await?;
    let facts = Facts {
        consent,
        accesses: &accesses,
        user_id,
        now: visit.now,
    };
    Ok(Connection::new(
        dashboard.frame(visit),
        &facts,
        &dashboard.csrf,
        super::done(visit),
    ))
}
