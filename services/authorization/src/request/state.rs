//! `state`: opaque, bounded, returned as it came.

use http::{OAuthError, limits};

use super::{Asked, Draft};

pub(super) fn bounded(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let state = asked.parameters.text("state")?;
    if state.is_some_and(|state| state.len() > limits::STATE_BYTES || state.chars().any(char::is_control)) {
        return Err(OAuthError::invalid_request("state is too long or not printable"));
    }
    draft.state = state.map(str::to_owned);
    Ok(())
}
