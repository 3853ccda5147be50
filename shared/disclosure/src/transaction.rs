//! Which fields of a transaction are let out.

use domain::fdx::{
    Transaction,
    transaction::{LineItem, TransactionCommon},
};

use super::{Allowed, Disclosed, let_out};

/// A transaction; `None` without TRANSACTIONS.
///
/// What the category adds is all part of the transaction; nothing in it is held back.
pub fn transaction(transaction: Transaction, allowed: &Allowed) -> Option<Disclosed<Transaction>> {
    let Transaction { common, detail } = transaction;
    let mut common = let_out!(allowed, common => TransactionCommon {
        transactions: [
            account_id, transaction_id, posted_timestamp, transaction_timestamp, description, transaction_payee,
            debit_credit_memo, status, amount, fi_attributes, reference_transaction_id, card_number_display, memo,
            category, sub_category, reference, foreign_amount, foreign_currency, line_item,
        ],
        rewards: [reward],
        images: [image_ids],
        // They lead into the bank's own systems.
        never: [links],
    });
    common.line_item = common
        .line_item
        .into_iter()
        .map(|item| line_item(item, allowed))
        .collect();
    let mut transaction = Transaction { common, detail };
    transaction.forget_unknown();
    allowed.transactions().then_some(Disclosed(transaction))
}

fn line_item(item: LineItem, allowed: &Allowed) -> LineItem {
    let_out!(allowed, item => LineItem {
        transactions: [description, amount, check_number, memo, reference],
        images: [image_ids],
        never: [links],
    })
}
