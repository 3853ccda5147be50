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
    let user_id = &dashboard.user.user_id;
    let page_key = visit.query("pageKey");
    // What goes on is on the first page, all of it; the others go on with what has ended.
    let live = match page_key {
        None => visit.portal.api.live_consents(user_id).await?,
        Some(_) => vec![],
    };
    let ended = visit
        .portal
        .api
        .ended_consents(user_id, page_key.as_deref())
        .await?;
    let frame = dashboard.frame(visit);
    let page = Connections::new(frame, user_id, &live, &ended, super::done(visit));
    html::page(StatusCode::OK, Forms::Here, &page)
}
