//! Transactions of accounts of businesses.

use crate::fdx::{account::CommercialCode, amount::Amount, text::String64};

entity! {
    /// A transaction of an account of a business (FDX `CommercialTransaction`).
    pub struct CommercialTransaction {
        /// Available at once.
        pub immediate_available_balance: Option<Amount>,
        /// Available the next day.
        pub next_day_available_balance: Option<Amount>,
        /// Available in two days or later.
        pub two_days_plus_available_balance: Option<Amount>,
        /// The bank's reference.
        pub reference_bank_id: Option<String64>,
        /// The branch's reference.
        pub reference_branch_id: Option<String64>,
        /// The customer's reference.
        pub reference_customer_id: Option<String64>,
        /// What sort it is, by a code of treasury.
        pub commercial_code: Option<CommercialCode>,
    }
}
