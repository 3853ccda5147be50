//! `prompt` (OIDC Core 3.1.2.1). Where a profile remembers nobody, every authorization asks the consumer anew: `login` and
//! `consent` are always met, and `none` never is (O23).

use http::{Code, OAuthError};
use lifecycle::request::Prompt;

use super::{Asked, Draft};

pub(super) fn understood(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let words: Vec<&str> = asked
        .parameters
        .text("prompt")?
        .unwrap_or_default()
        .split_ascii_whitespace()
        .collect();
    draft.prompt = match words.as_slice() {
        [] => Prompt::Needed,
        ["none"] if asked.client.profile().rules().remembers_consumers => Prompt::Never,
        ["none"] => {
            return Err(OAuthError::new(
                Code::LoginRequired,
                "the consumer is always asked",
            ));
        }
        words if words.iter().all(|word| ASKING.contains(word)) => Prompt::Always,
        _ => {
            return Err(OAuthError::invalid_request(
                "prompt is unknown, or none beside another",
            ));
        }
    };
    Ok(())
}

/// The words that want a page.
const ASKING: [&str; 3] = ["login", "consent", "select_account"];
