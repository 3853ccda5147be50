//! `prompt` (OIDC Core 3.1.2.1). Every authorization asks the consumer anew, so `login` and `consent` are always met,
//! and `none` never is (O23).

use http::{Code, OAuthError};

use super::{Asked, Draft};

pub(super) fn understood(asked: &Asked<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    for word in asked
        .parameters
        .text("prompt")?
        .unwrap_or_default()
        .split_ascii_whitespace()
    {
        match word {
            "login" | "consent" | "select_account" => {}
            "none" => {
                return Err(OAuthError::new(
                    Code::LoginRequired,
                    "the consumer is always asked",
                ));
            }
            _ => return Err(OAuthError::invalid_request("prompt is unknown")),
        }
    }
    Ok(())
}
