//! The response as one signed JWT (JARM).

use chrono::Duration;
use domain::{Client, Instant};
use http::{App, Code, OAuthError};
use jose::Algorithm;
use serde_json::{Map, Value};

/// Life of a response, seconds: it is followed at once. JARM-2.1 recommends at most ten minutes.
const SECONDS: i64 = 120;

/// Signs the parameters of a response for that client.
pub(super) fn sign(
    app: &App,
    client: &Client,
    parameters: &[(&'static str, String)],
    now: Instant,
) -> Result<String, OAuthError> {
    let mut claims: Map<String, Value> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone().into()))
        .collect();
    claims.insert("iss".into(), app.endpoints.issuer.clone().into());
    claims.insert("aud".into(), client.client_id.as_str().into());
    claims.insert(
        "exp".into(),
        (now + Duration::seconds(SECONDS)).timestamp().into(),
    );
    let algorithm = algorithm(client.metadata.authorization_signed_response_alg.as_deref());
    app.keys
        .ring()
        .sign(algorithm, "JWT", &claims, now)
        .map_err(|_| OAuthError::new(Code::Internal, "internal error"))
}

/// The algorithm that a client registered for something; ES256 unless it did.
pub(crate) fn algorithm(registered: Option<&str>) -> Algorithm {
    registered
        .and_then(Algorithm::from_name)
        .unwrap_or(Algorithm::Es256)
}
