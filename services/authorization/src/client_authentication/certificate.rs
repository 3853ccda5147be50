//! Certificates as proof: of an authority that we trust (RFC8705-2.1), or with a key that the client registered
//! (RFC8705-2.2).

use actix_web::HttpRequest;
use domain::Instant;
use http::{App, Connection, KnownClient, OAuthError};
use mtls::PresentedCertificate;

use super::NOT_PROVEN;

/// `tls_client_auth`: a chain to one of our authorities, and the registered subject.
pub(super) fn of_authority(
    app: &App,
    request: &HttpRequest,
    known: &KnownClient,
    certificate: Option<&PresentedCertificate>,
    now: Instant,
) -> Result<(), OAuthError> {
    let certificate = certificate.ok_or(NOT_PROVEN)?;
    let authorities = app.authorities().ok_or(NOT_PROVEN)?;
    let rule = known.client.metadata.subject_rule().ok_or(NOT_PROVEN)?;
    let connection = Connection::of(request);
    let own = connection
        .certificate()
        .is_some_and(|own| own.thumbprint() == certificate.thumbprint());
    // The chain of the connection's own certificate is followed once a connection; one that a proxy passed on, each time.
    let satisfied = if own {
        connection
            .trusted(authorities, now)
            .is_ok_and(|trusted| trusted.satisfies(&rule))
    } else {
        authorities
            .verify(certificate, now)
            .is_ok_and(|trusted| trusted.satisfies(&rule))
    };
    if satisfied { Ok(()) } else { Err(NOT_PROVEN) }
}

/// `self_signed_tls_client_auth`: the very certificate, or its key, stands in the client's key set.
pub(super) fn registered(
    known: &KnownClient,
    certificate: Option<&PresentedCertificate>,
) -> Result<(), OAuthError> {
    let certificate = certificate
        .filter(|certificate| certificate.has_strong_key())
        .ok_or(NOT_PROVEN)?;
    let keys = known
        .client
        .metadata
        .jwks
        .as_ref()
        .and_then(|jwks| jwks.get("keys"))
        .and_then(|keys| keys.as_array());
    // RFC8705-2.2.2: the certificate is the first element of a key's `x5c`.
    let matches = keys.into_iter().flatten().any(|key| {
        let leaf = key
            .get("x5c")
            .and_then(|chain| chain.get(0))
            .and_then(|leaf| leaf.as_str());
        let der = leaf
            .and_then(|leaf| base64::Engine::decode(&base64::engine::general_purpose::STANDARD, leaf).ok());
        der.and_then(|der| PresentedCertificate::from_der::<&[u8]>(&der, &[]).ok())
            .is_some_and(|registered| registered.thumbprint() == certificate.thumbprint())
    });
    if matches { Ok(()) } else { Err(NOT_PROVEN) }
}
