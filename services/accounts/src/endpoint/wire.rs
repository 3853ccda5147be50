//! Bodies of the lists.

use domain::fdx::{
    Account, AccountPaymentNetwork, AssetTransferNetwork, PageLinks, PageMetadata, Transaction,
    account::LightweightAccount,
};
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{OneOfBuilder, Ref, RefOr, schema::Schema},
};

use crate::disclose::Disclosed;

/// A page of accounts (FDX `Accounts`).
#[derive(Serialize, ToSchema)]
pub(crate) struct Accounts {
    pub(crate) page: PageMetadata,
    pub(crate) links: PageLinks,
    /// In the order in which the consumer chose them.
    pub(crate) accounts: Vec<ListedAccount>,
}

/// An account in the form that was asked for.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum ListedAccount {
    /// `resultType=lightweight`
    Lightweight(Box<Disclosed<LightweightAccount>>),
    /// `resultType=details`
    Details(Box<Disclosed<Account>>),
}

impl PartialSchema for ListedAccount {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .item(Ref::from_schema_name(LightweightAccount::name()))
            .item(Ref::from_schema_name(Account::name()))
            .into()
    }
}

impl ToSchema for ListedAccount {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for (name, schema) in [
            (LightweightAccount::name(), LightweightAccount::schema()),
            (Account::name(), Account::schema()),
        ] {
            schemas.push((name.into_owned(), schema));
        }
        LightweightAccount::schemas(schemas);
        Account::schemas(schemas);
    }
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
