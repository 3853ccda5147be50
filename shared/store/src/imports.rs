//! Writes accounts and transactions that an import brings, and tells what was new.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Array, Binary, Bool, Jsonb, Nullable, Text, Timestamptz},
};
use domain::{
    AccountId, Instant, UserId,
    fdx::{Account, AccountContact, AccountPaymentNetwork, AssetTransferNetwork, Transaction},
};
use serde_json::Value;

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

const ACCOUNTS: Table = Table("accounts");
const TRANSACTIONS: Table = Table("transactions");

/// The documents of an account; what is `None` stays as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Documents<'a> {
    /// The account entity.
    pub entity: Option<&'a Account>,
    /// Its holders and their contact.
    pub contact: Option<&'a AccountContact>,
    /// Its payment networks.
    pub payment_networks: Option<&'a [AccountPaymentNetwork]>,
    /// Its asset transfer networks.
    pub asset_transfer_networks: Option<&'a [AssetTransferNetwork]>,
}

/// An account as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The account entity.
    pub entity: Account,
    /// Whether its payment networks are known.
    pub has_payment_networks: bool,
}

/// How many of the transactions were not there before, and how many were different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Saved {
    /// Not there before.
    pub inserted: usize,
    /// Different before.
    pub updated: usize,
}

/// Rows of one statement. Keeps a batch of transactions well below the limits of the protocol.
const BATCH: usize = 1_000;

statement! {
    Find -> (Text, Bool) ;
    "SELECT entity::text, payment_networks IS NOT NULL FROM accounts WHERE account_id = " (account_id: Text = &'a str) " FOR UPDATE"
}

statement! {
    Insert -> Text ;
    "INSERT INTO accounts (account_id, origin, category, entity, contact, payment_networks,
     asset_transfer_networks, updated_at) VALUES ("
    (account_id: Text = &'a str) "," (origin: Binary = &'a [u8]) "," (category: Text = &'a str) ","
    (entity: Jsonb = Value) "," (contact: Nullable<Jsonb> = Option<Value>) ","
    (payment_networks: Nullable<Jsonb> = Option<Value>) ","
    (asset_transfer_networks: Nullable<Jsonb> = Option<Value>) "," (now: Timestamptz = Instant)
    ") RETURNING account_id"
}

statement! {
    // A row comes back only when something was different.
    Update -> Text ;
    "UPDATE accounts a SET category = coalesce(n.entity->>'accountCategory', a.category),
     entity = coalesce(n.entity, a.entity), contact = coalesce(n.contact, a.contact),
     payment_networks = coalesce(n.payment_networks, a.payment_networks),
     asset_transfer_networks = coalesce(n.asset_transfer_networks, a.asset_transfer_networks),
     updated_at = " (now: Timestamptz = Instant)
    " FROM (SELECT " (entity: Nullable<Jsonb> = Option<Value>) "::jsonb AS entity,"
    (contact: Nullable<Jsonb> = Option<Value>) "::jsonb AS contact,"
    (payment_networks: Nullable<Jsonb> = Option<Value>) "::jsonb AS payment_networks,"
    (asset_transfer_networks: Nullable<Jsonb> = Option<Value>) "::jsonb AS asset_transfer_networks) n
     WHERE a.account_id = " (account_id: Text = &'a str)
    " AND (coalesce(n.entity, a.entity), coalesce(n.contact, a.contact),
           coalesce(n.payment_networks, a.payment_networks),
           coalesce(n.asset_transfer_networks, a.asset_transfer_networks))
       IS DISTINCT FROM (a.entity, a.contact, a.payment_networks, a.asset_transfer_networks)
     RETURNING a.account_id"
}

statement! {
    // Who must approve goes on to: an import without the mark does not take it back.
    AddHolder -> Text ;
    "INSERT INTO account_holders AS h (user_id, account_id, approves) VALUES ("
    (user_id: Text = &'a str) "," (account_id: Text = &'a str) "," (approves: Bool = bool)
    ") ON CONFLICT (user_id, account_id) DO UPDATE SET approves = true WHERE excluded.approves AND NOT h.approves
     RETURNING account_id"
}

statement! {
    // A row comes back for what was inserted (xmax is 0, for no transaction has touched it before) or different.
    SaveTransactions -> Bool ;
    "INSERT INTO transactions (account_id, transaction_id, occurred_at, entity) SELECT "
    (account_id: Text = &'a str) ", n.transaction_id, n.occurred_at, n.entity FROM unnest("
    (ids: Array<Text> = Vec<&'a str>) "," (occurred_at: Array<Timestamptz> = Vec<Instant>) ","
    (entities: Array<Jsonb> = Vec<Value>) ") AS n(transaction_id, occurred_at, entity)
     ON CONFLICT (account_id, transaction_id) DO UPDATE
     SET occurred_at = excluded.occurred_at, entity = excluded.entity
     WHERE (transactions.occurred_at, transactions.entity) IS DISTINCT FROM (excluded.occurred_at, excluded.entity)
     RETURNING xmax = 0"
}

/// The account as it is stored, locked until the transaction ends.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx<'_>, account_id: &AccountId) -> Result<Option<Stored>, StoreError> {
    let row = Find::new(account_id.as_str())
        .get_result::<(String, bool)>(tx.connection)
        .optional()?;
    row.map(|(json, has_payment_networks)| {
        let entity = serde_json::from_str(&json).map_err(|_| ACCOUNTS.corrupt("entity"))?;
        Ok(Stored {
            entity,
            has_payment_networks,
        })
    })
    .transpose()
}

/// Adds an account that is not there.
///
/// # Errors
/// [`StoreError`]; `Corrupt` when `documents` have no entity.
pub fn insert_account(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    origin: &[u8; 32],
    documents: Documents<'_>,
    now: Instant,
) -> Result<(), StoreError> {
    let account = documents.entity.ok_or(ACCOUNTS.corrupt("entity"))?;
    Insert::new(
        account_id.as_str(),
        origin,
        account.detail.tag(),
        ACCOUNTS.to_json("entity", account)?,
        json("contact", documents.contact)?,
        json("payment_networks", documents.payment_networks)?,
        json("asset_transfer_networks", documents.asset_transfer_networks)?,
        now,
    )
    .get_result::<String>(tx.connection)?;
    Ok(())
}

/// Brings an account that is there to what `documents` say. Returns whether anything was different.
///
/// # Errors
/// [`StoreError`].
pub fn update_account(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    documents: Documents<'_>,
    now: Instant,
) -> Result<bool, StoreError> {
    let changed = Update::new(
        now,
        json("entity", documents.entity)?,
        json("contact", documents.contact)?,
        json("payment_networks", documents.payment_networks)?,
        json("asset_transfer_networks", documents.asset_transfer_networks)?,
        account_id.as_str(),
    )
    .get_result::<String>(tx.connection)
    .optional()?;
    Ok(changed.is_some())
}

/// Makes a consumer a holder of an account, if they are not; one whose approval a grant of it `needs`, if so.
///
/// # Errors
/// [`StoreError`].
pub fn add_holder(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    account_id: &AccountId,
    needs: bool,
) -> Result<(), StoreError> {
    AddHolder::new(user_id.as_str(), account_id.as_str(), needs)
        .get_result::<String>(tx.connection)
        .optional()?;
    Ok(())
}

/// Writes transactions of an account, each id once in the list.
///
/// # Errors
/// [`StoreError`]; `Corrupt` when one has no id or no instant.
pub fn save_transactions(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    transactions: &[Transaction],
) -> Result<Saved, StoreError> {
    let mut saved = Saved::default();
    for batch in transactions.chunks(BATCH) {
        let (mut ids, mut instants, mut entities) = (vec![], vec![], vec![]);
        for transaction in batch {
            let id = transaction
                .common
                .transaction_id
                .as_ref()
                .ok_or(TRANSACTIONS.corrupt("transaction_id"))?;
            ids.push(id.as_str());
            instants.push(
                transaction
                    .occurred_at()
                    .ok_or(TRANSACTIONS.corrupt("occurred_at"))?,
            );
            entities.push(TRANSACTIONS.to_json("entity", transaction)?);
        }
        let inserted = SaveTransactions::new(account_id.as_str(), ids, instants, entities)
            .load::<bool>(tx.connection)?;
        let new = inserted.iter().filter(|&&new| new).count();
        saved.inserted += new;
        saved.updated += inserted.len() - new;
    }
    Ok(saved)
}

fn json<T: serde::Serialize + ?Sized>(
    column: &'static str,
    document: Option<&T>,
) -> Result<Option<Value>, StoreError> {
    document
        .map(|document| serde_json::to_value(document).map_err(|_| ACCOUNTS.corrupt(column)))
        .transpose()
}
