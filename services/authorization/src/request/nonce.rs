//! `nonce`: bounded, returned as it came, and there where the profile wants it (FAPI1-BASE-5.2.2.2, -5.2.2.3).

use domain::Scope;
use http::{OAuthError, limits};

use super::{Asked, Draft};

pub(super) fn present_where_due(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let nonce = asked.parameters.text("nonce")?;
    if nonce.is_some_and(|nonce| nonce.len() > limits::NONCE_BYTES || nonce.chars().any(char::is_control)) {
        return Err(OAuthError::invalid_request("nonce is too long or not printable"));
    }
    if asked.client.profile().rules().nonce_or_state_required {
        if draft.scope.contains(Scope::OpenId) && nonce.is_none() {
            return Err(OAuthError::invalid_request("nonce is required with openid"));
        }
        if !draft.scope.contains(Scope::OpenId) && draft.state.is_none() {
            return Err(OAuthError::invalid_request("state is required without openid"));
        }
    }
    draft.nonce = nonce.map(str::to_owned);
    Ok(())
}
