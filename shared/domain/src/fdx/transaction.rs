//! A transaction: what all have in common, and what the category of the account adds.

mod buy_now_pay_later;
mod commercial;
mod common;
mod deposit;
mod digital_wallet;
mod insurance;
mod investment;
mod line_of_credit;
mod loan;

use serde::{Deserialize, Serialize};

pub use buy_now_pay_later::{BuyNowPayLaterTransaction, BuyNowPayLaterTransactionType, PurchaseDetails};
pub use commercial::CommercialTransaction;
pub use common::{
    DebitCreditMemo, IndividualName, LineItem, MerchantName, Reward, TransactionCommon, TransactionPayee,
    TransactionStatus,
};
pub use deposit::{DepositTransaction, DepositTransactionType};
pub use digital_wallet::{DigitalWalletTransaction, DigitalWalletTransactionType};
pub use insurance::{InsuranceTransaction, InsuranceTransactionType};
pub use investment::{
    IncomeType, InvestmentTransaction, InvestmentTransactionType, SecurityType, TransactionReason,
    TransferAction,
};
pub use line_of_credit::{LineOfCreditTransaction, LineOfCreditTransactionType};
pub use loan::{LoanTransaction, LoanTransactionType};

use super::{
    account::category_in,
    piece::{Fault, Faults, Piece},
};
use crate::clock::Instant;

/// Something that moved money, or securities, in an account (FDX `Transaction`).
///
/// On the wire one flat object, in which `accountCategory` tells which of the eight kinds it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Transaction {
    /// What every transaction may have.
    #[serde(flatten)]
    pub common: TransactionCommon,
    /// What the category of its account adds.
    #[serde(flatten)]
    pub detail: TransactionDetail,
}

impl Transaction {
    /// Reads a transaction as it comes in, as [`super::Account::from_json`] does.
    ///
    /// # Errors
    /// Where the text is no JSON object or a field has the wrong type.
    pub fn from_json(json: &str) -> serde_json::Result<Self> {
        Ok(Self {
            common: serde_json::from_str(json)?,
            detail: TransactionDetail::from_tagged_json(&category_in(json)?, json)?,
        })
    }

    /// The instant by which it is ordered and found: when it was posted, else when it happened.
    pub fn occurred_at(&self) -> Option<Instant> {
        self.common
            .posted_timestamp
            .or(self.common.transaction_timestamp)
            .map(super::Timestamp::instant)
    }

    /// Checks a transaction as it comes in.
    ///
    /// # Errors
    /// What FDX's rules say against it, and what we cannot do without: an id, an amount, an instant.
    pub fn validate(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Faults::default();
        self.common.check(&mut faults);
        self.detail.check(&mut faults);
        let TransactionCommon {
            transaction_id,
            amount,
            ..
        } = &self.common;
        faults.inside("transaction_id", |faults| {
            faults.require(transaction_id.is_some(), "is required")
        });
        faults.inside("amount", |faults| faults.require(amount.is_some(), "is required"));
        faults.inside("posted_timestamp", |faults| {
            faults.require(
                self.occurred_at().is_some(),
                "or transactionTimestamp is required",
            );
        });
        faults.into_result()
    }

    /// Drops every word that this version of FDX does not have.
    pub fn forget_unknown(&mut self) {
        self.common.forget_unknown();
        self.detail.forget_unknown();
    }
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction")
            .field("category", &self.detail.tag())
            .finish_non_exhaustive()
    }
}

tagged! {
    /// What the category of the account adds to a transaction. Annuities have none.
    pub enum TransactionDetail by "accountCategory" {
        BuyNowPayLater(Box<BuyNowPayLaterTransaction>) = "BNPL_ACCOUNT",
        Commercial(Box<CommercialTransaction>) = "COMMERCIAL_ACCOUNT",
        Deposit(Box<DepositTransaction>) = "DEPOSIT_ACCOUNT",
        DigitalWallet(Box<DigitalWalletTransaction>) = "DIGITAL_WALLET",
        Insurance(Box<InsuranceTransaction>) = "INSURANCE_ACCOUNT",
        Investment(Box<InvestmentTransaction>) = "INVESTMENT_ACCOUNT",
        Loan(Box<LoanTransaction>) = "LOAN_ACCOUNT",
        LineOfCredit(Box<LineOfCreditTransaction>) = "LOC_ACCOUNT",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURCHASE: &str = r#"{
        "accountCategory": "LOC_ACCOUNT", "accountId": "acc-2", "transactionId": "t-1",
        "postedTimestamp": "2026-10-02T12:00:00.000Z", "transactionTimestamp": "2026-10-01T18:30:00.000Z",
        "description": "Groceries", "debitCreditMemo": "DEBIT", "status": "POSTED", "amount": 18.36,
        "transactionType": "PURCHASE", "transactionPayee": {"merchantName": {"name1": "Corner Shop"}}
    }"#;

    #[test]
    fn both_ways_of_reading_agree() {
        let quick = Transaction::from_json(PURCHASE).unwrap();
        assert!(quick == serde_json::from_str::<Transaction>(PURCHASE).unwrap());
        assert_eq!(quick.validate(), Ok(()));
        let written = serde_json::to_value(&quick).unwrap();
        assert_eq!(
            written,
            serde_json::from_str::<serde_json::Value>(PURCHASE).unwrap()
        );
    }

    #[test]
    fn it_is_ordered_by_when_it_was_posted_if_it_was() {
        let mut transaction = Transaction::from_json(PURCHASE).unwrap();
        let posted = transaction.occurred_at().unwrap();
        transaction.common.posted_timestamp = None;
        assert!(transaction.occurred_at().unwrap() < posted);
    }

    #[test]
    fn what_we_cannot_do_without_is_asked_for() {
        let bare = Transaction::from_json(r#"{"accountCategory": "LOAN_ACCOUNT"}"#).unwrap();
        let paths: Vec<String> = bare
            .validate()
            .unwrap_err()
            .into_iter()
            .map(|fault| fault.path)
            .collect();
        assert_eq!(paths, ["transactionId", "amount", "postedTimestamp"]);
    }

    #[test]
    fn an_annuity_has_no_transactions() {
        assert!(Transaction::from_json(r#"{"accountCategory": "ANNUITY_ACCOUNT"}"#).is_err());
    }
}
