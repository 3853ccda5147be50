//! Transactions of digital wallets.

entity! {
    /// A transaction of a digital wallet (FDX `DigitalWalletTransaction`).
    pub struct DigitalWalletTransaction {
        /// What sort it is.
        pub transaction_type: Option<DigitalWalletTransactionType>,
    }
}

words! {
    /// What sort of transaction of a digital wallet.
    pub enum DigitalWalletTransactionType {
        Adjustment = "ADJUSTMENT",
        BillPayment = "BILL_PAYMENT",
        Credit = "CREDIT",
        Debit = "DEBIT",
        Deposit = "DEPOSIT",
        DirectDeposit = "DIRECT_DEPOSIT",
        Dividend = "DIVIDEND",
        Fee = "FEE",
        Interest = "INTEREST",
        MerchantPayment = "MERCHANT_PAYMENT",
        MerchantRefund = "MERCHANT_REFUND",
        TransferIn = "TRANSFER_IN",
        TransferOut = "TRANSFER_OUT",
        Withdrawal = "WITHDRAWAL",
    }
}
