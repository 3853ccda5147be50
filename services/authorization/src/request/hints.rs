//! What the recipient would like of the authentication, and what it says that it wants the data for. Passed on to the consent
//! application, bounded.

use domain::readable::is_readable;
use http::OAuthError;

use super::{Asked, Draft};

/// Most values of a list.
const MOST: usize = 8;

/// Longest single value, characters.
const LONGEST: usize = 256;

/// Shortest and longest `purpose`, characters (OpenID Connect for Identity Assurance 1.0, section 8).
const PURPOSE: std::ops::RangeInclusive<usize> = 3..=300;

pub(super) fn noted(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    draft.max_age = asked
        .parameters
        .seconds("max_age")?
        .or(asked.client.metadata.default_max_age);
    draft.login_hint = asked.parameters.text("login_hint")?.map(bounded).transpose()?;
    // A class that is asked by the claim counts before those that would only be nice (OIDC Core 5.5.1.1).
    draft.acr_values = draft.claims.wanted_acr().iter().take(MOST).cloned().collect();
    for value in words(asked.parameters.text("acr_values")?)? {
        if !draft.acr_values.contains(&value) {
            draft.acr_values.push(value);
        }
    }
    draft.ui_locales = words(asked.parameters.text("ui_locales")?)?;
    draft.purpose = asked.parameters.text("purpose")?.map(purpose).transpose()?;
    Ok(())
}

fn words(text: Option<&str>) -> Result<Vec<String>, OAuthError> {
    text.unwrap_or_default()
        .split(' ')
        .filter(|word| !word.is_empty())
        .take(MOST)
        .map(bounded)
        .collect()
}

fn purpose(text: &str) -> Result<String, OAuthError> {
    if text.chars().count() < *PURPOSE.start() || !is_readable(text, *PURPOSE.end()) {
        return Err(OAuthError::invalid_request(
            "purpose is not 3 to 300 printable characters",
        ));
    }
    Ok(text.to_owned())
}

fn bounded(value: &str) -> Result<String, OAuthError> {
    if value.chars().count() > LONGEST || value.chars().any(char::is_control) {
        return Err(OAuthError::invalid_request("a hint is too long or not printable"));
    }
    Ok(value.to_owned())
}
