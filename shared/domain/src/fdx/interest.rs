//! Interest earned or charged, and how often something happens.

use super::{amount::Amount, text::Text, time::DateString};

entity! {
    /// A rate of interest (FDX `InterestRate`).
    pub struct InterestRate {
        /// Percent a year: 5.25 is 5.25 %.
        pub rate: Option<Amount>,
        /// The day since which it holds.
        pub rate_as_of: Option<DateString>,
        /// How often interest is added to the principal.
        pub compounding_period: Option<Frequency>,
        /// The rate before, percent a year.
        pub prior_rate: Option<Amount>,
        /// Whether it moves.
        pub r#type: Option<InterestRateType>,
        /// What an indexed rate follows.
        pub index: Option<Text>,
    }
}

words! {
    /// Whether a rate moves, and with what.
    pub enum InterestRateType {
        Fixed = "FIXED",
        Indexed = "INDEXED",
        Variable = "VARIABLE",
    }
}

words! {
    /// How often (FDX `CompoundingPeriod`, `PaymentFrequency`, `PayoutMode`, which have the same words).
    pub enum Frequency {
        Annually = "ANNUALLY",
        Biweekly = "BIWEEKLY",
        Daily = "DAILY",
        Monthly = "MONTHLY",
        Semiannually = "SEMIANNUALLY",
        Semimonthly = "SEMIMONTHLY",
        Weekly = "WEEKLY",
    }
}
