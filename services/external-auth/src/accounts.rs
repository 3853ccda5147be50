//! Accounts that a consumer can share under a request.

use std::collections::BTreeSet;

use domain::{AccountSummary, DataCluster};
use serde::Serialize;
use store::holders::HeldAccount;

/// The accounts that a consumer can choose from.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct EligibleAccounts {
    /// By category; at most 200. None when the request asks for no data cluster, or the consumer holds none.
    pub(crate) accounts: Vec<EligibleAccount>,
}

/// An account that the consumer can choose.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EligibleAccount {
    #[serde(flatten)]
    account: AccountSummary,
    /// Other holders of it: nothing of it is shared until each of them has approved. 0 for an account that the consumer can
    /// share alone.
    awaiting_approvals: u16,
    /// What of the request such an account has something of, in the order of a consent screen: what to offer. A decision may
    /// name less; without clusters of its own an account shares all that was asked.
    #[schema(value_type = Vec<DataCluster>)]
    data_clusters: BTreeSet<DataCluster>,
}

impl EligibleAccounts {
    /// Those of the held ones that can be shared under a request for these clusters: a closed account is not offered.
    pub(crate) fn of(held: Vec<HeldAccount>, asked: &BTreeSet<DataCluster>) -> Self {
        Self {
            accounts: held
                .into_iter()
                .map(|held| {
                    let account = AccountSummary::of(held.account_id, &held.entity);
                    let category = account.account_category.as_deref();
                    EligibleAccount {
                        data_clusters: asked
                            .iter()
                            .copied()
                            .filter(|cluster| cluster.applies_to(category))
                            .collect(),
                        awaiting_approvals: held.awaiting,
                        account,
                    }
                })
                .filter(|eligible| !eligible.account.is_closed)
                .collect(),
        }
    }
}
