//! The client's certificate: of the connection itself, or passed on by a proxy that proved to be one.

use actix_web::HttpRequest;
use mtls::{PresentedCertificate, forwarded};

use crate::{App, Connection};

/// The certificate of whoever made this request; `None` when there is none.
///
/// Certificate headers count only on the connection of a proxy that the settings name and that presented its own
/// certificate; from anyone else they are ignored, and logged (M01, M02, M03).
///
/// # Errors
/// [`forwarded::ForwardedError`] when a true proxy passed on something that is no certificate.
pub fn client_certificate(
    app: &App,
    request: &HttpRequest,
) -> Result<Option<PresentedCertificate>, forwarded::ForwardedError> {
    let connection = Connection::of(request);
    let proxy = app.proxies().and_then(|proxies| {
        let now = app.now();
        let peer = connection.certificate()?;
        connection.proxy(now, || proxies.recognise(peer, now))
    });
    match proxy {
        Some(proxy) => proxy.certificate(
            request
                .headers()
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_bytes())),
        ),
        None => {
            let ignored = forwarded::present(request.headers().keys().map(|name| name.as_str()));
            if !ignored.is_empty() {
                tracing::warn!(headers = ?ignored, "certificate headers from a peer that is no trusted proxy are ignored");
            }
            Ok(connection.certificate().cloned())
        }
    }
}
