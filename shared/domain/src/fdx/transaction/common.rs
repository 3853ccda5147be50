//! What every transaction may have.

use crate::{
    fdx::{
        amount::Amount,
        contact::{DeliveryAddress, TelephoneNumber},
        money::FiAttribute,
        page::HateoasLink,
        text::{CurrencyCode, Identifier, String64, String255, Text},
        time::Timestamp,
    },
    id::{AccountId, TransactionId},
};

entity! {
    /// What every transaction may have (FDX `TransactionSummary` and `Transaction`).
    pub struct TransactionCommon {
        /// The account that it belongs to.
        pub account_id: Option<AccountId>,
        /// Its id, unique within the account.
        pub transaction_id: Option<TransactionId>,
        /// When it was posted; absent while it is pending.
        pub posted_timestamp: Option<Timestamp>,
        /// When it happened.
        pub transaction_timestamp: Option<Timestamp>,
        /// What it was, in the bank's words.
        pub description: Option<Text>,
        /// Who was paid, or paid.
        pub transaction_payee: Option<TransactionPayee>,
        /// Its direction, seen from the account; the amount has no sign.
        pub debit_credit_memo: Option<DebitCreditMemo>,
        /// Whether it is final.
        pub status: Option<TransactionStatus>,
        /// How much, in the currency of the account.
        pub amount: Option<Amount>,
        /// What it earned in a reward program.
        pub reward: Option<Reward>,
        /// What the bank adds.
        pub fi_attributes: Vec<FiAttribute>,
        /// Links of the bank.
        pub links: Vec<HateoasLink>,
        /// The transaction that it corrects or belongs to.
        pub reference_transaction_id: Option<TransactionId>,
        /// The card that it was made with, masked.
        pub card_number_display: Option<String64>,
        /// A note.
        pub memo: Option<String255>,
        /// The trade of the payee, as a code of the list that `subCategory` names.
        pub category: Option<Text>,
        /// The list that `category` is from, such as `MCC` or `SIC`.
        pub sub_category: Option<Text>,
        /// A reference that the parties use.
        pub reference: Option<Text>,
        /// How much, in the other currency.
        pub foreign_amount: Option<Amount>,
        /// The other currency.
        pub foreign_currency: Option<CurrencyCode>,
        /// Pictures of checks or receipts.
        pub image_ids: Vec<Identifier>,
        /// Its parts.
        pub line_item: Vec<LineItem>,
    }
}

entity! {
    /// A part of a transaction (FDX `LineItem`).
    pub struct LineItem {
        /// What it is.
        pub description: Option<Text>,
        /// How much.
        pub amount: Option<Amount>,
        /// The number of its check.
        pub check_number: Option<i64>,
        /// A note.
        pub memo: Option<String255>,
        /// A reference that the parties use.
        pub reference: Option<Text>,
        /// Pictures of checks or receipts.
        pub image_ids: Vec<Identifier>,
        /// Links of the bank.
        pub links: Vec<HateoasLink>,
    }
}

entity! {
    /// Who was paid, or paid (FDX `TransactionPayee`).
    pub struct TransactionPayee {
        /// A business, by its trading name.
        pub merchant_name: Option<MerchantName>,
        /// Its id.
        pub merchant_id: Option<Identifier>,
        /// A person.
        pub individual_name: Option<IndividualName>,
        /// Where they are.
        pub address: Option<DeliveryAddress>,
        /// How to call them.
        pub phone: Option<TelephoneNumber>,
    }
}

entity! {
    /// The trading name of a business.
    pub struct MerchantName {
        /// First line.
        pub name1: Option<Text>,
        /// Second line.
        pub name2: Option<Text>,
    }
}

entity! {
    /// The name of a person.
    pub struct IndividualName {
        /// Given name.
        pub first: Option<Text>,
        /// Middle name or initial.
        pub middle: Option<Text>,
        /// Family name.
        pub last: Option<Text>,
        /// Such as `Jr.`.
        pub suffix: Option<Text>,
    }
}

entity! {
    /// What a transaction earned in a reward program.
    pub struct Reward {
        /// The category that it earned in.
        pub category_id: Option<Identifier>,
        /// What it earned.
        pub accrued: Option<Amount>,
        /// What was corrected.
        pub adjusted: Option<Amount>,
    }
}

words! {
    /// The direction of a transaction, seen from the account.
    pub enum DebitCreditMemo {
        Credit = "CREDIT",
        Debit = "DEBIT",
        Memo = "MEMO",
    }
}

words! {
    /// Whether a transaction is final.
    pub enum TransactionStatus {
        Authorization = "AUTHORIZATION",
        Memo = "MEMO",
        Pending = "PENDING",
        Posted = "POSTED",
    }
}
