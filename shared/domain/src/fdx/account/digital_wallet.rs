//! Money in a wallet.

use crate::fdx::{amount::Amount, interest::InterestRate, time::Timestamp};

entity! {
    /// A digital wallet (FDX `DigitalWallet`).
    pub struct DigitalWallet {
        /// The instant of the balances.
        pub balance_as_of: Option<Timestamp>,
        /// What has been posted.
        pub current_balance: Option<Amount>,
        /// Interest that it earns.
        pub earned_interest: Option<InterestRate>,
        /// The balance at the start of the day.
        pub opening_day_balance: Option<Amount>,
        /// What can be spent.
        pub available_balance: Option<Amount>,
        /// Percent a year, compounding counted.
        pub annual_percentage_yield: Option<Amount>,
        /// Interest earned this year.
        pub interest_ytd: Option<Amount>,
    }
}
