//! `authorization_details` (RFC 9396) of type `fdx_v1.0`: the consent that a recipient asks for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    cluster::DataCluster,
    consent::{DurationType, GrantedAccount, Terms},
    id::{AccountId, ConsentId},
    scope::{Scope, Scopes},
};

/// The one type that is understood.
pub const TYPE: &str = "fdx_v1.0";

/// Most elements of any list in a request.
const MOST: usize = 32;

/// Most resources of a grant: as many as it may have accounts.
const MOST_GRANTED: usize = 200;

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

/// What a recipient asks of the consumer (FDX `ConsentRequest`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsentRequest {
    /// Kind of duration.
    pub duration_type: DurationType,
    /// Whole days; needed for TIME_BOUND.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub duration_period: Option<u16>,
    /// Whole days back from each request.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lookback_period: Option<u16>,
    /// What is asked of which kind of resource; the consumer chooses the resources.
    pub resources: Vec<RequestedResource>,
}

/// What is asked of one kind of resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequestedResource {
    /// Always ACCOUNT.
    pub resource_type: ResourceType,
    /// The clusters that are asked.
    #[schema(value_type = Vec<DataCluster>)]
    #[serde(deserialize_with = "clusters")]
    pub data_clusters: BTreeSet<DataCluster>,
}

/// A kind of resource (FDX `ConsentResourceType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ResourceType {
    /// An account.
    Account,
    /// A customer record; not offered.
    Customer,
    /// A document; not offered.
    Document,
}

/// Accepts the old name of a cluster beside the new ones.
fn clusters<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<DataCluster>, D::Error> {
    Vec::<String>::deserialize(deserializer)?
        .iter()
        .map(|name| {
            DataCluster::from_name(name).ok_or_else(|| serde::de::Error::custom("unknown data cluster"))
        })
        .collect()
}

#[derive(Serialize, Deserialize)]
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
        let offered = resources.iter().all(|resource| {
            resource.resource_type == ResourceType::Account && !resource.data_clusters.is_empty()
        });
        if resources.is_empty() || !offered {
            return Err(InvalidAuthorizationDetails::Resources);
        }
        Ok(Self(element.consent_request))
    }

    /// The consent that is asked for.
    pub fn into_consent_request(self) -> ConsentRequest {
        self.0
    }
}

/// What a recipient wants of what it was granted (RFC9396-6): the same words, each of them optional but the resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The grant, if it is named.
    pub consent_id: Option<ConsentId>,
    /// Kind of duration, if it is named.
    pub duration_type: Option<DurationType>,
    /// Whole days, if they are named.
    pub duration_period: Option<u16>,
    /// Whole days back, if they are named.
    pub lookback_period: Option<u16>,
    /// Clusters of one account, or of all; never empty.
    pub resources: Vec<(Option<AccountId>, BTreeSet<DataCluster>)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WantedElement {
    r#type: String,
    fdx_consent_id: Option<ConsentId>,
    consent_request: WantedRequest,
    /// What the response told of what was not granted; says nothing here.
    #[serde(default, rename = "difference")]
    _difference: serde::de::IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WantedRequest {
    duration_type: Option<DurationType>,
    duration_period: Option<u16>,
    lookback_period: Option<u16>,
    resources: Vec<WantedResource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WantedResource {
    resource_type: ResourceType,
    resource_id: Option<AccountId>,
    #[serde(deserialize_with = "clusters")]
    data_clusters: BTreeSet<DataCluster>,
}

impl AuthorizationDetails {
    /// Reads the parameter of a token request: as the authorization request has it, or as the token response had it.
    ///
    /// # Errors
    /// [`InvalidAuthorizationDetails`].
    pub fn wanted(json: serde_json::Value) -> Result<Wanted, InvalidAuthorizationDetails> {
        let [element]: [WantedElement; 1] =
            serde_json::from_value(json).map_err(|_| InvalidAuthorizationDetails::Shape)?;
        let request = element.consent_request;
        if element.r#type != TYPE || request.resources.len() > MOST_GRANTED {
            return Err(InvalidAuthorizationDetails::Shape);
        }
        let accounts = request.resources.iter().all(|resource| {
            resource.resource_type == ResourceType::Account && !resource.data_clusters.is_empty()
        });
        if request.resources.is_empty() || !accounts {
            return Err(InvalidAuthorizationDetails::Resources);
        }
        Ok(Wanted {
            consent_id: element.fdx_consent_id,
            duration_type: request.duration_type,
            duration_period: request.duration_period,
            lookback_period: request.lookback_period,
            resources: request
                .resources
                .into_iter()
                .map(|resource| (resource.resource_id, resource.data_clusters))
                .collect(),
        })
    }
}

impl ConsentRequest {
    /// A request for clusters of accounts.
    pub fn for_accounts(
        duration_type: DurationType,
        duration_period: Option<u16>,
        lookback_period: Option<u16>,
        data_clusters: BTreeSet<DataCluster>,
    ) -> Self {
        let resources = vec![RequestedResource {
            resource_type: ResourceType::Account,
            data_clusters,
        }];
        Self {
            duration_type,
            duration_period,
            lookback_period,
            resources,
        }
    }

    /// All clusters that are asked, of whichever resource.
    pub fn data_clusters(&self) -> BTreeSet<DataCluster> {
        self.resources
            .iter()
            .flat_map(|resource| resource.data_clusters.iter().copied())
            .collect()
    }

    /// Whether the scopes open exactly the clusters that are asked (O21: no difference that the consumer
    /// would not see).
    pub fn matches(&self, scopes: &Scopes) -> bool {
        self.data_clusters() == scopes.clusters()
    }

    /// The scopes that a token needs for all that is asked.
    pub fn scopes(&self) -> Scopes {
        self.data_clusters()
            .into_iter()
            .map(DataCluster::scope)
            .collect::<Vec<Scope>>()
            .into_iter()
            .collect()
    }
}

/// The `authorization_details` of a token response: what was granted (RFC9396-7), account by account.
pub fn granted(consent_id: ConsentId, terms: &Terms, accounts: &[GrantedAccount]) -> serde_json::Value {
    let resources: Vec<_> = accounts
        .iter()
        .map(|account| {
            serde_json::json!({
                "resourceType": ResourceType::Account,
                "resourceId": account.account_id,
                "dataClusters": account.data_clusters,
            })
        })
        .collect();
    serde_json::json!([{
        "type": TYPE,
        "fdxConsentId": consent_id,
        "consentRequest": {
            "durationType": terms.duration_type,
            "durationPeriod": terms.duration_days,
            "lookbackPeriod": terms.lookback_days,
            "resources": resources,
        },
    }])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
