//! Response type and mode are a pair that the client's profile permits (R11).

use domain::profile::{ResponseMode, ResponseType};
use http::{Code, OAuthError};

use super::{Asked, Draft};

pub(super) fn permitted(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let text = asked
        .parameters
        .text("response_type")?
        .ok_or(OAuthError::invalid_request("response_type is required"))?;
    let unsupported = OAuthError::new(
        Code::UnsupportedResponseType,
        "this response_type is not supported for the client",
    );
    let response_type = match text {
        "code" => ResponseType::Code,
        // The order of the words means nothing (OAuth 2.0 Multiple Response Types, 3).
        "code id_token" | "id_token code" => ResponseType::CodeIdToken,
        _ => return Err(unsupported),
    };
    let permitted = asked.client.profile().rules().responses;
    let registered = asked.client.metadata.response_types.as_ref();
    if !permitted.iter().any(|(permitted, _)| *permitted == response_type)
        || registered.is_some_and(|registered| !registered.contains(&response_type))
    {
        return Err(unsupported);
    }
    let response_mode = match (asked.parameters.text("response_mode")?, response_type) {
        (None, ResponseType::Code) | (Some("query"), _) => ResponseMode::Query,
        (None, ResponseType::CodeIdToken) | (Some("fragment"), _) => ResponseMode::Fragment,
        (Some("jwt"), _) | (Some("query.jwt"), ResponseType::Code) => ResponseMode::Jwt,
        (Some(_), _) => return Err(OAuthError::invalid_request("this response_mode is not supported")),
    };
    if !permitted.contains(&(response_type, response_mode)) {
        return Err(OAuthError::invalid_request(
            "this response_type and response_mode do not go together for the client",
        ));
    }
    draft.response = Some((response_type, response_mode));
    draft.code_seconds = asked.client.profile().rules().code_seconds;
    Ok(())
}
