//! Transactions of insurance policies.

entity! {
    /// A transaction of an insurance policy (FDX `InsuranceTransaction`).
    pub struct InsuranceTransaction {
        /// What sort it is.
        pub transaction_type: Option<InsuranceTransactionType>,
    }
}

words! {
    /// What sort of transaction of an insurance policy.
    pub enum InsuranceTransactionType {
        Adjustment = "ADJUSTMENT",
        Fee = "FEE",
        Interest = "INTEREST",
        Payment = "PAYMENT",
    }
}
