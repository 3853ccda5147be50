//! PKCE with S256 (RFC 7636), required where the profile says so (P10); one that is there always counts.

use domain::profile::Pkce;
use http::OAuthError;

use super::{Asked, Draft};

pub(super) fn s256(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let challenge = asked.parameters.text("code_challenge")?;
    let method = asked.parameters.text("code_challenge_method")?;
    draft.code_challenge = match (challenge, method) {
        (Some(challenge), Some("S256")) if jose::pkce::is_challenge(challenge) => Some(challenge.to_owned()),
        (Some(_), Some("S256")) => {
            return Err(OAuthError::invalid_request("code_challenge is not that of S256"));
        }
        // RFC7636-4.3: without a method it would be plain.
        (Some(_), _) | (None, Some(_)) => {
            return Err(OAuthError::invalid_request("code_challenge_method must be S256"));
        }
        (None, None) if asked.pushed && asked.client.profile().rules().pkce == Pkce::Pushed => {
            return Err(OAuthError::invalid_request("code_challenge is required"));
        }
        (None, None) => None,
    };
    Ok(())
}
