//! Transactions of loans.

use crate::fdx::bills::PaymentDetails;

entity! {
    /// A transaction of a loan (FDX `LoanTransaction`).
    pub struct LoanTransaction {
        /// What sort it is.
        pub transaction_type: Option<LoanTransactionType>,
        /// What a payment was made of.
        pub payment_details: Option<PaymentDetails>,
    }
}

words! {
    /// What sort of transaction of a loan.
    pub enum LoanTransactionType {
        Adjustment = "ADJUSTMENT",
        DoubleUpPayment = "DOUBLE_UP_PAYMENT",
        Fee = "FEE",
        Interest = "INTEREST",
        LumpSumPayment = "LUMP_SUM_PAYMENT",
        Payment = "PAYMENT",
        Payoff = "PAYOFF",
        SkipPayment = "SKIP_PAYMENT",
    }
}
