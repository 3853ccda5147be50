//! A position in an investment account.

use super::security::Security;
use crate::fdx::{
    amount::Amount,
    money::{Currency, FiAttribute},
    text::{Identifier, String64, Text},
    time::DateString,
};

entity! {
    /// A position in an investment account (FDX `Holding`).
    pub struct Holding {
        /// Its id.
        pub holding_id: Option<Identifier>,
        /// The security, as several lists name it.
        pub security_ids: Vec<SecurityId>,
        /// Its name.
        pub holding_name: Option<Text>,
        /// What it is.
        pub holding_type: Option<HoldingType>,
        /// What it is, more closely.
        pub holding_sub_type: Option<HoldingSubType>,
        /// Whether it is owned or owed.
        pub position_type: Option<PositionType>,
        /// The part of the account that it is in.
        pub held_in_account: Option<SubAccount>,
        /// A description.
        pub description: Option<Text>,
        /// Its ticker.
        pub symbol: Option<String64>,
        /// The day it was bought.
        pub original_purchase_date: Option<DateString>,
        /// The price of one when it was bought.
        pub purchased_price: Option<Amount>,
        /// What of a loan pool is not paid back yet, 0 to 1.
        pub current_amortization_factor: Option<Amount>,
        /// The price of one now.
        pub current_unit_price: Option<Amount>,
        /// The change of that price.
        pub change_in_price: Option<Amount>,
        /// The day of that price.
        pub current_unit_price_date: Option<DateString>,
        /// How many.
        pub units: Option<Amount>,
        /// What it is worth.
        pub market_value: Option<Amount>,
        /// What it pays at its end.
        pub face_value: Option<Amount>,
        /// Whether prices are averages of several purchases.
        pub average_cost: Option<bool>,
        /// Whether it is the account's cash.
        pub cash_account: Option<bool>,
        /// Percent a year.
        pub rate: Option<Amount>,
        /// The day it ends.
        pub expiration_date: Option<DateString>,
        /// The money of a 401(k) that bought it.
        pub inv401k_source: Option<Inv401kSource>,
        /// Its currency.
        pub currency: Option<Currency>,
        /// What it is made of.
        pub asset_classes: Vec<AssetClassPortion>,
        /// What it is made of, in the bank's words.
        pub fi_asset_classes: Vec<FiAssetClassPortion>,
        /// What the bank adds.
        pub fi_attributes: Vec<FiAttribute>,
        /// The purchases that it came from.
        pub tax_lots: Vec<TaxLot>,
        /// How many of a digital asset, in its own precision.
        pub digital_units: Option<String64>,
        /// What is particular to the kind of security.
        pub security: Option<Box<Security>>,
    }
}

entity! {
    /// A security as one list names it.
    pub struct SecurityId {
        /// Its id there.
        pub id: Option<String64>,
        /// Which list.
        pub id_type: Option<SecurityIdType>,
    }
}

entity! {
    /// A purchase that is part of a position (FDX `TaxLot`).
    pub struct TaxLot {
        /// The day.
        pub original_purchase_date: Option<DateString>,
        /// How many.
        pub quantity: Option<Amount>,
        /// The price of one.
        pub purchased_price: Option<Amount>,
        /// What all of it cost.
        pub cost_basis: Option<Amount>,
        /// What it is worth.
        pub current_value: Option<Amount>,
        /// Whether it is owned or owed.
        pub position_type: Option<PositionType>,
    }
}

entity! {
    /// A share of a position in one class of assets.
    pub struct AssetClassPortion {
        /// The class.
        pub asset_class: Option<AssetClass>,
        /// Its share, 0 to 100.
        pub percent: Option<Amount>,
    }
}

entity! {
    /// A share of a position in one class of assets, in the bank's words.
    pub struct FiAssetClassPortion {
        /// The class.
        pub asset_class: Option<Text>,
        /// Its share, 0 to 100.
        pub percent: Option<Amount>,
    }
}

words! {
    /// What a position is.
    pub enum HoldingType {
        Annuity = "ANNUITY",
        Bond = "BOND",
        Cd = "CD",
        DigitalAsset = "DIGITALASSET",
        MutualFund = "MUTUALFUND",
        Option = "OPTION",
        Other = "OTHER",
        Stock = "STOCK",
    }
}

words! {
    /// What a position is, more closely.
    pub enum HoldingSubType {
        Cash = "CASH",
        MoneyMarket = "MONEYMARKET",
    }
}

words! {
    /// Whether a position is owned (`LONG`) or owed (`SHORT`).
    pub enum PositionType {
        Long = "LONG",
        Short = "SHORT",
    }
}

words! {
    /// A part of an investment account.
    pub enum SubAccount {
        Cash = "CASH",
        Margin = "MARGIN",
        Other = "OTHER",
        Short = "SHORT",
    }
}

words! {
    /// A list of securities.
    pub enum SecurityIdType {
        Cins = "CINS",
        Cmc = "CMC",
        Cme = "CME",
        Cusip = "CUSIP",
        Isin = "ISIN",
        Itsa = "ITSA",
        Nasdaq = "NASDAQ",
        Sedol = "SEDOL",
        Sicc = "SICC",
        Valor = "VALOR",
        Wkn = "WKN",
    }
}

words! {
    /// A class of assets.
    pub enum AssetClass {
        DomesticBond = "DOMESTICBOND",
        IntlBond = "INTLBOND",
        IntlStock = "INTLSTOCK",
        LargeStock = "LARGESTOCK",
        MoneyMarket = "MONEYMARKET",
        Other = "OTHER",
        SmallStock = "SMALLSTOCK",
    }
}

words! {
    /// The money of a 401(k).
    pub enum Inv401kSource {
        AfterTax = "AFTERTAX",
        Match = "MATCH",
        OtherNonVest = "OTHERNONVEST",
        OtherVest = "OTHERVEST",
        PreTax = "PRETAX",
        ProfitSharing = "PROFITSHARING",
        Rollover = "ROLLOVER",
    }
}
