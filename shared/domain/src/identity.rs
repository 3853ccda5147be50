//! Who a consumer is, in the words of OpenID Connect: standard claims, and the `claims` parameter that asks for them.
//!
//! The bank's consent application may tell claims with its approval, and the rest is what the bank's record of the
//! customer says at the moment of a read. Of all that, only what the recipient asked for and the consumer allowed goes out:
//! what a token's scopes or the `claims` parameter name. What a consumer reads of it is a [`Topic`] a scope.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::scope::{Scope, Scopes};

mod request;
mod topic;
mod value;

pub use request::{ClaimWish, ClaimsRequest, InvalidClaimsRequest};
pub use topic::{Topic, clusters_of, topics};

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

/// The names of the standard claims.
pub fn standard_claims() -> impl Iterator<Item = &'static str> {
    STANDARD.iter().map(|(name, ..)| *name)
}

/// Whether a claim of that name is a standard one.
pub fn is_standard(name: &str) -> bool {
    STANDARD.iter().any(|(standard, ..)| *standard == name)
}

/// The scope that opens a claim; none for a claim that is not a standard one.
pub fn scope_of(name: &str) -> Option<Scope> {
    STANDARD
        .iter()
        .find(|(standard, ..)| *standard == name)
        .map(|(_, scope, _)| *scope)
}

/// The scopes that open these claims.
pub fn scopes_of<'a>(names: impl IntoIterator<Item = &'a str>) -> Scopes {
    names.into_iter().filter_map(scope_of).collect()
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

/// Claims that say of another one whether it was verified: they are nothing without it.
const VERIFIED: [(&str, &str); 2] = [
    ("email_verified", "email"),
    ("phone_number_verified", "phone_number"),
];

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

    /// Adds a claim; one that is not a standard one, or has another shape, is left out.
    pub fn tell(&mut self, name: &str, value: Value) {
        if is_told_as(name, &value) {
            self.0.insert(name.to_owned(), value);
        }
    }

    /// Whether it holds a claim of that name.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// These, and those of `others` that are not told here. Whether an address or number was verified is told by whoever
    /// tells the address or number: of two sources never the one's address with the other's word for it.
    #[must_use]
    pub fn over(mut self, mut others: Self) -> Self {
        for (flag, of) in VERIFIED {
            if self.has(of) {
                others.0.remove(flag);
            } else if others.has(of) {
                self.0.remove(flag);
            }
        }
        others.0.append(&mut self.0);
        others
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
            if !is_told_as(name, value) {
                return Err(InvalidClaim);
            }
        }
        Ok(Self(members.into_iter().collect()))
    }
}

fn is_told_as(name: &str, value: &Value) -> bool {
    STANDARD
        .iter()
        .find(|(standard, ..)| *standard == name)
        .is_some_and(|(.., kind)| value::fits(*kind, value))
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
    fn one_source_does_not_vouch_for_the_address_of_another() {
        let told = |json| claims(json).unwrap();
        let record = told(
            json!({"name": "Ada Lovelace", "birthdate": "1815-12-10", "email": "a@bank.example", "email_verified": true}),
        );
        for (application, both) in [
            (
                json!({"name": "Ada", "email": "b@bank.example"}),
                json!({"name": "Ada", "birthdate": "1815-12-10", "email": "b@bank.example"}),
            ),
            (
                json!({"email_verified": false}),
                json!({"name": "Ada Lovelace", "birthdate": "1815-12-10", "email": "a@bank.example", "email_verified": true}),
            ),
            (
                json!({"phone_number": "+15550100", "phone_number_verified": false, "email": "b@bank.example", "email_verified": false}),
                json!({"name": "Ada Lovelace", "birthdate": "1815-12-10", "email": "b@bank.example", "email_verified": false,
                    "phone_number": "+15550100", "phone_number_verified": false}),
            ),
        ] {
            assert_eq!(told(application).over(record.clone()), told(both));
        }
    }

    #[test]
    fn what_does_not_fit_is_not_told() {
        let mut told = IdentityClaims::default();
        told.tell("name", json!("Ada"));
        told.tell("role", json!("admin"));
        told.tell("given_name", json!(""));
        told.tell("email_verified", json!("yes"));
        assert_eq!(told, claims(json!({"name": "Ada"})).unwrap());
    }

    #[test]
    fn nothing_of_the_values_is_printed() {
        let claims = claims(json!({"name": "Ada"})).unwrap();
        assert_eq!(format!("{claims:?}"), r#"{"name"}"#);
    }
}
