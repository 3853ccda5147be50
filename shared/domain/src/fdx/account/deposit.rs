//! Money kept at the bank.

use super::kind::AccountType;
use crate::{
    fdx::{
        amount::Amount,
        interest::InterestRate,
        text::{String64, Text},
        time::{DateString, Timestamp},
    },
    id::AccountId,
};

entity! {
    /// A checking, savings or similar account (FDX `DepositAccount`).
    pub struct DepositAccount {
        /// The instant of the balances.
        pub balance_as_of: Option<Timestamp>,
        /// Interest that it earns.
        pub earned_interest: Option<InterestRate>,
        /// What has been posted.
        pub current_balance: Option<Amount>,
        /// The balance at the start of the day.
        pub opening_day_balance: Option<Amount>,
        /// What can be spent.
        pub available_balance: Option<Amount>,
        /// Percent a year, compounding counted.
        pub annual_percentage_yield: Option<Amount>,
        /// Interest earned this year.
        pub interest_ytd: Option<Amount>,
        /// How long money is bound, in months.
        pub term: Option<i32>,
        /// The day until which.
        pub maturity_date: Option<DateString>,
        /// Whether disputes go to arbitration.
        pub under_arbitration: Option<bool>,
        /// Whether the holder agreed to overdraft fees.
        pub overdraft_opt_in: Option<bool>,
        /// Whether it is overdrawn.
        pub overdrafted: Option<bool>,
        /// Whether other accounts cover an overdraft.
        pub overdraft_protection_funded: Option<bool>,
        /// Which ones.
        pub overdraft_funding_sources: Vec<FundingSource>,
    }
}

entity! {
    /// An account that covers another's overdraft.
    pub struct FundingSource {
        /// Its id.
        pub account_id: Option<AccountId>,
        /// Its number, masked.
        pub account_number_display: Option<String64>,
        /// What sort it is.
        pub account_type: Option<AccountType>,
        /// Where it is held.
        pub institution_name: Option<Text>,
    }
}
