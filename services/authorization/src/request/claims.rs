//! `claims` and `id_token_hint` (OIDC Core 5.5, 3.1.2.1): what the recipient would like to know of the consumer, and who
//! it must be.

use domain::ClaimsRequest;
use http::OAuthError;
use lifecycle::request::Prompt;

use super::{Asked, Draft};

pub(super) fn understood(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    if let Some(json) = asked.parameters.json("claims")? {
        draft.claims = ClaimsRequest::from_json(&json)
            .map_err(|_| OAuthError::invalid_request("claims is not an object of objects"))?;
    }
    draft.subjects = draft.claims.required_subjects().map(<[_]>::to_vec).collect();
    if let Some(hint) = asked.parameters.text("id_token_hint")? {
        match (asked.subject_of)(hint) {
            Some(subject) => draft.subjects.push(vec![subject]),
            // Without a page, whom nobody knows is nobody; with one it stays a hint that tells nothing, since the key that
            // signed it may long be withdrawn.
            None if draft.prompt == Prompt::Never => draft.subjects.push(vec![]),
            None => {}
        }
    }
    Ok(())
}
