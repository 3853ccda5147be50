//! Every other address under `/portal`: the error page rather than an API's JSON, since it is a person who is lost.

use actix_web::{HttpResponse, route};

use crate::{refusal::Refusal, visit::Visit};

/// Nothing is here, or not by this method. Registered last.
#[route("/portal/{rest:.*}", method = "GET", method = "POST")]
pub(crate) async fn lost(visit: Visit) -> HttpResponse {
    visit.answer(Err(Refusal::Gone))
}
