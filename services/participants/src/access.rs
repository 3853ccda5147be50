//! One read of a consumer's data, as the consumer may see it.

use domain::{AccountId, DataCluster, Instant};
use serde::Serialize;
use store::accesses::Access;

use crate::{
    role::{Role, Seen},
    time::whole_seconds,
};

/// When and what was last read.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LastRead {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    accessed_time: Instant,
    /// The FDX operation.
    operation: String,
    /// Which accounts.
    #[schema(value_type = Vec<String>)]
    account_ids: Vec<AccountId>,
    /// What of them, taken together.
    data_clusters: Vec<DataCluster>,
    /// Whether the consumer was there; otherwise the recipient read by itself.
    attended: bool,
}

/// One read.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserAccess {
    #[serde(flatten)]
    read: LastRead,
    /// Who read: the recipient's client id.
    client_id: String,
    /// The exchange, as both sides' logs name it.
    interaction_id: String,
}

impl LastRead {
    /// `None` when it was of no account that this consumer may see, and of nothing else of theirs.
    pub(crate) fn new(access: &Access, seen: &Seen) -> Option<Self> {
        // An account that was taken out since is the grantor's all the same.
        let account_ids: Vec<AccountId> = access
            .account_ids
            .iter()
            .filter(|id| seen.may_see(id))
            .cloned()
            .collect();
        // What was of no account was of whoever granted it.
        let concerns_them =
            !account_ids.is_empty() || (access.account_ids.is_empty() && seen.role == Role::Grantor);
        concerns_them.then(|| Self {
            accessed_time: whole_seconds(access.accessed_at),
            operation: access.operation.clone().into_owned(),
            account_ids,
            data_clusters: access.data_clusters.clone(),
            attended: access.attended,
        })
    }
}

impl UserAccess {
    /// `None` when it was of no account that this consumer may see.
    pub(crate) fn new(access: &Access, seen: &Seen) -> Option<Self> {
        Some(Self {
            read: LastRead::new(access, seen)?,
            client_id: access.client_id.to_string(),
            interaction_id: access.interaction_id.clone(),
        })
    }
}
