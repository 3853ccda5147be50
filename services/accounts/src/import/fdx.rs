//! FDX entities in JSON, for what OFX cannot tell: loans, contacts, payment networks, rates.
//!
//! ```json
//! { "consumer": {
//!     "customer": { "name": { ... }, "emails": [ ... ], ... },
//!     "claims": { "email_verified": true, "locale": "en-US" } },
//!   "accounts": [ {
//!     "account": { "accountCategory": "LOAN_ACCOUNT", "accountId": "loan-7", ... },
//!     "contact": { "holders": [ ... ] },
//!     "paymentNetworks": [ ... ],
//!     "assetTransferNetworks": [ ... ],
//!     "transactions": [ { "accountCategory": "LOAN_ACCOUNT", "transactionId": "1", ... } ]
//! } ] }
//! ```
//! An account is known by its `accountId`, or else by `identifiedBy`, beside `account`, which names it as an
//! OFX file does (`bankId`, `branchId`, `accountNumber`; or `cardNumber`; or `brokerId` and `accountNumber`), so
//! that a file can add to an account that came from OFX. Every part but the identity may be absent. `consumer` is whose file it
//! is: an FDX customer, and standard claims of OpenID Connect (OIDC Core 5.1) for which FDX has no words.

mod digits;
mod layout;
mod tidy;

use std::collections::{HashMap, HashSet};

use domain::{
    AccountId,
    fdx::{
        Account, AccountContact, AccountPaymentNetwork, AssetTransferNetwork, Customer, Fault, Transaction,
    },
};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{
    ImportedAccount, ImportedConsumer, Malformed, Naming, PaymentNetworks, Statement, limits::ACCOUNTS,
};
use layout::{Consumer, Entry, File, identify};

/// Reads a file of FDX entities.
///
/// # Errors
/// [`Malformed`], with the line.
pub fn read(file: &[u8], naming: &Naming) -> Result<Statement, Malformed> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let text = std::str::from_utf8(file).map_err(|error| {
        let before = file.get(..error.valid_up_to()).unwrap_or_default();
        Malformed::new(
            before.iter().filter(|&&byte| byte == b'\n').count() + 1,
            "the bytes are not UTF-8",
        )
    })?;
    digits::refuse_long(text)?;
    let source = Source(text);
    let file: File<'_> = serde_json::from_str(text).map_err(|error| malformed(1, &error))?;
    if file.consumer.is_none() && file.accounts.is_none() {
        return Err(Malformed::new(1, "there is neither a consumer nor accounts"));
    }
    let mut accounts = vec![];
    let mut known = HashSet::new();
    for raw in file.accounts.unwrap_or_default() {
        let account = source.account(raw, naming)?;
        if !known.insert(account.account_id.clone()) {
            return Err(Malformed::new(
                source.line_of(raw),
                "the account is in the file twice",
            ));
        }
        if known.len() > ACCOUNTS {
            return Err(Malformed::new(
                source.line_of(raw),
                format!("there are more than {ACCOUNTS} accounts"),
            ));
        }
        accounts.push(account);
    }
    let consumer = file.consumer.map(|raw| source.consumer(raw)).transpose()?;
    Ok(Statement { consumer, accounts })
}

/// The text of the file; every value that is read is a part of it, and so its line is known.
#[derive(Clone, Copy)]
struct Source<'a>(&'a str);

impl Source<'_> {
    fn line_of(self, raw: &RawValue) -> usize {
        let offset = (raw.get().as_ptr() as usize).saturating_sub(self.0.as_ptr() as usize);
        self.0
            .as_bytes()
            .iter()
            .take(offset)
            .filter(|&&byte| byte == b'\n')
            .count()
            + 1
    }

    /// Reads an entity, and checks it.
    fn entity<T>(
        self,
        raw: &RawValue,
        what: &str,
        from_json: impl Fn(&str) -> serde_json::Result<T>,
        validate: impl Fn(&T) -> Result<(), Vec<Fault>>,
    ) -> Result<T, Malformed> {
        let line = self.line_of(raw);
        let entity = from_json(raw.get()).map_err(|error| malformed(line, &error))?;
        validate(&entity).map_err(|faults| Malformed::faults(line, what, &faults))?;
        Ok(entity)
    }

    fn consumer(self, raw: &RawValue) -> Result<ImportedConsumer, Malformed> {
        let Consumer { customer, claims } =
            serde_json::from_str(raw.get()).map_err(|error| malformed(self.line_of(raw), &error))?;
        let customer = self.entity(
            customer,
            "the customer",
            tidy::customer_from_json,
            Customer::validate,
        )?;
        let claims = claims.map(|raw| self.read(raw, |json| serde_json::from_str(json)));
        Ok(ImportedConsumer {
            customer,
            claims: claims.transpose()?.unwrap_or_default(),
        })
    }

    fn account(self, raw: &RawValue, naming: &Naming) -> Result<ImportedAccount, Malformed> {
        let line = self.line_of(raw);
        let entry: Entry<'_> = serde_json::from_str(raw.get()).map_err(|error| malformed(line, &error))?;
        let mut account = match entry.account {
            Some(raw) => Some((self.line_of(raw), self.read(raw, Account::from_json)?)),
            None => None,
        };
        let (origin, account_id) = identify(
            entry.identified_by,
            account.as_ref().map(|(_, account)| account),
            naming,
        )
        .ok_or_else(|| Malformed::new(line, "the account needs either an accountId or an identifiedBy"))?;
        if let Some((line, account)) = &mut account {
            account.descriptor.account_id = Some(account_id.clone());
            account
                .validate()
                .map_err(|faults| Malformed::faults(*line, "the account", &faults))?;
        }
        let account = account.map(|(_, account)| account);
        let contact = entry
            .contact
            .map(|raw| {
                self.entity(
                    raw,
                    "the contact",
                    tidy::contact_from_json,
                    AccountContact::validate,
                )
            })
            .transpose()?;
        Ok(ImportedAccount {
            transactions: self.transactions(&entry.transactions, account.as_ref(), &account_id)?,
            payment_networks: self
                .list(
                    entry.payment_networks,
                    "the payment network",
                    AccountPaymentNetwork::validate,
                )?
                .map(PaymentNetworks::Stated),
            asset_transfer_networks: self.list(
                entry.asset_transfer_networks,
                "the asset transfer network",
                AssetTransferNetwork::validate,
            )?,
            origin,
            account_id,
            account,
            contact,
        })
    }

    fn read<T>(
        self,
        raw: &RawValue,
        from_json: impl Fn(&str) -> serde_json::Result<T>,
    ) -> Result<T, Malformed> {
        from_json(raw.get()).map_err(|error| malformed(self.line_of(raw), &error))
    }

    fn list<T: DeserializeOwned>(
        self,
        raw: Option<Vec<&RawValue>>,
        what: &str,
        validate: impl Fn(&T) -> Result<(), Vec<Fault>>,
    ) -> Result<Option<Vec<T>>, Malformed> {
        raw.map(|list| {
            list.into_iter()
                .map(|raw| self.entity(raw, what, |json| serde_json::from_str(json), &validate))
                .collect()
        })
        .transpose()
    }

    fn transactions(
        self,
        raw: &[&RawValue],
        account: Option<&Account>,
        account_id: &AccountId,
    ) -> Result<Vec<Transaction>, Malformed> {
        let mut transactions: Vec<Transaction> = vec![];
        let mut known = HashMap::new();
        for raw in raw {
            let mut transaction = self.entity(
                raw,
                "the transaction",
                Transaction::from_json,
                Transaction::validate,
            )?;
            if account.is_some_and(|account| account.detail.tag() != transaction.detail.tag()) {
                return Err(Malformed::new(
                    self.line_of(raw),
                    "the transaction has another category than its account",
                ));
            }
            transaction.common.account_id = Some(account_id.clone());
            match known.insert(transaction.common.transaction_id.clone(), transactions.len()) {
                None => transactions.push(transaction),
                Some(earlier) if transactions.get(earlier) == Some(&transaction) => {
                    known.insert(transaction.common.transaction_id.clone(), earlier);
                }
                Some(_) => {
                    let reason = "the transactionId is used twice, for different transactions";
                    return Err(Malformed::new(self.line_of(raw), reason));
                }
            }
        }
        Ok(transactions)
    }
}

/// What the JSON reader says, at its line in the whole file, without the value that it quotes.
fn malformed(first_line: usize, error: &serde_json::Error) -> Malformed {
    let line = first_line + error.line().saturating_sub(1);
    let text = error.to_string();
    let text = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(text, _)| text);
    let reason = match text.split_once(", expected ") {
        Some((_, expected)) if text.starts_with("invalid ") => format!("expected {expected}"),
        _ => text.to_owned(),
    };
    Malformed::new(line, reason)
}

#[cfg(test)]
mod tests;
