//! What a recipient wants of what it was granted, at the token endpoint (RFC9396-6): never more than was granted, which
//! is for the grant to say.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{
    AuthorizationDetails, InvalidAuthorizationDetails, ResourceType, TYPE, check_resources,
    consent_request::clusters,
};
use crate::{
    cluster::DataCluster,
    consent::DurationType,
    id::{AccountId, ConsentId},
};

/// Most resources of a grant: as many as it may have accounts.
const MOST_GRANTED: usize = 200;

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
        check_resources(
            request
                .resources
                .iter()
                .map(|resource| (resource.resource_type, &resource.data_clusters)),
        )?;
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
