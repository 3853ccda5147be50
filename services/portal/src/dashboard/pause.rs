//! `POST /portal/connections/{consentId}/pause`: nothing is shared for a while.

use actix_web::{HttpResponse, post, web};
use chrono::Duration;

use crate::{api::Change, form::Form, page::PAUSES, refusal::Refusal, visit::Visit};

/// The pause, for one of the lengths that are offered or until the consumer resumes.
#[post("/portal/connections/{consentId}/pause")]
pub(crate) async fn submit(visit: Visit, consent_id: web::Path<String>, form: Form) -> HttpResponse {
    let outcome = match length(&form) {
        Ok(length) => {
            let until = length.map(|length| visit.now + length);
            super::change(&visit, &form, &consent_id, Change::Hold(until), "paused").await
        }
        Err(refusal) => Err(refusal),
    };
    visit.answer(outcome)
}

fn length(form: &Form) -> Result<Option<Duration>, Refusal> {
    match form.get("days").unwrap_or_default() {
        "" => Ok(None),
        days => {
            let days = days
                .parse()
                .ok()
                .filter(|days| PAUSES.contains(days))
                .ok_or(Refusal::Forged)?;
            Ok(Some(Duration::days(days.into())))
        }
    }
}
