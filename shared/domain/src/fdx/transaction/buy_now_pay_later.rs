//! Transactions of accounts for purchases paid in instalments.

use super::common::TransactionPayee;
use crate::fdx::{
    account::AccountStatus,
    amount::Amount,
    bills::{Bills, PaymentDetails, ScheduledPayment},
    interest::{Frequency, InterestRate},
    time::{DateString, Timestamp},
};

entity! {
    /// A transaction of an account for purchases paid in instalments (FDX `BuyNowPayLaterTransaction`).
    pub struct BuyNowPayLaterTransaction {
        /// What sort it is.
        pub transaction_type: Option<BuyNowPayLaterTransactionType>,
        /// Whether the plan of this purchase is in good order.
        pub bnpl_status: Option<AccountStatus>,
        /// Fees of it.
        pub fees: Option<Amount>,
        /// The next payment.
        pub next_payment_amount: Option<Amount>,
        /// Its day.
        pub next_payment_date: Option<DateString>,
        /// What is still owed of it.
        pub outstanding_balance: Option<Amount>,
        /// What a payment was made of.
        pub payment_details: Option<PaymentDetails>,
        /// What was bought, and how it is paid.
        pub purchase_details: Option<PurchaseDetails>,
    }
}

entity! {
    /// What was bought, and how it is paid.
    pub struct PurchaseDetails {
        /// How often is paid.
        pub payment_frequency: Option<Frequency>,
        /// Every so many of these.
        pub payment_frequency_multiplier: Option<Amount>,
        /// How many payments there are.
        pub number_of_payments: Option<Amount>,
        /// What was lent.
        pub original_principal: Option<Amount>,
        /// Who sold it.
        pub transaction_payee: Option<TransactionPayee>,
        /// What is owed, and when.
        pub bills: Vec<Bills>,
        /// Payments that will be made.
        pub scheduled_payments: Vec<ScheduledPayment>,
        /// Interest that it costs.
        pub charged_interest: Option<InterestRate>,
        /// Percent a year.
        pub purchase_apr: Option<Amount>,
        /// When it was bought.
        pub purchase_timestamp: Option<Timestamp>,
    }
}

words! {
    /// What sort of transaction of an account for purchases paid in instalments.
    pub enum BuyNowPayLaterTransactionType {
        Adjustment = "ADJUSTMENT",
        Fee = "FEE",
        Interest = "INTEREST",
        Payment = "PAYMENT",
        Purchase = "PURCHASE",
    }
}
