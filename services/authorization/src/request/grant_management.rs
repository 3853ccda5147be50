//! `grant_management_action` and `grant_id` (Grant Management for OAuth 2.0): whether the consent that is asked for is one
//! more, or takes the place of another.
//!
//! `replace` is how a recipient renews a consent before it ends. The consumer is asked as always; when they allow it, the
//! old consent ends with the birth of the new one. `merge` is not offered: a consent is never widened.

use domain::ConsentId;
use http::{App, Code, OAuthError};
use lifecycle::AuthorizationRequest;
use store::grants::Reach;

use super::{Asked, Draft};

/// The actions that are understood, for the metadata.
pub(crate) const ACTIONS: [&str; 2] = ["create", "replace"];

/// One text for a consent that is absent, another recipient's, or replaced before (O08).
const NOT_REPLACEABLE: OAuthError = OAuthError::new(
    Code::InvalidGrantId,
    "grant_id is no consent of this client that can be replaced",
);

pub(super) fn understood(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let action = asked.parameters.text("grant_management_action")?;
    let grant_id = asked.parameters.text("grant_id")?;
    draft.replaces = match (action, grant_id) {
        (None | Some("create"), None) => None,
        (Some("replace"), Some(id)) => Some(id.parse::<ConsentId>().map_err(|_| NOT_REPLACEABLE)?),
        (Some("replace"), None) => return Err(OAuthError::invalid_request("replace needs a grant_id")),
        (None | Some("create"), Some(_)) => {
            return Err(OAuthError::invalid_request("grant_id is for replace only"));
        }
        (Some(_), _) => return Err(OAuthError::invalid_request("grant_management_action is unknown")),
    };
    Ok(())
}

/// That the consent which a request would replace is one of its client. Costs a statement, and only where a request says so.
/// Whether it is this consumer's shows when they have signed in.
///
/// # Errors
/// `invalid_grant_id`.
pub(crate) async fn replaceable(
    app: &App,
    client_id: &domain::ClientId,
    request: &AuthorizationRequest,
) -> Result<(), OAuthError> {
    let Some(consent_id) = request.replaces else {
        return Ok(());
    };
    let client_id = client_id.clone();
    let found = app
        .store
        .once::<_, std::convert::Infallible, _>("find_replaced", move |tx| {
            let reach = Reach {
                client_id: &client_id,
                bound_to: None,
            };
            Ok(store::grants::find_within(tx, consent_id, reach)?)
        })
        .await?;
    match found {
        Some(replaced) if replaced.superseded_by.is_none() => Ok(()),
        _ => Err(NOT_REPLACEABLE),
    }
}
