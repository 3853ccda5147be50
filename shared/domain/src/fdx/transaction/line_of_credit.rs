//! Transactions of credit cards and other lines of credit.

use crate::fdx::bills::PaymentDetails;

entity! {
    /// A transaction of a line of credit (FDX `LineOfCreditTransaction`).
    pub struct LineOfCreditTransaction {
        /// What sort it is.
        pub transaction_type: Option<LineOfCreditTransactionType>,
        /// The number of its check.
        pub check_number: Option<i64>,
        /// What a payment was made of.
        pub payment_details: Option<PaymentDetails>,
    }
}

words! {
    /// What sort of transaction of a line of credit.
    pub enum LineOfCreditTransactionType {
        Adjustment = "ADJUSTMENT",
        Check = "CHECK",
        Fee = "FEE",
        Interest = "INTEREST",
        Payment = "PAYMENT",
        Purchase = "PURCHASE",
        Withdrawal = "WITHDRAWAL",
    }
}
