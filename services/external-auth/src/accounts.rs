//! Accounts that a consumer can share under a request.

use domain::AccountSummary;
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
}

impl EligibleAccounts {
    /// Those of the held ones that can be shared: a closed account is not offered.
    pub(crate) fn of(held: Vec<HeldAccount>) -> Self {
        Self {
            accounts: held
                .into_iter()
                .map(|held| EligibleAccount {
                    account: AccountSummary::of(held.account_id, &held.entity),
                    awaiting_approvals: held.awaiting,
                })
                .filter(|eligible| !eligible.account.is_closed)
                .collect(),
        }
    }
}
