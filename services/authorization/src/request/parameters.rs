//! The parameters of a request, from wherever they came, read without coercion (R10).

use http::{OAuthError, OAuthForm};
use jose::Claims;
use serde_json::{Map, Value};

/// Parameters by name. Strings from a form; JSON from a request object.
pub(crate) struct Parameters {
    values: Map<String, Value>,
    from_form: bool,
}

impl Parameters {
    /// Those of a pushed form.
    pub(crate) fn of_form(form: &OAuthForm) -> Self {
        Self {
            values: form.to_json(),
            from_form: true,
        }
    }

    /// The claims of a verified request object.
    pub(crate) fn of_claims(claims: &Claims) -> Self {
        Self::of_json(claims.map().clone())
    }

    /// Those of a JSON object.
    pub(super) const fn of_json(values: Map<String, Value>) -> Self {
        Self {
            values,
            from_form: false,
        }
    }

    /// A parameter that must be text when it is there.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, OAuthError> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(OAuthError::invalid_request("a parameter is empty or not text")),
        }
    }

    /// A parameter that must be a whole number, at least 0, when it is there.
    pub(crate) fn seconds(&self, name: &str) -> Result<Option<u32>, OAuthError> {
        let number = match self.values.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) if self.from_form => text.parse().ok(),
            Some(value) => value.as_u64().and_then(|number| u32::try_from(number).ok()),
        };
        number.map(Some).ok_or(OAuthError::invalid_request(
            "a parameter is not a number of seconds",
        ))
    }

    /// A parameter that is JSON: as a claim, or as text that holds it (RFC9396-2). J28: strict and shallow.
    pub(crate) fn json(&self, name: &str) -> Result<Option<Value>, OAuthError> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => jose::json::parse(text.as_bytes(), http::limits::FORM_BYTES)
                .map(Some)
                .map_err(|_| OAuthError::invalid_request("a parameter is not well-formed JSON")),
            Some(value) => Ok(Some(value.clone())),
        }
    }
}
