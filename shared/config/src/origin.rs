//! A base URL with one spelling: `https`, host, and a port unless it is 443.
//!
//! Issuer identifiers are compared as text (RFC8414-3.3, RFC9207-2.4), so ours must not gain a slash, a default port
//! or an upper-case letter on its way from the settings to a token.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer};
use url::Url;

/// An `https` origin: no path, query, fragment or user.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// The text is no such origin. The message says what to write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an https URL with no path, query, fragment or user, such as https://auth.bank.example")]
pub struct OriginError;

impl Origin {
    /// The origin, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The absolute URL of a path that begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Host and port as they stand in the URL; what a `Host` header must say.
    pub fn authority(&self) -> &str {
        self.0.strip_prefix("https://").unwrap_or(&self.0)
    }

    /// The host alone, without its port.
    pub fn host(&self) -> &str {
        let authority = self.authority();
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        }
    }

    /// With the port that the listener really got, where the settings say port 0 ("any that is free").
    #[must_use]
    pub fn with_bound_port(&self, port: u16) -> Self {
        match self.0.strip_suffix(":0") {
            Some(host) => Self(format!("{host}:{port}")),
            None => self.clone(),
        }
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let url = Url::parse(text).map_err(|_| OriginError)?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        match (url.scheme(), url.host_str(), bare) {
            ("https", Some(host), true) => Ok(Self(match url.port() {
                Some(port) => format!("https://{host}:{port}"),
                None => format!("https://{host}"),
            })),
            _ => Err(OriginError),
        }
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_one_spelling() {
        for text in [
            "https://Auth.Bank.example",
            "https://auth.bank.example/",
            "https://auth.bank.example:443",
        ] {
            assert_eq!(
                text.parse::<Origin>().unwrap().as_str(),
                "https://auth.bank.example"
            );
        }
        let origin: Origin = "https://localhost:8443/".parse().unwrap();
        assert_eq!(origin.join("/token"), "https://localhost:8443/token");
        assert_eq!(origin.authority(), "localhost:8443");
        assert_eq!(origin.host(), "localhost");
        assert_eq!(
            "https://auth.bank.example".parse::<Origin>().unwrap().host(),
            "auth.bank.example"
        );
        assert_eq!("https://[::1]".parse::<Origin>().unwrap().host(), "[::1]");
    }

    #[test]
    fn is_nothing_but_an_origin() {
        for text in [
            "http://auth.bank.example",
            "https://auth.bank.example/fdx",
            "https://auth.bank.example/?a",
            "https://auth.bank.example/#a",
            "https://user@auth.bank.example",
            "auth.bank.example",
            "",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(OriginError), "{text}");
        }
    }

    #[test]
    fn port_zero_becomes_the_bound_one() {
        let any: Origin = "https://localhost:0".parse().unwrap();
        assert_eq!(any.with_bound_port(40_123).as_str(), "https://localhost:40123");
        let fixed: Origin = "https://localhost:8443".parse().unwrap();
        assert_eq!(fixed.with_bound_port(40_123), fixed);
    }
}
