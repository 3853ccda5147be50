//! What is particular to each kind of security.

use crate::fdx::{
    amount::Amount,
    text::Text,
    time::{DateString, Timestamp},
};

tagged! {
    /// What is particular to the kind of security.
    pub enum Security by "securityCategory" {
        Debt(DebtSecurity) = "DEBT_SECURITY",
        MutualFund(MutualFundSecurity) = "MUTUAL_FUND_SECURITY",
        Option(OptionSecurity) = "OPTION_SECURITY",
        Other(OtherSecurity) = "OTHER_SECURITY",
        Stock(StockSecurity) = "STOCK_SECURITY",
        Sweep(SweepSecurity) = "SWEEP_SECURITY",
    }
}

entity! {
    /// A bond (FDX `DebtSecurity`).
    pub struct DebtSecurity {
        /// What one pays at its end.
        pub par_value: Option<Amount>,
        /// Whether it pays on the way.
        pub debt_type: Option<DebtType>,
        /// Who owes it.
        pub debt_class: Option<DebtClass>,
        /// Percent a year.
        pub coupon_rate: Option<Amount>,
        /// The day of the next coupon.
        pub coupon_date: Option<DateString>,
        /// How often it pays.
        pub coupon_mature_frequency: Option<CouponFrequency>,
        /// The price at which it can be called.
        pub call_price: Option<Amount>,
        /// Percent a year until that day.
        pub yield_to_call: Option<Amount>,
        /// The day from which it can be called.
        pub call_date: Option<DateString>,
        /// How it ends early.
        pub call_type: Option<CallType>,
        /// Percent a year until its end.
        pub yield_to_maturity: Option<Amount>,
        /// The day of its end.
        pub bond_maturity_date: Option<DateString>,
    }
}

entity! {
    /// A share in a fund (FDX `MutualFundSecurity`).
    pub struct MutualFundSecurity {
        /// Whether the fund takes new money.
        pub mutual_fund_type: Option<MutualFundType>,
        /// Units held in street name.
        pub units_street: Option<Amount>,
        /// Units held in the holder's name.
        pub units_user: Option<Amount>,
        /// Whether dividends buy more.
        pub reinvest_dividends: Option<bool>,
        /// Whether gains buy more.
        pub reinvest_capital_gains: Option<bool>,
        /// Percent a year.
        #[serde(rename = "yield")]
        pub current_yield: Option<Amount>,
        /// The day of that yield.
        pub yield_as_of_date: Option<DateString>,
    }
}

entity! {
    /// A right to buy or sell (FDX `OptionSecurity`).
    pub struct OptionSecurity {
        /// Whether the writer holds what it is on.
        pub secured: Option<Secured>,
        /// To buy or to sell.
        pub option_type: Option<OptionType>,
        /// At which price.
        pub strike_price: Option<Amount>,
        /// Until which day.
        pub expire_date: Option<DateString>,
        /// How many shares.
        pub shares_per_contract: Option<Amount>,
    }
}

entity! {
    /// A share in a company (FDX `StockSecurity`).
    pub struct StockSecurity {
        /// Units held in street name.
        pub units_street: Option<Amount>,
        /// Units held in the holder's name.
        pub units_user: Option<Amount>,
        /// Whether dividends buy more.
        pub reinvest_dividends: Option<bool>,
        /// Which rights it gives.
        pub stock_type: Option<StockType>,
        /// Percent a year.
        #[serde(rename = "yield")]
        pub current_yield: Option<Amount>,
        /// The day of that yield.
        pub yield_as_of_date: Option<DateString>,
    }
}

entity! {
    /// Cash that is swept into a fund (FDX `SweepSecurity`).
    pub struct SweepSecurity {
        /// How much.
        pub current_balance: Option<Amount>,
        /// How much can be spent.
        pub available_balance: Option<Amount>,
        /// The instant of these.
        pub balance_as_of: Option<Timestamp>,
        /// Whether checks can be written on it.
        pub checks: Option<bool>,
    }
}

entity! {
    /// Any other security (FDX `OtherSecurity`).
    pub struct OtherSecurity {
        /// What it is.
        pub type_description: Option<Text>,
    }
}

words! {
    /// Whether a bond pays on the way.
    pub enum DebtType {
        Coupon = "COUPON",
        Zero = "ZERO",
    }
}

words! {
    /// Who owes a bond.
    pub enum DebtClass {
        Corporate = "CORPORATE",
        Municipal = "MUNICIPAL",
        Other = "OTHER",
        Treasury = "TREASURY",
    }
}

words! {
    /// How often a bond pays.
    pub enum CouponFrequency {
        Annual = "ANNUAL",
        Monthly = "MONTHLY",
        Other = "OTHER",
        Quarterly = "QUARTERLY",
        Semiannual = "SEMIANNUAL",
    }
}

words! {
    /// How a bond ends.
    pub enum CallType {
        Call = "CALL",
        Maturity = "MATURITY",
        Prefund = "PREFUND",
        Put = "PUT",
    }
}

words! {
    /// Whether a fund takes new money.
    pub enum MutualFundType {
        CloseEnd = "CLOSEEND",
        OpenEnd = "OPENEND",
        Other = "OTHER",
    }
}

words! {
    /// Whether the writer of an option holds what it is on.
    pub enum Secured {
        Covered = "COVERED",
        Naked = "NAKED",
    }
}

words! {
    /// An option to buy or to sell.
    pub enum OptionType {
        Call = "CALL",
        Put = "PUT",
    }
}

words! {
    /// Which rights a share gives.
    pub enum StockType {
        Common = "COMMON",
        Convertible = "CONVERTIBLE",
        Other = "OTHER",
        Preferred = "PREFERRED",
    }
}
