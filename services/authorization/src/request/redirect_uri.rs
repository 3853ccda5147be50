//! The redirect URI is one that the client registered, character by character (U01 to U05, RFC9700-4.1.3).

use http::OAuthError;

use super::{Asked, Draft};

pub(super) fn registered(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    // FAPI1-ADV-5.2.2-9: in the request, always; a registered default would hide what the client did not sign.
    let uri = asked
        .parameters
        .text("redirect_uri")?
        .ok_or(OAuthError::invalid_request("redirect_uri is required"))?;
    if !asked
        .client
        .metadata
        .redirect_uris
        .iter()
        .any(|registered| registered == uri)
    {
        return Err(OAuthError::invalid_request("redirect_uri is not registered"));
    }
    draft.redirect_uri = Some(uri.to_owned());
    Ok(())
}
