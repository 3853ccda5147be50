//! Transactions of deposit accounts.

entity! {
    /// A transaction of a deposit account (FDX `DepositTransaction`).
    pub struct DepositTransaction {
        /// What sort it is.
        pub transaction_type: Option<DepositTransactionType>,
        /// The number of its check.
        pub check_number: Option<i64>,
    }
}

words! {
    /// What sort of transaction of a deposit account.
    pub enum DepositTransactionType {
        Adjustment = "ADJUSTMENT",
        AtmDeposit = "ATMDEPOSIT",
        AtmWithdrawal = "ATMWITHDRAWAL",
        BillPayment = "BILLPAYMENT",
        CashiersCheck = "CASHIERSCHECK",
        Check = "CHECK",
        Deposit = "DEPOSIT",
        DirectDeposit = "DIRECTDEPOSIT",
        Dividend = "DIVIDEND",
        Fee = "FEE",
        Interest = "INTEREST",
        PersonToPerson = "PERSONTOPERSON",
        PosCredit = "POSCREDIT",
        PosDebit = "POSDEBIT",
        PreauthorizedDeposit = "PREAUTHORIZEDDEPOSIT",
        PreauthorizedWithdrawal = "PREAUTHORIZEDWITHDRAWAL",
        Transfer = "TRANSFER",
        Withdrawal = "WITHDRAWAL",
    }
}
