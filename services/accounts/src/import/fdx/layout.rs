//! How a file is laid out, and how it names an account. What is inside of an account stays raw text here, so
//! that whoever reads it knows its line.

use domain::{AccountId, fdx::Account};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::import::{
    Naming,
    naming::{Named, Origin},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File<'a> {
    #[serde(borrow)]
    pub(super) consumer: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) accounts: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Consumer<'a> {
    #[serde(borrow)]
    pub(super) customer: &'a RawValue,
    #[serde(borrow)]
    pub(super) claims: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    pub(super) identified_by: Option<IdentifiedBy>,
    #[serde(borrow)]
    pub(super) account: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) contact: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) payment_networks: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    pub(super) asset_transfer_networks: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    pub(super) transactions: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(super) enum IdentifiedBy {
    Bank {
        bank_id: String,
        branch_id: Option<String>,
        account_number: String,
    },
    Broker {
        broker_id: String,
        account_number: String,
    },
    Card {
        card_number: String,
    },
}

/// How the account is found again, and its FDX id.
pub(super) fn identify(
    by: Option<IdentifiedBy>,
    account: Option<&Account>,
    naming: &Naming,
) -> Option<(Origin, AccountId)> {
    let given = account.and_then(|account| account.descriptor.account_id.clone());
    let named = match (&by, &given) {
        (
            Some(IdentifiedBy::Bank {
                bank_id,
                branch_id,
                account_number,
            }),
            None,
        ) => Named::Bank {
            bank: bank_id,
            branch: branch_id.as_deref().unwrap_or_default(),
            number: account_number,
        },
        (
            Some(IdentifiedBy::Broker {
                broker_id,
                account_number,
            }),
            None,
        ) => Named::Broker {
            broker: broker_id,
            number: account_number,
        },
        (Some(IdentifiedBy::Card { card_number }), None) => Named::Card { number: card_number },
        (None, Some(account_id)) => Named::Fdx {
            account_id: account_id.as_str(),
        },
        // Two names for one account may contradict each other; none is none.
        (Some(_), Some(_)) | (None, None) => return None,
    };
    let origin = naming.origin(named);
    Some((origin, given.unwrap_or_else(|| naming.account_id(origin))))
}
