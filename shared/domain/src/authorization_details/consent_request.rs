//! FDX `ConsentRequest`: the words in which a recipient asks a consumer to share.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    cluster::DataCluster,
    consent::DurationType,
    scope::{Scope, Scopes},
};

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

/// Accepts the old name of a cluster beside the new ones.
pub(super) fn clusters<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeSet<DataCluster>, D::Error> {
    Vec::<String>::deserialize(deserializer)?
        .iter()
        .map(|name| {
            DataCluster::from_name(name).ok_or_else(|| serde::de::Error::custom("unknown data cluster"))
        })
        .collect()
}
