//! Transactions of investment accounts.

use crate::fdx::{
    account::{Inv401kSource, PositionType, SecurityIdType, SubAccount, UnitType},
    amount::Amount,
    text::{Identifier, String64},
    time::{DateString, Timestamp},
};

entity! {
    /// A transaction of an investment account (FDX `InvestmentTransaction`).
    pub struct InvestmentTransaction {
        /// What sort it is.
        pub transaction_type: Option<InvestmentTransactionType>,
        /// How many shares.
        pub shares: Option<Amount>,
        /// What a bond pays at its end.
        pub face_value: Option<Amount>,
        /// The price of one share.
        pub price: Option<Amount>,
        /// The security.
        pub security_id: Option<String64>,
        /// In which list.
        pub security_id_type: Option<SecurityIdType>,
        /// What kind of security.
        pub security_type: Option<SecurityType>,
        /// Its ticker.
        pub symbol: Option<String64>,
        /// What the broker adds to the price.
        pub markup: Option<Amount>,
        /// What the broker takes.
        pub commission: Option<Amount>,
        /// Taxes of it.
        pub taxes: Option<Amount>,
        /// Fees of it.
        pub fees: Option<Amount>,
        /// What the fund takes.
        pub load: Option<Amount>,
        /// The money of a 401(k) that it is for.
        pub inv401k_source: Option<Inv401kSource>,
        /// The broker's number of it.
        pub confirmation_number: Option<Identifier>,
        /// Cash for a part of a share.
        pub fractional_cash: Option<Amount>,
        /// What kind of gain an income is.
        pub income_type: Option<IncomeType>,
        /// Shares before a split.
        pub old_units: Option<Amount>,
        /// Shares after, for each of the denominator.
        pub split_ratio_numerator: Option<Amount>,
        /// Shares before, for each of the numerator.
        pub split_ratio_denominator: Option<Amount>,
        /// Shares after a split.
        pub new_units: Option<Amount>,
        /// The part of the account that the security is in.
        pub sub_account_sec: Option<SubAccount>,
        /// The part of the account that the money is in.
        pub sub_account_fund: Option<SubAccount>,
        /// The loan that it pays.
        pub loan_id: Option<Identifier>,
        /// Of that to the principal.
        pub loan_principal: Option<Amount>,
        /// Of that to interest.
        pub loan_interest: Option<Amount>,
        /// The pay day that a contribution came from.
        pub payroll_date: Option<DateString>,
        /// Whether it counts for last year.
        pub prior_year_contrib: Option<bool>,
        /// Tax withheld.
        pub withholding: Option<Amount>,
        /// Whether it is free of tax.
        pub tax_exempt: Option<bool>,
        /// What a sale won.
        pub gain: Option<Amount>,
        /// Tax withheld for a state.
        pub state_withholding: Option<Amount>,
        /// What an early end cost.
        pub penalty: Option<Amount>,
        /// The balance after it.
        pub running_balance: Option<Amount>,
        /// The price of one unit.
        pub unit_price: Option<Amount>,
        /// How many units; negative when they leave.
        pub units: Option<Amount>,
        /// What units count.
        pub unit_type: Option<UnitType>,
        /// Why it happened.
        pub transaction_reason: Option<TransactionReason>,
        /// Interest that came with a bond.
        pub accrued_interest: Option<Amount>,
        /// Into the account or out of it.
        pub transfer_action: Option<TransferAction>,
        /// Whether the position is owned or owed.
        pub position_type: Option<PositionType>,
        /// How many of a digital asset, in its own precision.
        pub digital_units: Option<String64>,
        /// When security and money changed hands.
        pub settlement_timestamp: Option<Timestamp>,
    }
}

words! {
    /// What kind of security.
    pub enum SecurityType {
        Bond = "BOND",
        Debt = "DEBT",
        DigitalAsset = "DIGITALASSET",
        MutualFund = "MUTUALFUND",
        Option = "OPTION",
        Other = "OTHER",
        Stock = "STOCK",
        Sweep = "SWEEP",
    }
}

words! {
    /// What kind of gain an income is.
    pub enum IncomeType {
        CapitalGainLong = "CGLONG",
        CapitalGainShort = "CGSHORT",
        Miscellaneous = "MISC",
    }
}

words! {
    /// Why a security left.
    pub enum TransactionReason {
        Call = "CALL",
        Maturity = "MATURITY",
        Sell = "SELL",
    }
}

words! {
    /// Into the account or out of it.
    pub enum TransferAction {
        In = "IN",
        Out = "OUT",
    }
}

words! {
    /// What sort of transaction of an investment account.
    pub enum InvestmentTransactionType {
        Adjustment = "ADJUSTMENT",
        Airdrop = "AIRDROP",
        Atm = "ATM",
        Cash = "CASH",
        Check = "CHECK",
        Closure = "CLOSURE",
        ClosureOption = "CLOSUREOPT",
        Contribution = "CONTRIBUTION",
        Dep = "DEP",
        Deposit = "DEPOSIT",
        DirectDebit = "DIRECTDEBIT",
        DirectDeposit = "DIRECTDEP",
        Div = "DIV",
        Dividend = "DIVIDEND",
        DividendReinvest = "DIVIDENDREINVEST",
        Expense = "EXPENSE",
        Fee = "FEE",
        Forked = "FORKED",
        Income = "INCOME",
        Interest = "INTEREST",
        InvestmentExpense = "INVEXPENSE",
        JournalFund = "JRNLFUND",
        JournalSecurity = "JRNLSEC",
        MarginInterest = "MARGININTEREST",
        Mined = "MINED",
        OptionExercise = "OPTIONEXERCISE",
        OptionExpiration = "OPTIONEXPIRATION",
        Other = "OTHER",
        Payment = "PAYMENT",
        Pos = "POS",
        Purchased = "PURCHASED",
        PurchasedToCover = "PURCHASEDTOCOVER",
        PurchaseToClose = "PURCHASETOCLOSE",
        PurchaseToOpen = "PURCHASETOOPEN",
        ReinvestOfIncome = "REINVESTOFINCOME",
        RepeatPayment = "REPEATPMT",
        ReturnOfCapital = "RETURNOFCAPITAL",
        Sold = "SOLD",
        SoldToClose = "SOLDTOCLOSE",
        SoldToOpen = "SOLDTOOPEN",
        Split = "SPLIT",
        ServiceCharge = "SRVCHG",
        Staked = "STAKED",
        Transfer = "TRANSFER",
        Withdrawal = "WITHDRAWAL",
        Xfer = "XFER",
    }
}
