//! Currencies, named values, and where a body is at home: the small pieces that many entities share.

use super::{
    amount::Amount,
    text::{CountryCode, CurrencyCode, String64, Text},
};

entity! {
    /// The currency of an account or holding (FDX `Currency`).
    pub struct Currency {
        /// One unit of the original currency in units of this one.
        pub currency_rate: Option<Amount>,
        /// ISO 4217.
        pub currency_code: Option<CurrencyCode>,
        /// The currency before conversion, ISO 4217.
        pub original_currency_code: Option<CurrencyCode>,
    }
}

entity! {
    /// A value that the bank adds under a name of its own (FDX `FiAttribute`).
    pub struct FiAttribute {
        /// Its name.
        pub name: Option<Text>,
        /// Its value.
        pub value: Option<Text>,
    }
}

entity! {
    /// The place whose law governs (FDX `Domicile`).
    pub struct Domicile {
        /// State or province.
        pub region: Option<String64>,
        /// ISO 3166-1 alpha-2.
        pub country: Option<CountryCode>,
    }
}
