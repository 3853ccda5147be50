//! The one bridge from an entity to what leaves: which fields of it a grant lets out.
//!
//! A [`Disclosed`] value can be made here only, and handlers answer with nothing else. Every struct is taken
//! apart without `..`, so that a new field of an entity does not compile until it is decided here:
//!
//! | class | let out with |
//! |---|---|
//! | `descriptor` | ACCOUNT_BASIC or ACCOUNT_DETAILED |
//! | `detailed` | ACCOUNT_DETAILED |
//! | `balances` | ACCOUNT_DETAILED or BALANCES |
//! | `bills`, `scheduled_payments` | the cluster of that name; or ACCOUNT_DETAILED, to a recipient that speaks FDX before 6.4 |
//! | `investments` | INVESTMENTS, and ACCOUNT_DETAILED |
//! | `numbers` | PAYMENT_SUPPORT, and ACCOUNT_DETAILED |
//! | `images`, `rewards` | the cluster of that name, beside TRANSACTIONS |
//! | `personal` | CUSTOMER_PERSONAL, beside CUSTOMER_CONTACT |
//! | `never` | nothing: deprecated, or about what the grant does not cover |
//!
//! [`identity()`] is the bridge of what OpenID Connect tells of a consumer.
//!
//! [`preview`] is the same bridge, walked before there is a grant, so that a consumer sees what would leave.

mod account;
mod allowed;
mod contact;
mod identity;
pub mod preview;
mod redact;
mod transaction;

use domain::fdx::{AccountPaymentNetwork, AssetTransferNetwork};
use serde::Serialize;

pub use account::{descriptor, details};
pub use allowed::{Allowed, Settings};
pub use contact::contact;
pub use identity::identity;
pub use transaction::transaction;

use allowed::keep;

/// Takes a struct apart, and puts it together again from the fields that are let out.
macro_rules! let_out {
    ($allowed:expr, $entity:expr => $name:ident { $( $class:ident: [$($field:ident),* $(,)?], )* }) => {{
        let $name { $($($field,)*)* } = $entity;
        $name { $($($field: $crate::keep($allowed.$class(), $field),)*)* }
    }};
}
use let_out;

/// What has passed this bridge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Disclosed<T>(T);

impl<T> Disclosed<T> {
    /// What is let out.
    pub const fn get(&self) -> &T {
        &self.0
    }
}

/// A payment network of an account; `None` without PAYMENT_SUPPORT.
pub fn payment_network(
    mut network: AccountPaymentNetwork,
    allowed: &Allowed,
) -> Option<Disclosed<AccountPaymentNetwork>> {
    domain::fdx::Piece::forget_unknown(&mut network);
    let network = let_out!(allowed, network => AccountPaymentNetwork {
        payment_support: [
            bank_id, identifier, identifier_type, r#type, transfer_in, transfer_out, supports_request_for_payment,
            transfer_limits, bank_institution_id, bank_transit_id,
        ],
    });
    allowed.payment_support().then_some(Disclosed(network))
}

/// An asset transfer network of an account; `None` without PAYMENT_SUPPORT.
pub fn asset_transfer_network(
    mut network: AssetTransferNetwork,
    allowed: &Allowed,
) -> Option<Disclosed<AssetTransferNetwork>> {
    domain::fdx::Piece::forget_unknown(&mut network);
    let network = let_out!(allowed, network => AssetTransferNetwork {
        payment_support: [identifier, identifier_type, institution_name, institution_id, r#type, joint_account],
    });
    allowed.payment_support().then_some(Disclosed(network))
}

#[cfg(test)]
mod tests;
