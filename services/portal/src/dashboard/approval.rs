//! `POST /portal/connections/{consentId}/approval`: a holder agrees, or does not, to what another holder shares.

use actix_web::{HttpResponse, post, web};

use crate::{api::Change, form::Form, refusal::Refusal, visit::Visit};

/// The answer.
#[post("/portal/connections/{consentId}/approval")]
pub(crate) async fn submit(visit: Visit, consent_id: web::Path<String>, form: Form) -> HttpResponse {
    let outcome = match form.get("answer") {
        Some("approve") => super::change(&visit, &form, &consent_id, Change::Approve, "approved").await,
        Some("withdraw") => super::change(&visit, &form, &consent_id, Change::Withdraw, "withdrawn").await,
        _ => Err(Refusal::Forged),
    };
    visit.answer(outcome)
}
