//! `GET /portal/`: everyone with whom the consumer shares, and shared.

use actix_web::{HttpResponse, get, http::StatusCode};

use super::Dashboard;
use crate::{
    html::{self, Forms},
    page::Connections,
    refusal::Refusal,
    visit::Visit,
};

/// The page.
#[get("/portal/")]
pub(crate) async fn show(visit: Visit) -> HttpResponse {
    let outcome = page(&visit).await;
    visit.answer(outcome)
}

async fn page(visit: &Visit) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of(visit).await?;
    let page_key = visit.query("pageKey");
    let consents = visit
        .portal
        .api
        .consents(&dashboard.user.user_id, page_key.as_deref())
        .await?;
    let page = Connections::new(dashboard.frame(visit.text()), &consents, super::done(visit));
    html::page(StatusCode::OK, Forms::Here, &page)
}
