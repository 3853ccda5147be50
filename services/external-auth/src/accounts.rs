//! Accounts that a consumer can share under a request.

use domain::AccountSummary;
use serde::Serialize;

/// The accounts that a consumer can choose from.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct EligibleAccounts {
    /// By category; at most 200. None when the request asks for no data cluster, or the consumer holds none.
    pub(crate) accounts: Vec<AccountSummary>,
}

impl EligibleAccounts {
    /// Those of the held ones that can be shared: a closed account is not offered.
    pub(crate) fn of(held: Vec<AccountSummary>) -> Self {
        Self {
            accounts: held.into_iter().filter(|account| !account.is_closed).collect(),
        }
    }
}
