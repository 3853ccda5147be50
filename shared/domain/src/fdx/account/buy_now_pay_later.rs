//! Purchases paid in instalments.

use crate::fdx::{amount::Amount, time::Timestamp};

entity! {
    /// An account for purchases paid in instalments (FDX `BuyNowPayLaterAccount`).
    pub struct BuyNowPayLaterAccount {
        /// The instant of the balances.
        pub balance_as_of: Option<Timestamp>,
        /// The most that can be owed.
        pub credit_line: Option<Amount>,
        /// What can still be spent.
        pub available_credit: Option<Amount>,
        /// What is owed without interest.
        pub principal_balance: Option<Amount>,
        /// What is owed.
        pub current_balance: Option<Amount>,
        /// Interest and fees of this cycle.
        pub finance_charges: Option<Amount>,
    }
}
