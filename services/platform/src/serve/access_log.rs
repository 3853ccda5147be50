//! One line a request: ids, route, status, duration. No token, secret, account number or name can be in it, since it tells
//! the route's pattern and never the path, no query, no header, and no body.

use actix_web::{
    Error, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web,
};
use domain::{ClientId, Clock as _, ConsentId};
use http::{Connection, FdxError, InteractionId, Listener, LogFields, OAuthError, SystemClock};
use serde::Serialize;
use tokio::time::Instant;

use super::metrics::{Begun, Metrics};
use crate::logging;

/// The route of a request that no endpoint took.
const UNROUTED: &str = "unrouted";

/// The line's fields.
#[derive(Serialize)]
struct Access<'a> {
    listener: &'static str,
    method: &'static str,
    route: &'a str,
    status: u16,
    duration_us: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    interaction_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a ClientId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent_id: Option<ConsentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

/// Middleware: writes the line and counts, when the answer's head is made.
pub(super) async fn access_log(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let begun = request.app_data::<web::Data<Metrics>>().cloned().map(Begun::now);
    let response = next.call(request).await;
    if let Some(begun) = begun {
        begun.answered();
    }
    let response = response?;
    let took = began.elapsed();

    let request = response.request();
    let route = request.match_pattern();
    let route = route.as_deref().unwrap_or(UNROUTED);
    let (method, status) = (method(request), response.status().as_u16());
    if let Some(metrics) = request.app_data::<web::Data<Metrics>>() {
        metrics.observe(route, method, status, took);
    }
    let fields = LogFields::of(request);
    let interaction_id = InteractionId::of(request);
    let access = Access {
        listener: listener(request),
        method,
        route,
        status,
        duration_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        interaction_id: interaction_id.as_ref().map(InteractionId::as_str),
        client_id: fields.client_id.as_ref(),
        consent_id: fields.consent_id,
        error: fields.error.or_else(|| code(&response)),
    };
    logging::tell_access(SystemClock.now(), &access);
    Ok(response)
}

/// The code of a refusal: FDX's number or OAuth's word.
fn code<B>(response: &ServiceResponse<B>) -> Option<&'static str> {
    let error = response.response().error()?;
    let fdx = error.as_error::<FdxError>().map(|error| error.code().fdx());
    fdx.or_else(|| error.as_error::<OAuthError>().map(OAuthError::error))
}

/// A method is text of the caller's choice unless it is one that we know.
fn method(request: &HttpRequest) -> &'static str {
    match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

fn listener(request: &HttpRequest) -> &'static str {
    match Connection::of(request).listener() {
        Listener::Public => "public",
        Listener::Mutual => "mutual",
    }
}
