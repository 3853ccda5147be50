//! The response as one signed JWT (JARM), encrypted where the client registered that.

use chrono::Duration;
use domain::Instant;
use http::{App, Code, KnownClient, OAuthError};
use serde_json::{Map, Value};

use super::encrypted;
use crate::algorithms;

/// Life of a response, seconds: it is followed at once. JARM-2.1 recommends at most ten minutes.
const SECONDS: i64 = 120;

/// Signs the parameters of a response for that client.
pub(super) fn sign(
    app: &App,
    known: &KnownClient,
    parameters: &[(&'static str, String)],
    now: Instant,
) -> Result<String, OAuthError> {
    let mut claims: Map<String, Value> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone().into()))
        .collect();
    claims.insert("iss".into(), app.endpoints.issuer.clone().into());
    let client = &known.client;
    claims.insert("aud".into(), client.client_id.as_str().into());
    claims.insert(
        "exp".into(),
        (now + Duration::seconds(SECONDS)).timestamp().into(),
    );
    let algorithm = algorithms::of_ours(
        client,
        client.metadata.authorization_signed_response_alg.as_deref(),
    );
    let signed = app
        .keys
        .ring()
        .sign(algorithm, "JWT", &claims, now)
        .map_err(|_| OAuthError::new(Code::Internal, "internal error"))?;
    encrypted(known, signed, client.metadata.authorization_encryption())
}
