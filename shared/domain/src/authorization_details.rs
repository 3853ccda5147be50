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

/// The `authorization_details` of a token response: what was granted (RFC9396-7), account by account, and how that
/// differs from what was `asked`. An account that awaits another holder's approval is not in it.
pub fn granted(
    consent_id: ConsentId,
    terms: &Terms,
    accounts: &[GrantedAccount],
    asked: &BTreeSet<DataCluster>,
) -> serde_json::Value {
    let served = || accounts.iter().filter(|account| account.is_served());
    let resources: Vec<_> = served()
        .map(|account| resource(account, &account.data_clusters))
        .collect();
    let mut element = serde_json::json!({
        "type": TYPE,
        "fdxConsentId": consent_id,
        "consentRequest": {
            "durationType": terms.duration_type,
            "durationPeriod": terms.duration_days,
            "lookbackPeriod": terms.lookback_days,
            "resources": resources,
        },
    });
    let difference = Difference::between(asked, accounts);
    if let (Some(difference), Some(element)) = (difference, element.as_object_mut()) {
        element.insert("difference".into(), difference.to_json());
    }
    serde_json::Value::Array(vec![element])
}

/// What was asked and not granted, for a recipient that wants to tell its consumer what is missing.
///
/// ```json
/// {"dataClusters": ["PAYMENT_SUPPORT"],
///  "resources": [{"resourceType": "ACCOUNT", "resourceId": "a1", "dataClusters": ["TRANSACTIONS"]}],
///  "awaitingApproval": 1}
/// ```
/// `dataClusters` are those that no account was given, `resources` those that some account was given and this one was
/// not, `awaitingApproval` the number of accounts that the consumer chose and that wait for another holder. A member
/// that would be empty is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Difference<'a> {
    data_clusters: BTreeSet<DataCluster>,
    resources: Vec<(&'a GrantedAccount, BTreeSet<DataCluster>)>,
    awaiting_approval: usize,
}

impl<'a> Difference<'a> {
    /// `None` when all that was asked was granted.
    fn between(asked: &BTreeSet<DataCluster>, accounts: &'a [GrantedAccount]) -> Option<Self> {
        // By the consumer: an account that waits was given all the same.
        let given: BTreeSet<_> = accounts
            .iter()
            .flat_map(|account| account.data_clusters.iter().copied())
            .collect();
        let of_account = |account: &'a GrantedAccount| {
            let missing: BTreeSet<_> = asked
                .intersection(&given)
                .copied()
                .filter(|cluster| !account.data_clusters.contains(cluster))
                .collect();
            (!missing.is_empty()).then_some((account, missing))
        };
        let difference = Self {
            data_clusters: asked.difference(&given).copied().collect(),
            resources: accounts
                .iter()
                .filter(|account| account.is_served())
                .filter_map(of_account)
                .collect(),
            awaiting_approval: accounts.iter().filter(|account| !account.is_served()).count(),
        };
        let is_empty = difference.data_clusters.is_empty()
            && difference.resources.is_empty()
            && difference.awaiting_approval == 0;
        (!is_empty).then_some(difference)
    }

    fn to_json(&self) -> serde_json::Value {
        let mut members = serde_json::Map::new();
        if !self.data_clusters.is_empty() {
            members.insert("dataClusters".into(), serde_json::json!(self.data_clusters));
        }
        if !self.resources.is_empty() {
            let resources = self
                .resources
                .iter()
                .map(|(account, missing)| resource(account, missing))
                .collect();
            members.insert("resources".into(), serde_json::Value::Array(resources));
        }
        if self.awaiting_approval > 0 {
            members.insert("awaitingApproval".into(), self.awaiting_approval.into());
        }
        members.into()
    }
}

fn resource(account: &GrantedAccount, data_clusters: &BTreeSet<DataCluster>) -> serde_json::Value {
    serde_json::json!({
        "resourceType": ResourceType::Account,
        "resourceId": account.account_id,
        "dataClusters": data_clusters,
    })
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

    fn account(id: &str, awaiting: u16, data_clusters: &[DataCluster]) -> GrantedAccount {
        GrantedAccount {
            account_id: id.parse().unwrap(),
            data_clusters: data_clusters.iter().copied().collect(),
            nickname: None,
            awaiting,
        }
    }

    fn answer(asked: &[DataCluster], accounts: &[GrantedAccount]) -> serde_json::Value {
        let terms = Terms {
            duration_type: DurationType::TimeBound,
            duration_days: 90,
            lookback_days: 60,
        };
        let id = ConsentId::from_uuid(uuid::Uuid::nil());
        granted(id, &terms, accounts, &asked.iter().copied().collect())[0].take()
    }

    #[test]
    fn what_was_granted_whole_has_no_difference() {
        let both = [DataCluster::AccountBasic, DataCluster::Transactions];
        let answer = answer(&both, &[account("a", 0, &both), account("b", 0, &both)]);
        assert_eq!(answer.get("difference"), None);
        assert_eq!(answer["consentRequest"]["resources"][1]["resourceId"], "b");
    }

    #[test]
    fn a_partial_approval_says_what_is_missing_and_where() {
        use DataCluster::{AccountBasic, PaymentSupport, Transactions};
        let accounts = [
            account("a", 0, &[AccountBasic, Transactions]),
            account("b", 0, &[AccountBasic]),
            account("joint", 2, &[AccountBasic]),
        ];
        let answer = answer(&[AccountBasic, Transactions, PaymentSupport], &accounts);
        assert_eq!(
            answer["difference"],
            json!({
                "dataClusters": ["PAYMENT_SUPPORT"],
                "resources": [{"resourceType": "ACCOUNT", "resourceId": "b", "dataClusters": ["TRANSACTIONS"]}],
                "awaitingApproval": 1,
            })
        );
        let shown: Vec<_> = answer["consentRequest"]["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|resource| resource["resourceId"].as_str().unwrap())
            .collect();
        assert_eq!(shown, ["a", "b"], "an account that waits is not shown");
    }
}
