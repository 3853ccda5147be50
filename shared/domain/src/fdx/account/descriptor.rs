//! What names an account: the lightweight form.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::kind::AccountType;
use crate::{
    fdx::{
        money::{Currency, FiAttribute},
        piece::Faults,
        text::{Identifier, String64, Text},
        time::DateString,
    },
    id::AccountId,
};

entity! {
    /// What names an account (FDX `AccountDescriptor`).
    pub struct AccountDescriptor {
        /// The bank's persistent id of the account; never its number.
        pub account_id: Option<AccountId>,
        /// What sort of account it is within its category.
        pub account_type: Option<AccountType>,
        /// The number in full. Deprecated by FDX in favour of payment networks; kept to find the account
        /// again at the next import, and let out only where the settings of disclosure ask for it.
        pub account_number: Option<String64>,
        /// The number masked, such as `****1234`.
        pub account_number_display: Option<String64>,
        /// The bank's id of the product.
        pub product_id: Option<Identifier>,
        /// The product as the bank markets it.
        pub product_name: Option<Text>,
        /// What the consumer calls the account.
        pub nickname: Option<Text>,
        /// A description of the account.
        pub description: Option<Text>,
        /// Whether it is open, and in good order.
        pub status: Option<AccountStatus>,
        /// The day it was opened.
        pub account_open_date: Option<DateString>,
        /// The day it was closed.
        pub account_close_date: Option<DateString>,
        /// The currency of its amounts.
        pub currency: Option<Currency>,
        /// What the bank adds.
        pub fi_attributes: Vec<FiAttribute>,
    }
    rules = id_is_not_the_number;
}

fn id_is_not_the_number(descriptor: &AccountDescriptor, faults: &mut Faults) {
    let Some(account_id) = &descriptor.account_id else {
        faults.inside("account_id", |faults| faults.report("is required"));
        return;
    };
    let revealed = descriptor
        .account_number
        .as_ref()
        .is_some_and(|number| number.as_str().len() >= 4 && account_id.as_str().contains(number.as_str()));
    faults.inside("account_id", |faults| {
        faults.require(!revealed, "holds the account number")
    });
}

/// An account in its lightweight form: its category and what names it (FDX `AccountDescriptor`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LightweightAccount {
    /// One of the nine categories.
    pub account_category: String,
    /// What names it.
    #[serde(flatten)]
    pub descriptor: AccountDescriptor,
}

words! {
    /// Whether an account is open, and in good order.
    pub enum AccountStatus {
        Closed = "CLOSED",
        Delinquent = "DELINQUENT",
        NegativeCurrentBalance = "NEGATIVECURRENTBALANCE",
        Open = "OPEN",
        Paid = "PAID",
        PendingClose = "PENDINGCLOSE",
        PendingOpen = "PENDINGOPEN",
        Restricted = "RESTRICTED",
    }
}
