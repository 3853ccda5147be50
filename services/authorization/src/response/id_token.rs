//! id_tokens (OIDC Core 2), with every hash that is due, encrypted where the client registered that.

use chrono::Duration;
use domain::{IdentityClaims, Instant, UserId, consent::Authentication};
use http::{App, Code, KnownClient, OAuthError};
use jose::half_hash::half_hash;
use serde_json::{Value, json};

use super::encrypted;
use crate::algorithms;

/// Life of an id_token, seconds.
const SECONDS: i64 = 300;

/// What an id_token is about.
pub(crate) struct IdToken<'a> {
    pub(crate) user_id: &'a UserId,
    pub(crate) authentication: &'a Authentication,
    pub(crate) nonce: Option<&'a str>,
    /// For `c_hash`: issued beside a code in the front channel (FAPI1-ADV-5.2.2.1).
    pub(crate) code: Option<&'a str>,
    /// For `s_hash`, there as well.
    pub(crate) state: Option<&'a str>,
    /// For `at_hash`.
    pub(crate) access_token: Option<&'a str>,
    /// What of the consumer the request asked for here. Never in the front channel (FAPI1-ADV-5.2.2.1-6).
    pub(crate) claims: Option<&'a IdentityClaims>,
}

/// Signs an id_token for that client.
pub(crate) fn sign(
    app: &App,
    known: &KnownClient,
    about: &IdToken<'_>,
    now: Instant,
) -> Result<String, OAuthError> {
    let internal = OAuthError::new(Code::Internal, "internal error");
    let client = &known.client;
    let algorithm = algorithms::of_ours(client, client.metadata.id_token_signed_response_alg.as_deref());
    let client_id = client.client_id.as_str();
    let mut claims = json!({
        "iss": app.endpoints.issuer,
        "sub": app.subject(&client.sector(), about.user_id).map_err(|_| internal)?,
        "aud": client_id,
        "iat": now.timestamp(),
        "exp": (now + Duration::seconds(SECONDS)).timestamp(),
        "auth_time": about.authentication.authenticated_at.timestamp(),
    });
    let optional: [(&str, Option<Value>); 6] = [
        ("nonce", about.nonce.map(Value::from)),
        ("acr", about.authentication.acr.clone().map(Value::from)),
        (
            "amr",
            (!about.authentication.amr.is_empty()).then(|| about.authentication.amr.clone().into()),
        ),
        ("c_hash", about.code.map(|code| half_hash(algorithm, code).into())),
        (
            "s_hash",
            about.state.map(|state| half_hash(algorithm, state).into()),
        ),
        (
            "at_hash",
            about.access_token.map(|token| half_hash(algorithm, token).into()),
        ),
    ];
    if let Some(claims) = claims.as_object_mut() {
        for (name, value) in about.claims.into_iter().flat_map(IdentityClaims::iter) {
            claims.insert(name.to_owned(), value.clone());
        }
        for (name, value) in optional {
            if let Some(value) = value {
                claims.insert(name.into(), value);
            }
        }
    }
    let signed = app
        .keys
        .ring()
        .sign(algorithm, "JWT", &claims, now)
        .map_err(|_| internal)?;
    encrypted(known, signed, client.metadata.id_token_encryption())
}
