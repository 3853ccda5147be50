//! A sum that was lent and is paid back by a plan.

use crate::fdx::{
    amount::Amount,
    interest::{Frequency, InterestRate},
    text::Text,
    time::{DateString, Timestamp},
};

entity! {
    /// A mortgage, car loan, student loan or the like (FDX `LoanAccount`).
    pub struct LoanAccount {
        /// Interest that it costs.
        pub charged_interest: Option<InterestRate>,
        /// Percent a year, fees counted.
        pub annual_percentage_rate: Option<Amount>,
        /// The instant of the balances.
        pub balance_as_of: Option<Timestamp>,
        /// What is still owed.
        pub principal_balance: Option<Amount>,
        /// What is held for taxes and insurance.
        pub escrow_balance: Option<Amount>,
        /// What was lent.
        pub original_principal: Option<Amount>,
        /// The day it was lent.
        pub originating_date: Option<DateString>,
        /// From first to last payment, in months.
        pub loan_term: Option<i32>,
        /// Payments in the whole plan.
        pub total_number_of_payments: Option<i32>,
        /// The next payment.
        pub next_payment_amount: Option<Amount>,
        /// Its day.
        pub next_payment_date: Option<DateString>,
        /// How often is paid.
        pub payment_frequency: Option<Frequency>,
        /// How often interest is added.
        pub compounding_period: Option<Frequency>,
        /// What ends it today.
        pub pay_off_amount: Option<Amount>,
        /// The last payment.
        pub last_payment_amount: Option<Amount>,
        /// Its day.
        pub last_payment_date: Option<DateString>,
        /// The day of the last payment of the plan.
        pub maturity_date: Option<DateString>,
        /// Interest paid this year.
        pub interest_paid_year_to_date: Option<Amount>,
        /// Student loans: the school.
        pub current_school: Option<Text>,
        /// Who serves the loan.
        pub loan_provider_name: Option<Text>,
    }
}
