//! Parameters of OAuth endpoints: a form or a query, each name once (RFC6749-3.1, U08).

use std::{collections::BTreeMap, future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Bytes};

use crate::{Code, OAuthError, limits};

/// Parameters by name. One sent without a value counts as not sent (RFC6749-3.1).
#[derive(Clone, Default)]
pub struct OAuthForm(BTreeMap<String, String>);

impl OAuthForm {
    /// Reads `application/x-www-form-urlencoded` text.
    ///
    /// # Errors
    /// `invalid_request` when a parameter is repeated or not UTF-8, or there are too many.
    pub fn parse(text: &[u8]) -> Result<Self, OAuthError> {
        let mut parameters = BTreeMap::new();
        for (number, (name, value)) in url_pairs(text).enumerate() {
            if number >= limits::PARAMETERS {
                return Err(OAuthError::invalid_request("too many parameters"));
            }
            // RFC6749-B: what is not UTF-8 would be read as something that was not sent (R10).
            if name.contains(char::REPLACEMENT_CHARACTER) || value.contains(char::REPLACEMENT_CHARACTER) {
                return Err(OAuthError::invalid_request("a parameter is not UTF-8"));
            }
            if parameters.insert(name, value).is_some() {
                return Err(OAuthError::invalid_request("a parameter is repeated"));
            }
        }
        parameters.retain(|_, value| !value.is_empty());
        Ok(Self(parameters))
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of a parameter that must be there.
    ///
    /// # Errors
    /// `invalid_request` with that description.
    pub fn required(&self, name: &str, description: &'static str) -> Result<&str, OAuthError> {
        self.get(name).ok_or(OAuthError::invalid_request(description))
    }

    /// Whether the parameter was sent with a value.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// All parameters, as a JSON object of strings.
    pub fn to_json(&self) -> serde_json::Map<String, serde_json::Value> {
        self.0
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into()))
            .collect()
    }
}

/// Values may be secrets.
impl std::fmt::Debug for OAuthForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

fn url_pairs(text: &[u8]) -> impl Iterator<Item = (String, String)> + '_ {
    url::form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), value.into_owned()))
}

impl FromRequest for OAuthForm {
    type Error = OAuthError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, OAuthError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form = request
            .content_type()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let body = Bytes::from_request(request, payload);
        Box::pin(async move {
            if !is_form {
                return Err(OAuthError::invalid_request(
                    "the body must be application/x-www-form-urlencoded",
                ));
            }
            let body = body
                .await
                .map_err(|_| OAuthError::new(Code::TooLarge, "the body is too large"))?;
            if body.len() > limits::FORM_BYTES {
                return Err(OAuthError::new(Code::TooLarge, "the body is too large"));
            }
            Self::parse(&body)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u08_a_repeated_parameter_is_refused() {
        assert!(OAuthForm::parse(b"a=1&b=2").is_ok());
        assert!(OAuthForm::parse(b"a=1&a=1").is_err());
        assert!(OAuthForm::parse("a=1&".repeat(1000).as_bytes()).is_err());
        assert!(!OAuthForm::parse(b"a=").unwrap().has("a"));
    }

    #[test]
    fn r10_bytes_that_are_no_text_are_not_read_as_other_text() {
        assert!(OAuthForm::parse("state=caf%C3%A9".as_bytes()).is_ok());
        for text in [
            &b"state=%ff"[..],
            b"state=a%C3",
            b"%fe=x",
            b"state=\xff",
            b"state=%EF%BF%BD",
        ] {
            assert!(OAuthForm::parse(text).is_err(), "{text:?}");
        }
    }
}
