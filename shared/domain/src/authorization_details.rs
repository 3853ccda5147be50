//! `authorization_details` (RFC 9396) of type `fdx_v1.0`: the consent that a recipient asks for, wants of what it was
//! granted, and is granted.

mod consent_request;
mod granted;
mod wanted;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::cluster::DataCluster;

pub use self::{
    consent_request::{ConsentRequest, RequestedResource, ResourceType},
    granted::granted,
    wanted::Wanted,
};

/// The one type that is understood.
pub const TYPE: &str = "fdx_v1.0";

/// Most elements of any list in a request.
const MOST: usize = 32;

/// What is in an FDX consent that is not there, or not understood. The text may be shown to the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAuthorizationDetails {
    /// Not the JSON that the type demands.
    #[error("authorization_details is not an array holding one fdx_v1.0 consent request")]
    Shape,
    /// A resource of a kind that is not offered, or no cluster.
    #[error("only resources of type ACCOUNT with at least one data cluster can be requested")]
    Resources,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Element {
    r#type: String,
    consent_request: ConsentRequest,
}

/// The consent asked for in an authorization request, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationDetails(ConsentRequest);

impl AuthorizationDetails {
    /// Reads the parameter as JSON (RFC9396-2): exactly one element, of our type, without unknown members.
    ///
    /// # Errors
    /// [`InvalidAuthorizationDetails`], which RFC9396-5 names `invalid_authorization_details`.
    pub fn from_json(json: serde_json::Value) -> Result<Self, InvalidAuthorizationDetails> {
        let [element]: [Element; 1] =
            serde_json::from_value(json).map_err(|_| InvalidAuthorizationDetails::Shape)?;
        let resources = &element.consent_request.resources;
        if element.r#type != TYPE || resources.len() > MOST {
            return Err(InvalidAuthorizationDetails::Shape);
        }
        check_resources(
            resources
                .iter()
                .map(|resource| (resource.resource_type, &resource.data_clusters)),
        )?;
        Ok(Self(element.consent_request))
    }

    /// The consent that is asked for.
    pub fn into_consent_request(self) -> ConsentRequest {
        self.0
    }
}

/// At least one resource, each of them an account with at least one cluster.
fn check_resources<'a>(
    mut resources: impl ExactSizeIterator<Item = (ResourceType, &'a BTreeSet<DataCluster>)>,
) -> Result<(), InvalidAuthorizationDetails> {
    let offered = resources.len() > 0
        && resources.all(|(resource_type, data_clusters)| {
            resource_type == ResourceType::Account && !data_clusters.is_empty()
        });
    if offered {
        Ok(())
    } else {
        Err(InvalidAuthorizationDetails::Resources)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scope::Scopes;

    fn element() -> serde_json::Value {
        json!({"type": "fdx_v1.0", "consentRequest": {
            "durationType": "TIME_BOUND", "durationPeriod": 90, "lookbackPeriod": 60,
            "resources": [{"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC", "TRANSACTIONS"]}]}})
    }

    #[test]
    fn the_published_example_is_understood() {
        let request = AuthorizationDetails::from_json(json!([element()]))
            .unwrap()
            .into_consent_request();
        assert_eq!(request.duration_period, Some(90));
        assert!(
            request.matches(&Scopes::parse("openid fdx:accountbasic:read fdx:transactions:read").unwrap())
        );
        assert!(!request.matches(&Scopes::parse("fdx:accountbasic:read").unwrap()));
    }

    #[test]
    fn anything_else_is_refused() {
        let mut other_type = element();
        other_type["type"] = json!("payment");
        let mut unknown_member = element();
        unknown_member["consentRequest"]["accountId"] = json!("1");
        let mut negative = element();
        negative["consentRequest"]["durationPeriod"] = json!(-1);
        for bad in [
            json!([]),
            json!([element(), element()]),
            json!(element()),
            json!([other_type]),
            json!([unknown_member]),
            json!([negative]),
        ] {
            assert_eq!(
                AuthorizationDetails::from_json(bad),
                Err(InvalidAuthorizationDetails::Shape)
            );
        }
        let mut customer = element();
        customer["consentRequest"]["resources"][0]["resourceType"] = json!("CUSTOMER");
        assert_eq!(
            AuthorizationDetails::from_json(json!([customer])),
            Err(InvalidAuthorizationDetails::Resources)
        );
    }
}
