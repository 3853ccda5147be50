//! `private_key_jwt` (RFC 7523): a JWT that the client signed for us, once.

use domain::{Instant, profile::AssertionAudience};
use http::{App, KnownClient, OAuthError};
use jose::{Claims, Compact, TimeRules};
use store::issue::Spend;

use super::NOT_PROVEN;
use crate::algorithms;

/// The types that an assertion may carry: a token that was made for another purpose is no assertion (RFC8725-3.11).
const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];

/// Verifies an assertion sent to the endpoint at `path`. Gives what it spends.
pub(super) fn verify(
    app: &App,
    known: &KnownClient,
    assertion: &str,
    path: &'static str,
    now: Instant,
) -> Result<Spend, OAuthError> {
    let token = Compact::parse(assertion).map_err(|_| NOT_PROVEN)?;
    if token.typ().is_some() && !TYPES.iter().any(|typ| token.is_type(typ)) {
        return Err(NOT_PROVEN);
    }
    let keys = known.keys.as_ref().ok_or(NOT_PROVEN)?;
    // FAPI1-ADV-8.6, FAPI2-SP-FINAL-5.4.1: the algorithms are ours to name, never the header's.
    let registered = known.client.metadata.token_endpoint_auth_signing_alg.as_deref();
    let allowed = algorithms::of_client(&known.client, registered);
    let claims = keys.verify(&token, allowed).map_err(|_| NOT_PROVEN)?;
    let client_id = known.client.client_id.as_str();
    // RFC7523-3: issuer and subject are both the client (C01).
    for claim in ["iss", "sub"] {
        if claims.required_str(claim).map_err(|_| NOT_PROVEN)? != client_id {
            return Err(NOT_PROVEN);
        }
    }
    if !is_for_us(app, known, &claims, path) {
        return Err(NOT_PROVEN);
    }
    let window = claims
        .check_times(now, TimeRules::CLIENT_ASSERTION)
        .map_err(|_| NOT_PROVEN)?;
    let jti = claims.required_str("jti").map_err(|_| NOT_PROVEN)?;
    let ends_at = window.exp.ok_or(NOT_PROVEN)?;
    Ok(Spend {
        spent_id: spent_id(client_id, jti),
        ends_on: ends_at.date_naive(),
    })
}

/// Which audience the client's profile accepts.
fn is_for_us(app: &App, known: &KnownClient, claims: &Claims, path: &'static str) -> bool {
    let endpoints = &app.endpoints;
    let Ok(audience) = claims.audience() else {
        return false;
    };
    match known.client.profile().rules().assertion_audience {
        // J21, FAPI2-SP-FINAL-5.3.2.1-8: one string, our issuer identifier.
        AssertionAudience::IssuerOnly => {
            !claims.is_audience_array() && audience == [endpoints.issuer.as_str()]
        }
        AssertionAudience::IssuerOrEndpoint => {
            let token = http::endpoints::TOKEN;
            let ours = [
                endpoints.issuer.clone(),
                endpoints.public(token),
                endpoints.mutual(token),
                endpoints.public(path),
                endpoints.mutual(path),
            ];
            audience
                .iter()
                .any(|audience| ours.iter().any(|our| our == audience))
        }
    }
}

/// The first half of a hash over purpose, client and jti: what two clients name alike stays two things.
fn spent_id(client_id: &str, jti: &str) -> uuid::Uuid {
    let text = format!("client_assertion\0{}\0{client_id}\0{jti}", client_id.len());
    let hash = jose::sha256(text);
    let (half, _) = hash.split_at(16);
    uuid::Uuid::from_slice(half).unwrap_or_default()
}
