//! Who holds which account of the stored source.

use std::collections::BTreeMap;

use diesel::{
    RunQueryDsl,
    sql_types::{Array, BigInt, Jsonb, Nullable, Text, Timestamptz},
};
use domain::{AccountId, Instant, UserId};

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

const TABLE: Table = Table("account_holders");

statement! {
    CountHeld -> BigInt ;
    "SELECT count(DISTINCT account_id) FROM account_holders WHERE user_id = " (user_id: Text = &'a str)
    " AND account_id = ANY(" (account_ids: Array<Text> = Vec<&'a str>) ")"
}

statement! {
    /// With the number of other holders whose approval a grant of the account needs.
    List -> (Text, Jsonb, BigInt) ;
    "SELECT a.account_id, a.entity, (SELECT count(*) FROM account_holders o
         WHERE o.account_id = h.account_id AND o.approves AND o.user_id <> h.user_id)
     FROM account_holders h JOIN accounts a USING (account_id) WHERE h.user_id = "
    (user_id: Text = &'a str) " ORDER BY a.category, a.account_id LIMIT 200"
}

statement! {
    /// Of accounts that one holder alone cannot share: every holder who must approve, and the grantor.
    ListApproving -> (Text, Text) ;
    "WITH asked AS (SELECT " (grantor: Text = &'a str) "::text AS grantor, "
    (account_ids: Array<Text> = Vec<&'a str>) "::text[] AS account_ids),
    others AS (SELECT h.account_id, h.user_id FROM account_holders h, asked
        WHERE h.approves AND h.account_id = ANY(asked.account_ids) AND h.user_id <> asked.grantor)
    SELECT account_id, user_id FROM others
    UNION SELECT others.account_id, asked.grantor FROM others, asked"
}

statement! {
    /// One row for each account that the user holds.
    ListDocuments -> (Text, Text, Nullable<Text>, Nullable<Text>, Nullable<Text>, BigInt) ;
    "SELECT a.account_id, a.entity::text, a.contact::text, a.payment_networks::text, a.asset_transfer_networks::text,
         (SELECT count(*) FROM account_holders o
             WHERE o.account_id = h.account_id AND o.approves AND o.user_id <> h.user_id)
     FROM account_holders h JOIN accounts a USING (account_id) WHERE h.user_id = " (user_id: Text = &'a str)
    " AND h.account_id = ANY(" (account_ids: Array<Text> = Vec<&'a str>) ")"
}

statement! {
    /// Newest first, of each account so many at the most.
    ListTransactions -> (Text, Text) ;
    "SELECT asked.account_id, x.entity
     FROM (SELECT unnest(" (account_ids: Array<Text> = Vec<&'a str>) "::text[]) AS account_id, "
    (since: Timestamptz = Instant) "::timestamptz AS since, " (until: Timestamptz = Instant)
    "::timestamptz AS until, " (most: BigInt = i64) "::bigint AS most) asked
     CROSS JOIN LATERAL (SELECT t.entity::text AS entity, t.occurred_at, t.transaction_id FROM transactions t
         WHERE t.account_id = asked.account_id AND t.occurred_at >= asked.since AND t.occurred_at < asked.until
         ORDER BY t.occurred_at DESC, t.transaction_id LIMIT asked.most) x
     ORDER BY asked.account_id, x.occurred_at DESC, x.transaction_id"
}

/// An account that a consumer can share.
#[derive(Clone, PartialEq)]
pub struct HeldAccount {
    /// Which.
    pub account_id: AccountId,
    /// Its entity, as stored.
    pub entity: serde_json::Value,
    /// Other holders whose approval a grant of it needs.
    pub awaiting: u16,
}

/// Everything of an account that a grant could let out, as stored: JSON texts.
#[derive(Clone, PartialEq, Eq)]
pub struct Documents {
    /// Which.
    pub account_id: AccountId,
    /// The account entity.
    pub entity: String,
    /// Its holders and their contact.
    pub contact: Option<String>,
    /// Its payment networks.
    pub payment_networks: Option<String>,
    /// Its asset transfer networks.
    pub asset_transfer_networks: Option<String>,
    /// Other holders whose approval a grant of it needs.
    pub awaiting: u16,
}

impl std::fmt::Debug for HeldAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HeldAccount").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Documents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Documents").finish_non_exhaustive()
    }
}

/// Whether that user holds every one of those accounts.
///
/// # Errors
/// [`StoreError`].
pub fn holds_all(tx: &mut Tx<'_>, user_id: &UserId, account_ids: &[&AccountId]) -> Result<bool, StoreError> {
    if account_ids.is_empty() {
        return Ok(true);
    }
    let ids: Vec<_> = account_ids.iter().map(|id| id.as_str()).collect();
    let held = CountHeld::new(user_id.as_str(), ids).get_result::<i64>(tx.connection)?;
    Ok(usize::try_from(held).is_ok_and(|held| held == account_ids.len()))
}

/// The accounts that a user holds; at most 200.
///
/// # Errors
/// [`StoreError`].
pub fn list_accounts(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Vec<HeldAccount>, StoreError> {
    List::new(user_id.as_str())
        .load::<(String, serde_json::Value, i64)>(tx.connection)?
        .into_iter()
        .map(|(id, entity, awaiting)| {
            Ok(HeldAccount {
                account_id: TABLE.parse("account_id", &id)?,
                entity,
                awaiting: number(awaiting)?,
            })
        })
        .collect()
}

/// Of those accounts that the grantor cannot share alone: each holder whose approval is needed, the grantor among them.
///
/// # Errors
/// [`StoreError`].
pub fn list_approving(
    tx: &mut Tx<'_>,
    grantor: &UserId,
    account_ids: &[&AccountId],
) -> Result<Vec<(AccountId, UserId)>, StoreError> {
    let ids = account_ids.iter().map(|id| id.as_str()).collect();
    ListApproving::new(grantor.as_str(), ids)
        .load::<(String, String)>(tx.connection)?
        .into_iter()
        .map(|(account_id, user_id)| {
            Ok((
                TABLE.parse("account_id", &account_id)?,
                TABLE.parse("user_id", &user_id)?,
            ))
        })
        .collect()
}

/// What a grant could let out of those accounts, but for their transactions; nothing of one that the user does not hold.
///
/// # Errors
/// [`StoreError`].
pub fn list_documents(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    account_ids: &[&AccountId],
) -> Result<Vec<Documents>, StoreError> {
    type Row = (
        String,
        String,
        Option<String>,
        Option<String>,
        Option<String>,
        i64,
    );
    let ids = account_ids.iter().map(|id| id.as_str()).collect();
    ListDocuments::new(user_id.as_str(), ids)
        .load::<Row>(tx.connection)?
        .into_iter()
        .map(
            |(id, entity, contact, payment_networks, asset_transfer_networks, awaiting)| {
                Ok(Documents {
                    account_id: TABLE.parse("account_id", &id)?,
                    entity,
                    contact,
                    payment_networks,
                    asset_transfer_networks,
                    awaiting: number(awaiting)?,
                })
            },
        )
        .collect()
}

/// The transactions of those accounts from `since` on and before `until`, as stored: JSON texts, newest first, of each account
/// `most` at the most. Whose accounts they are is not looked at here.
///
/// # Errors
/// [`StoreError`].
pub fn list_transactions(
    tx: &mut Tx<'_>,
    account_ids: &[&AccountId],
    (since, until): (Instant, Instant),
    most: u16,
) -> Result<BTreeMap<AccountId, Vec<String>>, StoreError> {
    let ids = account_ids.iter().map(|id| id.as_str()).collect();
    let mut found: BTreeMap<AccountId, Vec<String>> = BTreeMap::new();
    for (id, transaction) in
        ListTransactions::new(ids, since, until, most.into()).load::<(String, String)>(tx.connection)?
    {
        found
            .entry(TABLE.parse("account_id", &id)?)
            .or_default()
            .push(transaction);
    }
    Ok(found)
}

fn number(counted: i64) -> Result<u16, StoreError> {
    u16::try_from(counted).map_err(|_| TABLE.corrupt("approves"))
}
