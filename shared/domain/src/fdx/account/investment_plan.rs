//! What a plan adds to an investment account: contributions, vesting, loans, pensions.

use super::holding::SecurityIdType;
use crate::fdx::{
    amount::Amount,
    interest::Frequency,
    text::{Identifier, String64, Text},
    time::{DateString, Timestamp},
};

entity! {
    /// How contributions to a plan are split (FDX `Contribution`). Percentages are 0 to 100.
    pub struct Contribution {
        /// The security that they buy.
        pub security_id: Option<String64>,
        /// In which list.
        pub security_id_type: Option<SecurityIdType>,
        /// What the employer adds, in percent.
        pub employer_match_percentage: Option<Amount>,
        /// What the employer adds.
        pub employer_match_amount: Option<Amount>,
        /// The employee's share before tax.
        pub employee_pre_tax_amount: Option<Amount>,
        /// The employee's share before tax, in percent.
        pub employee_pre_tax_percentage: Option<Amount>,
        /// The employee's share after tax.
        pub employee_after_tax_amount: Option<Amount>,
        /// The employee's share after tax, in percent.
        pub employee_after_tax_percentage: Option<Amount>,
        /// The employee's Roth share.
        pub employee_roth_tax_amount: Option<Amount>,
        /// The employee's Roth share, in percent.
        pub employee_roth_tax_percentage: Option<Amount>,
        /// The employee's deferred share before tax.
        pub employee_defer_pre_tax_amount: Option<Amount>,
        /// The employee's deferred share before tax, in percent.
        pub employee_defer_pre_tax_percentage: Option<Amount>,
        /// The employee's share this year.
        pub employee_year_to_date: Option<Amount>,
        /// The employer's share this year.
        pub employer_year_to_date: Option<Amount>,
        /// What was rolled over, in percent.
        pub rollover_contribution_percentage: Option<Amount>,
        /// What was rolled over.
        pub rollover_contribution_amount: Option<Amount>,
        /// Whether it catches up for earlier years.
        pub catch_up_contribution: Option<bool>,
    }
}

entity! {
    /// What of a grant is vested (FDX `Vesting`).
    pub struct Vesting {
        /// The day it vests.
        pub vesting_date: Option<DateString>,
        /// Ticker of the security.
        pub symbol: Option<String64>,
        /// The price at which it may be bought.
        pub strike_price: Option<Amount>,
        /// How much is vested, in percent.
        pub vesting_percentage: Option<Amount>,
        /// What vests otherwise.
        pub other_vest_amount: Option<Amount>,
        /// What vests otherwise, in percent.
        pub other_vest_percentage: Option<Amount>,
        /// The vested money.
        pub vested_balance: Option<Amount>,
        /// The money that is not vested yet.
        pub un_vested_balance: Option<Amount>,
        /// The vested shares.
        pub vested_quantity: Option<Amount>,
        /// The shares that are not vested yet.
        pub un_vested_quantity: Option<Amount>,
    }
}

entity! {
    /// A loan taken against the account (FDX `InvestmentLoan`).
    pub struct InvestmentLoan {
        /// Its id.
        pub loan_id: Option<Identifier>,
        /// What it is.
        pub loan_description: Option<Text>,
        /// What was lent.
        pub initial_loan_balance: Option<Amount>,
        /// The day it was lent.
        pub loan_start_date: Option<DateString>,
        /// What is still owed.
        pub current_loan_balance: Option<Amount>,
        /// The instant of that balance.
        pub date_as_of: Option<Timestamp>,
        /// Percent a year.
        pub loan_rate: Option<Amount>,
        /// One payment.
        pub loan_payment_amount: Option<Amount>,
        /// How often.
        pub loan_payment_frequency: Option<LoanPaymentFrequency>,
        /// Payments in the whole plan.
        pub loan_payment_initial: Option<Amount>,
        /// Payments that are left.
        pub loan_payments_remaining: Option<i32>,
        /// The day of the last payment.
        pub loan_maturity_date: Option<DateString>,
        /// Interest paid so far.
        pub loan_interest_to_date: Option<Amount>,
        /// Interest over the whole plan.
        pub loan_total_projected_interest: Option<Amount>,
        /// The day of the next payment.
        pub loan_next_payment_date: Option<DateString>,
    }
}

words! {
    /// How often a loan against an account is paid.
    pub enum LoanPaymentFrequency {
        Annually = "ANNUALLY",
        Bimonthly = "BIMONTHLY",
        Biweekly = "BIWEEKLY",
        FourWeeks = "FOURWEEKS",
        Monthly = "MONTHLY",
        Other = "OTHER",
        Quarterly = "QUARTERLY",
        Semiannually = "SEMIANNUALLY",
        TwiceMonthly = "TWICEMONTHLY",
        Weekly = "WEEKLY",
    }
}

entity! {
    /// Where a pension is paid from (FDX `PensionSource`).
    pub struct PensionSource {
        /// Its name.
        pub display_name: Option<Text>,
        /// One payment.
        pub amount: Option<Amount>,
        /// How it is paid.
        pub payment_option: Option<Text>,
        /// The day of these facts.
        pub as_of_date: Option<DateString>,
        /// How often it pays.
        pub frequency: Option<Frequency>,
        /// The day of the first payment.
        pub start_date: Option<DateString>,
    }
}
