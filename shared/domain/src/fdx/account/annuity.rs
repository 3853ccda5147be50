//! A sum paid for an income.

use crate::fdx::{
    amount::Amount,
    interest::{Frequency, InterestRate},
    piece::Faults,
    time::DateString,
};

entity! {
    /// An annuity (FDX `AnnuityAccount`). It has no transactions.
    pub struct AnnuityAccount {
        /// Interest that it earns.
        pub earned_interest: Option<InterestRate>,
        /// Whether it pays now or later.
        pub payout_type: Option<AnnuityPayoutType>,
        /// Whether its yield is fixed.
        pub policy_product_type: Option<AnnuityProductType>,
        /// One payment of income.
        pub payout_amount: Option<Amount>,
        /// How often it pays.
        pub payout_mode: Option<Frequency>,
        /// The day of the first.
        pub payout_start_date: Option<DateString>,
        /// The day of the last.
        pub payout_end_date: Option<DateString>,
        /// How many there are.
        pub number_modal_payouts: Option<i32>,
        /// What an early end pays.
        pub surrender_value: Option<Amount>,
        /// By how much payments change, in percent; not beside an amount.
        pub payout_change_percentage: Option<Amount>,
        /// By how much payments change; not beside a percentage.
        pub payout_change_amount: Option<Amount>,
        /// For how long payment is certain.
        pub period_certain_type: Option<PeriodCertain>,
    }
    rules = change_is_percentage_or_amount;
}

fn change_is_percentage_or_amount(annuity: &AnnuityAccount, faults: &mut Faults) {
    let both = annuity.payout_change_percentage.is_some() && annuity.payout_change_amount.is_some();
    faults.require(
        !both,
        "payoutChangePercentage and payoutChangeAmount exclude each other",
    );
}

words! {
    /// Whether an annuity pays now or later.
    pub enum AnnuityPayoutType {
        Deferred = "DEFERRED",
        Immediate = "IMMEDIATE",
    }
}

words! {
    /// Whether the yield of an annuity is fixed.
    pub enum AnnuityProductType {
        Fixed = "FIXED",
        Variable = "VARIABLE",
    }
}

words! {
    /// For how long an annuity pays for certain.
    pub enum PeriodCertain {
        FiveYears = "5_YEAR",
        TenYears = "10_YEAR",
        TwentyYears = "20_YEAR",
        ThirtyYears = "30_YEAR",
        None = "NONE",
    }
}
