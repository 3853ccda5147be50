//! Bodies of the lists.

use domain::fdx::{
    Account, AccountPaymentNetwork, AssetTransferNetwork, PageLinks, PageMetadata, Transaction,
    account::LightweightAccount,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::disclose::Disclosed;

/// A page of accounts (FDX `Accounts`).
#[derive(Serialize, ToSchema)]
pub(crate) struct Accounts {
    pub(crate) page: PageMetadata,
    pub(crate) links: PageLinks,
    /// In the order in which the consumer chose them.
    pub(crate) accounts: AccountList,
}

/// Accounts in the form that was asked for.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum AccountList {
    /// `resultType=lightweight`
    #[schema(value_type = Vec<LightweightAccount>)]
    Lightweight(#[schema(value_type = Vec<LightweightAccount>)] Vec<Disclosed<LightweightAccount>>),
    /// `resultType=details`
    #[schema(value_type = Vec<Account>)]
    Details(#[schema(value_type = Vec<Account>)] Vec<Disclosed<Account>>),
}

/// A page of transactions (FDX `Transactions`), newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct Transactions {
    pub(crate) page: PageMetadata,
    pub(crate) links: PageLinks,
    #[schema(value_type = Vec<Transaction>)]
    pub(crate) transactions: Vec<Disclosed<Transaction>>,
}

/// A page of payment networks (FDX `AccountPaymentNetworkList`).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountPaymentNetworkList {
    pub(crate) page: PageMetadata,
    pub(crate) links: PageLinks,
    #[schema(value_type = Vec<AccountPaymentNetwork>)]
    pub(crate) payment_networks: Vec<Disclosed<AccountPaymentNetwork>>,
}

/// Asset transfer networks (FDX `AssetTransferNetworkList`), which has no pages.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssetTransferNetworkList {
    #[schema(value_type = Vec<AssetTransferNetwork>)]
    pub(crate) asset_transfer_networks: Vec<Disclosed<AssetTransferNetwork>>,
}
