//! `GET` and `POST /portal/stop-all`: the last question, and the end of every connection that the consumer made.

use actix_web::{HttpResponse, get, http::StatusCode, post};

use super::Dashboard;
use crate::{
    api::Role,
    form::Form,
    html::{self, Forms},
    page::{DONE, Question},
    refusal::Refusal,
    visit::Visit,
};

/// The question.
#[get("/portal/stop-all")]
pub(crate) async fn show(visit: Visit) -> HttpResponse {
    let outcome = page(&visit).await;
    visit.answer(outcome)
}

/// The answer.
#[post("/portal/stop-all")]
pub(crate) async fn submit(visit: Visit, form: Form) -> HttpResponse {
    let outcome = stop(&visit, &form).await;
    visit.answer(outcome)
}

async fn page(visit: &Visit) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of(visit).await?;
    let live = visit.portal.api.live_consents(&dashboard.user.user_id).await?;
    let mut names: Vec<_> = live
        .iter()
        .filter(|consent| consent.role == Role::Grantor)
        .map(|consent| consent.recipient.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Ok(html::see_other("/portal/", []));
    }
    let page = Question::stop_all(dashboard.frame(visit), &names.join(", "), dashboard.csrf);
    html::page(StatusCode::OK, Forms::Here, &page)
}

async fn stop(visit: &Visit, form: &Form) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of_form(visit, form).await?;
    visit.portal.api.revoke_all(&dashboard.user.user_id).await?;
    Ok(html::see_other(&format!("/portal/?{DONE}=stopped-all"), []))
}
