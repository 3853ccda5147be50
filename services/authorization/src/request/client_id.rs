//! The client that the request names is the one that is proven (R03, RFC9101-6.3).

use http::OAuthError;

use super::{Asked, Draft};

pub(super) fn agrees(asked: &Asked<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    if asked.parameters.text("client_id")? == Some(asked.client.client_id.as_str()) {
        Ok(())
    } else {
        Err(OAuthError::invalid_request(
            "client_id is not the client that sent the request",
        ))
    }
}
