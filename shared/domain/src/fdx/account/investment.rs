//! Securities and the cash beside them.

use super::{
    holding::{Holding, Inv401kSource, SecurityIdType, SubAccount},
    investment_plan::{Contribution, InvestmentLoan, PensionSource, Vesting},
};
use crate::fdx::{
    amount::Amount,
    interest::InterestRate,
    money::Currency,
    text::{Identifier, String64, Text},
    time::{DateString, Timestamp},
};

entity! {
    /// A brokerage or retirement account (FDX `InvestmentAccount`).
    pub struct InvestmentAccount {
        /// Interest that it earns.
        pub earned_interest: Option<InterestRate>,
        /// The instant of the balances.
        pub balance_as_of: Option<Timestamp>,
        /// Whether checks can be written on it.
        pub allowed_check_writing: Option<bool>,
        /// Whether options can be traded in it.
        pub allowed_option_trade: Option<bool>,
        /// What everything in it is worth.
        pub current_value: Option<Amount>,
        /// The positions.
        pub holdings: Vec<Holding>,
        /// Orders that wait.
        pub open_orders: Vec<OpenOrder>,
        /// How contributions are split.
        pub contribution: Vec<Contribution>,
        /// What is vested, and when more will be.
        pub vesting: Vec<Vesting>,
        /// Loans taken against it.
        pub investment_loans: Vec<InvestmentLoan>,
        /// Cash that can be spent.
        pub available_cash_balance: Option<Amount>,
        /// Whether it may borrow to buy.
        pub margin: Option<bool>,
        /// What it has borrowed to buy.
        pub margin_balance: Option<Amount>,
        /// What it has sold short.
        pub short_balance: Option<Amount>,
        /// What was rolled over into it.
        pub rollover_amount: Option<Amount>,
        /// The employer whose plan it is.
        pub employer_name: Option<Text>,
        /// The broker.
        pub broker_id: Option<Identifier>,
        /// The plan.
        pub plan_id: Option<Identifier>,
        /// The calendar year of a 401(k).
        #[serde(rename = "calendarYearFor401K")]
        pub calendar_year_for_401k: Option<i32>,
        /// Further balances.
        pub balance_list: Vec<InvestmentBalance>,
        /// Change of the value today.
        pub daily_change: Option<Amount>,
        /// The same in percent.
        pub percentage_change: Option<Amount>,
        /// Where a pension is paid from.
        pub pension_source: Vec<PensionSource>,
    }
}

entity! {
    /// A further balance of an investment account (FDX `InvestmentBalance`).
    pub struct InvestmentBalance {
        /// Its name.
        pub balance_name: Option<Text>,
        /// What it means.
        pub balance_description: Option<Text>,
        /// Whether it is money or percent.
        pub balance_type: Option<BalanceValueType>,
        /// How much.
        pub balance_value: Option<Amount>,
        /// Its day.
        pub balance_date: Option<DateString>,
        /// Its currency.
        pub currency: Option<Currency>,
    }
}

words! {
    /// Whether a balance is money or percent.
    pub enum BalanceValueType {
        Amount = "AMOUNT",
        Percentage = "PERCENTAGE",
    }
}

entity! {
    /// An order that waits (FDX `OpenOrder`).
    pub struct OpenOrder {
        /// Its id.
        pub order_id: Option<Identifier>,
        /// The security.
        pub security_id: Option<String64>,
        /// In which list.
        pub security_id_type: Option<SecurityIdType>,
        /// Its ticker.
        pub symbol: Option<String64>,
        /// What is ordered, in words.
        pub description: Option<Text>,
        /// How many.
        pub units: Option<Amount>,
        /// To buy or to sell.
        pub order_type: Option<OrderType>,
        /// The day it was given.
        pub order_date: Option<DateString>,
        /// The price of one.
        pub unit_price: Option<Amount>,
        /// What units count.
        pub unit_type: Option<UnitType>,
        /// Until when it stands.
        pub order_duration: Option<OrderDuration>,
        /// The part of the account that it is for.
        pub sub_account: Option<SubAccount>,
        /// The worst price that is taken.
        pub limit_price: Option<Amount>,
        /// The price that wakes it.
        pub stop_price: Option<Amount>,
        /// The money of a 401(k) that it is for.
        pub inv401k_source: Option<Inv401kSource>,
    }
}

words! {
    /// To buy or to sell.
    pub enum OrderType {
        Buy = "BUY",
        BuyToCover = "BUYTOCOVER",
        BuyToOpen = "BUYTOOPEN",
        Sell = "SELL",
        SellClose = "SELLCLOSE",
        SellShort = "SELLSHORT",
        SellToCover = "SELLTOCOVER",
        SellToOpen = "SELLTOOPEN",
    }
}

words! {
    /// What units count.
    pub enum UnitType {
        Currency = "CURRENCY",
        Shares = "SHARES",
    }
}

words! {
    /// Until when an order stands.
    pub enum OrderDuration {
        Day = "DAY",
        GoodTillCancel = "GOODTILLCANCEL",
        Immediate = "IMMEDIATE",
    }
}
