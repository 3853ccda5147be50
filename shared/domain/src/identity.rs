//! Who a consumer is, in the words of OpenID Connect: standard claims, and the `claims` parameter that asks for them.
//!
//! The bank's consent application tells the claims with its approval. Of what it tells, only what the recipient asked
//! for is kept, and only what a token's scopes or the `claims` parameter name goes out.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::scope::{Scope, Scopes};

mod request;
mod value;

pub use request::{ClaimWish, ClaimsRequest, InvalidClaimsRequest};

/// What a value of a claim is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Flag,
    Seconds,
    Date,
    Web,
    Address,
}

/// The standard claims (OIDC Core 5.1), each with the scope that opens it (5.4) and its shape.
const STANDARD: &[(&str, Scope, Kind)] = &[
    ("name", Scope::Profile, Kind::Text),
    ("given_name", Scope::Profile, Kind::Text),
    ("family_name", Scope::Profile, Kind::Text),
    ("middle_name", Scope::Profile, Kind::Text),
    ("nickname", Scope::Profile, Kind::Text),
    ("preferred_username", Scope::Profile, Kind::Text),
    ("profile", Scope::Profile, Kind::Web),
    ("picture", Scope::Profile, Kind::Web),
    ("website", Scope::Profile, Kind::Web),
    ("gender", Scope::Profile, Kind::Text),
    ("birthdate", Scope::Profile, Kind::Date),
    ("zoneinfo", Scope::Profile, Kind::Text),
    ("locale", Scope::Profile, Kind::Text),
    ("updated_at", Scope::Profile, Kind::Seconds),
    ("email", Scope::Email, Kind::Text),
    ("email_verified", Scope::Email, Kind::Flag),
    ("address", Scope::Address, Kind::Address),
    ("phone_number", Scope::Phone, Kind::Text),
    ("phone_number_verified", Scope::Phone, Kind::Flag),
];

/// Whether a claim of that name is a standard one.
pub fn is_standard(name: &str) -> bool {
    STANDARD.iter().any(|(standard, ..)| *standard == name)
}

/// The claims that a scope opens at userinfo; none for a scope that opens no claim.
pub fn claims_of(scope: Scope) -> impl Iterator<Item = &'static str> {
    STANDARD
        .iter()
        .filter(move |(_, opened_by, _)| *opened_by == scope)
        .map(|(name, ..)| *name)
}

/// The claims that scopes open at userinfo.
pub fn claims_of_scopes(scopes: &Scopes) -> BTreeSet<&'static str> {
    scopes.iter().flat_map(claims_of).collect()
}

/// A claim that is not one of OpenID Connect's, or whose value has another shape than its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a standard claim of the right type")]
pub struct InvalidClaim;

/// Standard claims of one consumer, each of its right shape. Personal: never printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct IdentityClaims(BTreeMap<String, Value>);

impl IdentityClaims {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of these names.
    #[must_use]
    pub fn only<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: BTreeSet<&str> = names.into_iter().collect();
        let kept = self
            .0
            .iter()
            .filter(|(name, _)| names.contains(name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()));
        Self(kept.collect())
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl TryFrom<Map<String, Value>> for IdentityClaims {
    type Error = InvalidClaim;

    fn try_from(members: Map<String, Value>) -> Result<Self, InvalidClaim> {
        for (name, value) in &members {
            let kind = STANDARD
                .iter()
                .find(|(standard, ..)| standard == name)
                .map(|(.., kind)| *kind)
                .ok_or(InvalidClaim)?;
            if !value::fits(kind, value) {
                return Err(InvalidClaim);
            }
        }
        Ok(Self(members.into_iter().collect()))
    }
}

/// The names only: values are personal.
impl std::fmt::Debug for IdentityClaims {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(json: Value) -> Result<IdentityClaims, serde_json::Error> {
        serde_json::from_value(json)
    }

    #[test]
    fn only_standard_claims_of_the_right_type_are_taken() {
        let whole = json!({
            "name": "Ada Lovelace", "email": "ada@example.org", "email_verified": true, "birthdate": "1815-12-10",
            "updated_at": 1_700_000_000, "website": "https://ada.example/", "address": {"country": "GB", "locality": "London"},
        });
        assert_eq!(
            serde_json::to_value(claims(whole.clone()).unwrap()).unwrap(),
            whole
        );
        for bad in [
            json!({"role": "admin"}),
            json!({"sub": "another"}),
            json!({"name": ""}),
            json!({"name": "a\u{0}b"}),
            json!({"name": "x".repeat(300)}),
            json!({"name": null}),
            json!({"email_verified": "true"}),
            json!({"updated_at": "2026"}),
            json!({"updated_at": -1}),
            json!({"birthdate": "10.12.1815"}),
            json!({"website": "javascript:alert(1)"}),
            json!({"address": "London"}),
            json!({"address": {}}),
            json!({"address": {"planet": "Earth"}}),
        ] {
            assert!(claims(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_scope_opens_its_claims_and_no_others() {
        let scopes = Scopes::parse("openid email").unwrap();
        assert_eq!(claims_of_scopes(&scopes), ["email", "email_verified"].into());
        assert_eq!(claims_of(Scope::Profile).count(), 14);
        assert_eq!(claims_of(Scope::TransactionsRead).count(), 0);
    }

    #[test]
    fn nothing_of_the_values_is_printed() {
        let claims = claims(json!({"name": "Ada"})).unwrap();
        assert_eq!(format!("{claims:?}"), r#"{"name"}"#);
    }
}
