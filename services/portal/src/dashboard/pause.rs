//! `POST /portal/connections/{consentId}/pause`: nothing is shared until a day, or until the consumer resumes.

use actix_web::{HttpResponse, http::StatusCode, post, web};
use chrono::{NaiveDate, NaiveTime};
use domain::Instant;

use super::{Dashboard, connection};
use crate::{
    api::Change,
    form::Form,
    html::{self, Forms},
    refusal::Refusal,
    visit::Visit,
};

/// The pause.
#[post("/portal/connections/{consentId}/pause")]
pub(crate) async fn submit(visit: Visit, consent_id: web::Path<String>, form: Form) -> HttpResponse {
    let outcome = pause(&visit, &consent_id, &form).await;
    visit.answer(outcome)
}

async fn pause(visit: &Visit, consent_id: &str, form: &Form) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of_form(visit, form).await?;
    let day = form.get("until").unwrap_or_default();
    if day.is_empty() {
        return super::change_of(visit, &dashboard, consent_id, Change::Hold(None), "paused").await;
    }
    // A browser keeps to the days of the field; what comes from elsewhere is told so.
    let consent = dashboard.consent(visit, consent_id).await?;
    match beginning(day).filter(|until| visit.now < *until && *until < consent.expiration_time) {
        Some(until) => {
            super::change_of(visit, &dashboard, consent_id, Change::Hold(Some(until)), "paused").await
        }
        None => {
            let page = connection::page_of(visit, &dashboard, &consent)
                .await?
                .pause_refused(consent.expiration_time);
            html::page(StatusCode::UNPROCESSABLE_ENTITY, Forms::Here, &page)
        }
    }
}

/// The beginning of a day as a date field writes it, in UTC.
fn beginning(day: &str) -> Option<Instant> {
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    Some(day.and_time(NaiveTime::MIN).and_utc())
}
