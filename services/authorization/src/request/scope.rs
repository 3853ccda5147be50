//! Scopes are known, registered for the client, and of a kind that a consumer can grant.

use domain::{Scope, Scopes};
use http::{Code, OAuthError};

use super::{Asked, Draft};

pub(super) fn permitted(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let text = asked
        .parameters
        .text("scope")?
        .ok_or(OAuthError::invalid_request("scope is required"))?;
    let invalid = |description| OAuthError::new(Code::InvalidScope, description);
    let scope = Scopes::parse(text).map_err(|_| invalid("a scope is unknown"))?;
    if scope.is_empty() {
        return Err(invalid("scope is empty"));
    }
    if !asked.client.scopes().contains_all(&scope) {
        return Err(invalid("a scope is not registered for the client"));
    }
    if scope.iter().any(Scope::is_for_clients_alone) {
        return Err(invalid("a scope can only be had by client credentials"));
    }
    draft.scope = scope;
    Ok(())
}
