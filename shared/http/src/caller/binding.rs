//! What an access token is bound to (RFC8705-3.1, RFC9449-6).

use jose::Claims;
use serde::Serialize;

/// The `cnf` of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Binding {
    /// SHA-256 of the client's certificate.
    #[serde(rename = "x5t#S256")]
    Certificate(String),
    /// RFC 7638 thumbprint of the client's key.
    #[serde(rename = "jkt")]
    Key(String),
}

impl Binding {
    /// The binding of a token of ours; `None` when it has none.
    pub(super) fn of(claims: &Claims) -> Option<Self> {
        let cnf = claims.get("cnf")?;
        let text = |name: &str| cnf.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        text("x5t#S256")
            .map(Self::Certificate)
            .or_else(|| text("jkt").map(Self::Key))
    }

    /// The `token_type` of a token bound so, which is also its scheme (RFC9449-5, -7.1).
    pub const fn token_type(binding: Option<&Self>) -> &'static str {
        match binding {
            Some(Self::Key(_)) => "DPoP",
            Some(Self::Certificate(_)) | None => "Bearer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_reads_as_the_standards_write_it() {
        let certificate = Binding::Certificate("a".into());
        assert_eq!(
            serde_json::to_value(&certificate).unwrap(),
            serde_json::json!({"x5t#S256": "a"})
        );
        let key = Binding::Key("b".into());
        assert_eq!(
            serde_json::to_value(&key).unwrap(),
            serde_json::json!({"jkt": "b"})
        );
        assert_eq!(Binding::token_type(Some(&key)), "DPoP");
    }
}
