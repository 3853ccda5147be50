//! Accounts of businesses, with the balances that treasurers ask for.

use crate::fdx::{
    amount::Amount,
    interest::InterestRate,
    text::{String255, Text},
    time::Timestamp,
};

entity! {
    /// An account of a business (FDX `CommercialAccount`).
    pub struct CommercialAccount {
        /// Interest that it earns.
        pub earned_interest: Option<InterestRate>,
        /// The instant of the balances.
        pub balance_as_of: Option<Timestamp>,
        /// Posted, at the start of the day.
        pub opening_ledger_balance: Option<Amount>,
        /// Posted, at the end of the day.
        pub closing_ledger_balance: Option<Amount>,
        /// Posted, now.
        pub current_ledger_balance: Option<Amount>,
        /// Available, at the start of the day.
        pub opening_available_balance: Option<Amount>,
        /// Available, now.
        pub current_available_balance: Option<Amount>,
        /// Available, at the end of the day.
        pub closing_available_balance: Option<Amount>,
        /// Available the next day.
        pub next_day_available_balance: Option<Amount>,
        /// Available in two days or later.
        pub two_days_plus_available_balance: Option<Amount>,
        /// Credits that have not settled.
        pub number_of_outstanding_credits: Option<i32>,
        /// What they sum up to.
        pub outstanding_credits_amount: Option<Amount>,
        /// Debits that have not settled.
        pub number_of_outstanding_debits: Option<i32>,
        /// What they sum up to.
        pub outstanding_debits_amount: Option<Amount>,
        /// Further balances by the codes of treasury.
        pub commercial_balances: Vec<CommercialBalance>,
    }
}

entity! {
    /// A balance by a code of treasury.
    pub struct CommercialBalance {
        /// Which balance.
        pub commercial_code: Option<CommercialCode>,
        /// How much.
        pub amount: Option<Amount>,
        /// A note.
        pub memo: Option<String255>,
    }
}

entity! {
    /// A code of treasury.
    pub struct CommercialCode {
        /// Whose list it is from.
        pub r#type: Option<CommercialCodeType>,
        /// The code in it.
        pub code: Option<Text>,
    }
}

words! {
    /// A list of treasury codes.
    pub enum CommercialCodeType {
        Bai = "BAI",
        Btrs = "BTRS",
        Iso = "ISO",
        Swift = "SWIFT",
    }
}
