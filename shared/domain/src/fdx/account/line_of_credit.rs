//! Credit that is drawn and paid back at will, cards above all.

use crate::fdx::{
    amount::Amount,
    bills::{Bills, ScheduledPayment},
    interest::InterestRate,
    text::Text,
    time::Timestamp,
};

entity! {
    /// A credit card or another line of credit (FDX `LineOfCreditAccount`).
    ///
    /// Balances are what is owed, positive, as `balanceType` LIABILITY says.
    pub struct LineOfCreditAccount {
        /// What is owed, and when.
        pub bills: Vec<Bills>,
        /// Payments that will be made.
        pub scheduled_payments: Vec<ScheduledPayment>,
        /// Interest that it costs.
        pub charged_interest: Option<InterestRate>,
        /// The instant of the balances.
        pub balance_as_of: Option<Timestamp>,
        /// The most that can be owed.
        pub credit_line: Option<Amount>,
        /// What can still be drawn.
        pub available_credit: Option<Amount>,
        /// What is owed without interest.
        pub principal_balance: Option<Amount>,
        /// What is owed.
        pub current_balance: Option<Amount>,
        /// What should have been paid already.
        pub past_due_amount: Option<Amount>,
        /// Percent a year on purchases.
        pub purchases_apr: Option<Amount>,
        /// Percent a year on cash advances.
        pub advances_apr: Option<Amount>,
        /// Percent a year on balances moved here.
        pub balance_transfers_apr: Option<Amount>,
        /// Percent a year on target rate sales.
        pub target_rate_sale_apr: Option<Amount>,
        /// Percent a year on the personal purchase instalment line.
        pub ppil_apr: Option<Amount>,
        /// The most that can be drawn in cash.
        pub cash_advance_limit: Option<Amount>,
        /// What can still be drawn in cash.
        pub available_cash: Option<Amount>,
        /// Interest and fees of this cycle.
        pub finance_charges: Option<Amount>,
        /// The network of the card: `VISA`, `MASTERCARD`, ... an open list.
        pub card_network: Option<Text>,
        /// How the card looks.
        pub card_art: Option<CardArt>,
        /// What is owed of cash advances.
        pub cash_advance_balance: Option<Amount>,
        /// What is owed of balances moved here.
        pub transfer_balance: Option<Amount>,
        /// What is owed of the personal purchase instalment line.
        pub ppil_balance: Option<Amount>,
        /// Whether disputes go to arbitration.
        pub under_arbitration: Option<bool>,
        /// The fees, in words.
        pub fee_schedule: Option<Text>,
    }
}

entity! {
    /// How a card looks.
    pub struct CardArt {
        /// Its name.
        pub label: Option<Text>,
        /// Where its picture is.
        pub image_uri: Option<Text>,
    }
}
