//! Headers that every answer of the TLS listeners carries.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{
        CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
        X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
    middleware::Next,
};

const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (
        STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=31536000; includeSubDomains"),
    ),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // P08: what stands in an authorization URL goes to nobody else.
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// What a browser may do with an answer that says nothing itself: nothing. Pages have a policy of their own (L13).
const DATA: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// The page of the API documentation: the one that runs scripts, all of them its own files.
const DOCUMENTATION: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; form-action 'none'; \
     frame-ancestors 'none'; base-uri 'none'",
);

/// Middleware: adds the headers that an answer does not have already.
///
/// # Errors
/// Those of the service behind it.
pub async fn security_headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let policy = if response.request().path().starts_with("/docs/") {
        DOCUMENTATION
    } else {
        DATA
    };
    for (name, value) in HEADERS.into_iter().chain([(CONTENT_SECURITY_POLICY, policy)]) {
        if !response.headers().contains_key(&name) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}
