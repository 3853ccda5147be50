//! Client secrets, for the bank's own applications and for OpenID Connect alone.
//!
//! One that we minted (256 random bits) is kept as its SHA-256, one that an operator chose as argon2id: no guess at
//! the first is worth slowing down, every guess at the second is.

use std::time::Duration;

use http::{App, Code, KnownClient, OAuthError};
use secrecy::{ExposeSecret, SecretString};

use super::NOT_PROVEN;

/// How a minted secret's hash is marked in the row.
const MINTED: &str = "sha256:";

/// Longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(3);

const BUSY: OAuthError = OAuthError::new(Code::Unavailable, "too many secrets are being verified");

/// Verifies a secret. The slow hash runs where it holds nobody up.
pub(super) async fn verify(app: &App, known: &KnownClient, secret: &SecretString) -> Result<(), OAuthError> {
    let hash = known.client.secret_hash.clone().ok_or(NOT_PROVEN)?;
    if let Some(expected) = hash.strip_prefix(MINTED) {
        let given = jose::base64url(jose::secret::hash(secret.expose_secret()));
        let same = jose::secret::equal(given.as_bytes(), expected.as_bytes());
        return if same { Ok(()) } else { Err(NOT_PROVEN) };
    }
    slowly(app, secret, Some(hash)).await
}

/// Refuses a secret of a client that is not there or proves itself otherwise, as slowly as a wrong one: nobody learns by the
/// clock which clients exist (L05).
pub(super) async fn refuse(app: &App, secret: &SecretString) -> OAuthError {
    slowly(app, secret, None).await.err().unwrap_or(NOT_PROVEN)
}

async fn slowly(app: &App, secret: &SecretString, hash: Option<String>) -> Result<(), OAuthError> {
    match app.secrets.verify(secret.clone(), hash, PATIENCE).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(NOT_PROVEN),
        Err(http::slow_hash::Busy) => Err(BUSY),
    }
}
