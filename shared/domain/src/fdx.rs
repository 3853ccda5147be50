//! FDX v6.4.1 entities, typed: what a bank tells of a consumer's accounts.
//!
//! The same types serve what comes in, what is stored and what goes out. What comes in is checked
//! ([`Account::validate`] and its sisters); what goes out has passed the disclosure of `accounts`, and only
//! there are clusters applied and unknown words dropped. Nearly every field is optional, as in FDX; a field
//! that FDX has deprecated has no place here, but for the two that name an account at import.
//!
//! To add a field: put it into its `entity!`, and the disclosure no longer compiles until it is decided.

#[macro_use]
mod macros;
mod word;

pub mod account;
pub mod amount;
pub mod asset_transfer_network;
pub mod bills;
pub mod contact;
pub mod interest;
pub mod money;
pub mod page;
pub mod payment_network;
pub mod piece;
pub mod text;
pub mod time;
pub mod transaction;

pub use account::{Account, AccountDescriptor, AccountDetail};
pub use amount::{Amount, AmountError};
pub use asset_transfer_network::AssetTransferNetwork;
pub use contact::{AccountContact, Customer};
pub use page::{HateoasLink, PageLinks, PageMetadata};
pub use payment_network::AccountPaymentNetwork;
pub use piece::{Fault, Faults, Piece};
pub use text::{CountryCode, CurrencyCode, Identifier, String64, String255, Text};
pub use time::{DateString, Timestamp};
pub use transaction::{Transaction, TransactionDetail};
