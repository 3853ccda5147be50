//! `GET` and `POST /portal/connections/{consentId}/remove`: the last question, and an account that is shared no longer.

use actix_web::{HttpResponse, get, http::StatusCode, post, web};

use super::Dashboard;
use crate::{
    api::Change,
    form::Form,
    html::{self, Forms},
    page::{AccountLine, Question},
    refusal::Refusal,
    visit::Visit,
};

/// The question.
#[get("/portal/connections/{consentId}/remove")]
pub(crate) async fn show(visit: Visit, consent_id: web::Path<String>) -> HttpResponse {
    let outcome = page(&visit, &consent_id).await;
    visit.answer(outcome)
}

/// The answer.
#[post("/portal/connections/{consentId}/remove")]
pub(crate) async fn submit(visit: Visit, consent_id: web::Path<String>, form: Form) -> HttpResponse {
    let outcome = match form.get("account") {
        Some(account) => super::change(&visit, &form, &consent_id, Change::Remove(account), "removed").await,
        None => Err(Refusal::Forged),
    };
    visit.answer(outcome)
}

async fn page(visit: &Visit, consent_id: &str) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of(visit).await?;
    let consent = dashboard.consent(visit, consent_id).await?;
    let asked = visit.query("account").unwrap_or_default();
    let shared = consent
        .accounts
        .iter()
        .find(|shared| shared.account.account_id.as_str() == asked)
        .ok_or(Refusal::Gone)?;
    let line = AccountLine::new(visit.text(), &shared.account, shared.nickname.as_deref());
    let name = format!("{} {}", line.name, line.detail);
    let page = Question::remove(
        dashboard.frame(visit),
        &consent,
        (&asked, name.trim()),
        dashboard.csrf,
    );
    html::page(StatusCode::OK, Forms::Here, &page)
}
