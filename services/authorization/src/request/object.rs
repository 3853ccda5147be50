//! Signed request objects (RFC 9101): the client's signature over everything that it asks.

use domain::{Client, Instant, profile::RequestObject};
use http::{App, Code, KnownClient, OAuthError};
use jose::{Claims, Compact, TimeRules};

use crate::algorithms;

/// The type that a request object may carry (RFC9101-10.8); absent, or the one that every JWT may have, will do.
const TYPES: [&str; 2] = ["oauth-authz-req+jwt", "JWT"];

const fn refuse(description: &'static str) -> OAuthError {
    OAuthError::new(Code::InvalidRequestObject, description)
}

/// Whether only signed request objects are taken from that client.
pub(crate) fn must_be_signed(client: &Client) -> bool {
    client.profile().rules().request_object == RequestObject::Required
        || client.metadata.require_signed_request_object
}

/// Verifies a request object of that client. Its claims are the request; nothing outside it is.
///
/// # Errors
/// `invalid_request_object`.
pub(crate) fn verify(
    app: &App,
    known: &KnownClient,
    object: &str,
    now: Instant,
) -> Result<Claims, OAuthError> {
    let token = Compact::parse(object)
        .map_err(|_| refuse("the request object is not a signed JWT of a permitted algorithm"))?;
    // A JWT that was made for another purpose is no request: an assertion, a proof, an id_token.
    if token.typ().is_some() && !TYPES.iter().any(|typ| token.is_type(typ)) {
        return Err(refuse("the request object has another type"));
    }
    let keys = known
        .keys
        .as_ref()
        .ok_or(refuse("the client has registered no key"))?;
    // R08. FAPI1-ADV-8.6: PS256 and ES256, whatever the header would like.
    let registered = known.client.metadata.request_object_signing_alg.as_deref();
    let claims = keys
        .verify(&token, algorithms::of_client(&known.client, registered))
        .map_err(|_| refuse("the signature of the request object does not verify with the client's keys"))?;
    let client_id = known.client.client_id.as_str();
    if claims.str("iss") != Ok(Some(client_id)) {
        return Err(refuse("iss is not the client"));
    }
    // FAPI1-ADV-5.2.2-10: a request object must not do as an assertion, nor the other way round.
    if claims.get("sub").is_some() {
        return Err(refuse("a request object has no sub"));
    }
    // FAPI1-ADV-5.2.2-15: the audience is, or holds, our issuer identifier and no endpoint's URL.
    if !claims
        .audience()
        .is_ok_and(|audience| audience.contains(&app.endpoints.issuer.as_str()))
    {
        return Err(refuse("aud is not this authorization server"));
    }
    // FAPI1-ADV-5.2.2-13, -17.
    claims
        .check_times(now, TimeRules::REQUEST_OBJECT)
        .map_err(|_| refuse("nbf and exp must be there, in force, and at most 60 minutes apart"))?;
    // R06, RFC9101-4.
    if claims.get("request").is_some() || claims.get("request_uri").is_some() {
        return Err(refuse("a request object holds neither request nor request_uri"));
    }
    Ok(claims)
}
