//! The endpoints, a file each, and what they share.

mod dates;
mod paging;
mod parameters;
mod read;
mod wire;

pub(crate) mod get_account;
pub(crate) mod get_account_asset_transfer_networks;
pub(crate) mod get_account_contact;
pub(crate) mod get_account_payment_networks;
pub(crate) mod search_for_account_transactions;
pub(crate) mod search_for_accounts;
