//! The `claims` parameter (OIDC Core 5.5): which claims a recipient would like where, and what of them it insists on.
//!
//! Names and members that are not understood are ignored, as the standard demands; a parameter of another shape is
//! refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{is_standard, scope_of};
use crate::scope::Scopes;

/// Most claims of one place, and most values of one claim.
const MOST: usize = 64;

/// Longest value that is compared, bytes.
const LONGEST: usize = 256;

/// Claims that are about the authentication, and are in every id_token where there is something to say.
const OF_THE_AUTHENTICATION: [&str; 4] = ["sub", "acr", "auth_time", "amr"];

/// What is asked of one claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimWish {
    /// Without it the recipient has no use for the answer.
    #[serde(default)]
    pub essential: bool,
    /// Values that would do, best first; none when any would.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// The parameter, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// At userinfo.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, ClaimWish>,
    /// In the id_token.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, ClaimWish>,
}

/// Not the JSON that the parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("claims is not an object of objects")]
pub struct InvalidClaimsRequest;

impl ClaimsRequest {
    /// Reads the parameter.
    ///
    /// # Errors
    /// [`InvalidClaimsRequest`].
    pub fn from_json(json: &Value) -> Result<Self, InvalidClaimsRequest> {
        let places = json.as_object().ok_or(InvalidClaimsRequest)?;
        Ok(Self {
            userinfo: wishes(places, "userinfo")?,
            id_token: wishes(places, "id_token")?,
        })
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// Without the standard claims that those scopes open.
    #[must_use]
    pub fn without(mut self, denied: &Scopes) -> Self {
        let is_kept = |name: &str| scope_of(name).is_none_or(|scope| !denied.contains(scope));
        self.userinfo.retain(|name, _| is_kept(name));
        self.id_token.retain(|name, _| is_kept(name));
        self
    }

    /// The standard claims that are asked for userinfo.
    pub fn for_userinfo(&self) -> impl Iterator<Item = &str> {
        standard(&self.userinfo)
    }

    /// The standard claims that are asked for the id_token.
    pub fn for_id_token(&self) -> impl Iterator<Item = &str> {
        standard(&self.id_token)
    }

    /// The values of `acr` one of which must be reached; empty when any will do (OIDC Core 5.5.1.1).
    pub fn required_acr(&self) -> &[String] {
        match self.id_token.get("acr") {
            Some(wish) if wish.essential => &wish.values,
            _ => &[],
        }
    }

    /// The values of `acr` that would be liked.
    pub fn wanted_acr(&self) -> &[String] {
        self.id_token.get("acr").map_or(&[], |wish| &wish.values)
    }

    /// The subjects one of whom must be the consumer (OIDC Core 5.5.1): whoever names one wants nobody else.
    pub fn required_subjects(&self) -> impl Iterator<Item = &[String]> {
        [&self.id_token, &self.userinfo]
            .into_iter()
            .filter_map(|place| place.get("sub"))
            .map(|wish| wish.values.as_slice())
            .filter(|values| !values.is_empty())
    }
}

fn standard(wishes: &BTreeMap<String, ClaimWish>) -> impl Iterator<Item = &str> {
    wishes.keys().map(String::as_str).filter(|name| is_standard(name))
}

fn wishes(
    places: &Map<String, Value>,
    place: &str,
) -> Result<BTreeMap<String, ClaimWish>, InvalidClaimsRequest> {
    let members = match places.get(place) {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(members)) if members.len() <= MOST => members,
        Some(_) => return Err(InvalidClaimsRequest),
    };
    members
        .iter()
        .filter(|(name, _)| is_standard(name) || OF_THE_AUTHENTICATION.contains(&name.as_str()))
        .map(|(name, value)| Ok((name.clone(), wish(value)?)))
        .collect()
}

fn wish(value: &Value) -> Result<ClaimWish, InvalidClaimsRequest> {
    let members = match value {
        Value::Null => return Ok(ClaimWish::default()),
        Value::Object(members) => members,
        _ => return Err(InvalidClaimsRequest),
    };
    let essential = match members.get("essential") {
        None => false,
        Some(Value::Bool(essential)) => *essential,
        Some(_) => return Err(InvalidClaimsRequest),
    };
    let values = match (members.get("value"), members.get("values")) {
        (None, None) => vec![],
        (Some(value), None) => vec![value],
        (None, Some(Value::Array(values))) if values.len() <= MOST => values.iter().collect(),
        _ => return Err(InvalidClaimsRequest),
    };
    // A value of another type than text is that of a claim which we do not compare.
    let values = values
        .into_iter()
        .filter_map(Value::as_str)
        .filter(|value| value.len() <= LONGEST)
        .map(str::to_owned)
        .collect();
    Ok(ClaimWish { essential, values })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn wishes_of_every_form_are_understood() {
        let request = ClaimsRequest::from_json(&json!({
            "userinfo": {"name": {"essential": true}, "email": null, "https://example.org/x": null},
            "id_token": {"auth_time": {"essential": true}, "acr": {"essential": true, "values": ["a", "b"]}, "sub": {"value": "s"}},
            "elsewhere": {"name": 1},
        }))
        .unwrap();
        assert_eq!(request.for_userinfo().collect::<Vec<_>>(), ["email", "name"]);
        assert_eq!(request.for_id_token().count(), 0);
        assert_eq!(request.required_acr(), ["a", "b"]);
        assert_eq!(request.required_subjects().collect::<Vec<_>>(), [["s"]]);
        let kept = serde_json::to_value(&request).unwrap();
        assert_eq!(serde_json::from_value::<ClaimsRequest>(kept).unwrap(), request);
    }

    #[test]
    fn what_a_consumer_denies_is_not_asked_by_name_either() {
        let request = ClaimsRequest::from_json(&json!({
            "userinfo": {"name": null, "email": null, "email_verified": null}, "id_token": {"acr": null, "email": null},
        }))
        .unwrap()
        .without(&Scopes::parse("email").unwrap());
        assert_eq!(request.for_userinfo().collect::<Vec<_>>(), ["name"]);
        assert_eq!(request.id_token.keys().collect::<Vec<_>>(), ["acr"]);
    }

    #[test]
    fn a_wish_is_no_demand() {
        let request = ClaimsRequest::from_json(&json!({"id_token": {"acr": {"values": ["a"]}}})).unwrap();
        assert!(request.required_acr().is_empty());
        assert_eq!(request.wanted_acr(), ["a"]);
        assert!(ClaimsRequest::from_json(&json!({})).unwrap().is_empty());
    }

    #[test]
    fn r10_another_shape_is_refused() {
        for bad in [
            json!([]),
            json!("claims"),
            json!({"userinfo": []}),
            json!({"userinfo": {"name": "Ada"}}),
            json!({"userinfo": {"name": {"essential": "yes"}}}),
            json!({"userinfo": {"name": {"value": "a", "values": ["a"]}}}),
            json!({"id_token": {"acr": {"values": "a"}}}),
        ] {
            assert_eq!(ClaimsRequest::from_json(&bad), Err(InvalidClaimsRequest), "{bad}");
        }
    }
}
