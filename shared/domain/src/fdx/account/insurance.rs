//! A policy that pays when something happens.

use crate::fdx::{amount::Amount, bills::Bills, interest::InterestRate, time::DateString};

entity! {
    /// An insurance policy (FDX `InsuranceAccount`).
    pub struct InsuranceAccount {
        /// Interest that it earns.
        pub earned_interest: Option<InterestRate>,
        /// What it costs a term.
        pub policy_premium: Option<Amount>,
        /// Which term.
        pub policy_premium_term: Option<PolicyPremiumTerm>,
        /// The first day of cover.
        pub policy_start_date: Option<DateString>,
        /// Whether it covers.
        pub policy_status: Option<PolicyStatus>,
        /// The last day of cover.
        pub policy_end_date: Option<DateString>,
        /// What it pays at most.
        pub policy_coverage_amount: Option<Amount>,
        /// Premiums that are due.
        pub bills: Vec<Bills>,
    }
}

words! {
    /// How often a premium is due.
    pub enum PolicyPremiumTerm {
        Annual = "ANNUAL",
        Monthly = "MONTHLY",
    }
}

words! {
    /// Whether a policy covers.
    pub enum PolicyStatus {
        Active = "ACTIVE",
        DeathClaimPaid = "DEATH_CLAIM_PAID",
        DeathClaimPending = "DEATH_CLAIM_PENDING",
        Expired = "EXPIRED",
        GracePeriod = "GRACE_PERIOD",
        LapsePending = "LAPSE_PENDING",
        Terminated = "TERMINATED",
        Waiver = "WAIVER",
    }
}
