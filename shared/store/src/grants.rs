//! Consent grants and their accounts.

mod change;
mod row;

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, ConsentGrant, ConsentId, Instant, UserId};
use uuid::Uuid;

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

pub use change::{count_refused, remove_accounts, save_state, supersede, void_tokens};
use row::word;
pub(crate) use row::{GrantSql, Row, StateColumns, grant, granted_accounts};

pub(crate) const TABLE: Table = Table("consent_grants");
const ACCOUNTS: Table = Table("consent_accounts");

/// A recipient, as its token lets it reach consents.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'a> {
    /// Whose consents.
    pub client_id: &'a ClientId,
    /// The one consent that its token belongs to; `None` for a token that the recipient got for itself.
    pub bound_to: Option<ConsentId>,
}

statement! {
    /// What is out of reach is found no more than what is absent, and its accounts are not read: both take as long.
    Find -> GrantSql ;
    "SELECT g.consent_id, g.client_id, g.user_id, g.state, g.hold_until, g.ended_at, g.ended_by, g.ended_reason,
     g.created_at, g.updated_at, g.expires_at, g.consumed_from, g.duration_type, g.duration_days, g.lookback_days,
     g.scope, g.authentication, g.version, g.supersedes, g.superseded_by,
     coalesce((SELECT jsonb_agg(jsonb_build_object('account_id', a.account_id, 'data_clusters', a.data_clusters,
         'nickname', a.nickname, 'awaiting', a.awaiting) ORDER BY a.position)
         FROM consent_accounts a WHERE a.consent_id = g.consent_id AND a.removed_at IS NULL), '[]')
     FROM consent_grants g, (SELECT " (client_id: Nullable<Text> = Option<&'a str>) "::text AS client_id, "
    (bound_to: Nullable<SqlUuid> = Option<Uuid>) "::uuid AS bound_to) reach
     WHERE g.consent_id = " (consent_id: SqlUuid = Uuid) " AND (reach.client_id IS NULL OR g.client_id = reach.client_id)
       AND (reach.bound_to IS NULL OR g.consent_id = reach.bound_to)"
}

statement! {
    /// Locks the row until the end of the transaction.
    Lock -> SqlUuid ;
    "SELECT consent_id FROM consent_grants WHERE consent_id = " (consent_id: SqlUuid = Uuid) " FOR UPDATE"
}

statement! {
    /// The same, or nothing when another transaction has it.
    LockUnlessBusy -> SqlUuid ;
    "SELECT consent_id FROM consent_grants WHERE consent_id = " (consent_id: SqlUuid = Uuid)
    " FOR UPDATE SKIP LOCKED"
}

statement! {
    FindMany -> GrantSql ;
    "SELECT g.consent_id, g.client_id, g.user_id, g.state, g.hold_until, g.ended_at, g.ended_by, g.ended_reason,
     g.created_at, g.updated_at, g.expires_at, g.consumed_from, g.duration_type, g.duration_days, g.lookback_days,
     g.scope, g.authentication, g.version, g.supersedes, g.superseded_by,
     coalesce((SELECT jsonb_agg(jsonb_build_object('account_id', a.account_id, 'data_clusters', a.data_clusters,
         'nickname', a.nickname, 'awaiting', a.awaiting) ORDER BY a.position)
         FROM consent_accounts a WHERE a.consent_id = g.consent_id AND a.removed_at IS NULL), '[]')
     FROM consent_grants g WHERE g.consent_id = ANY(" (consent_ids: Array<SqlUuid> = Vec<Uuid>) ")"
}

statement! {
    Insert -> SqlUuid ;
    "INSERT INTO consent_grants (consent_id, client_id, user_id, state, created_at, updated_at, expires_at,
     duration_type, duration_days, lookback_days, scope, authentication, evidence, supersedes) VALUES ("
    (consent_id: SqlUuid = Uuid) "," (client_id: Text = &'a str) "," (user_id: Text = &'a str) ", 'ACTIVE', "
    (created_at: Timestamptz = Instant) "," (updated_at: Timestamptz = Instant) ","
    (expires_at: Timestamptz = Instant) "," (duration_type: Text = String) "," (duration_days: Integer = i32) ","
    (lookback_days: Integer = i32) "," (scope: Text = String) "," (authentication: Jsonb = serde_json::Value) ","
    (evidence: Jsonb = &'a serde_json::Value) "," (supersedes: Nullable<SqlUuid> = Option<Uuid>) ")
     RETURNING consent_id"
}

statement! {
    InsertAccounts -> BigInt ;
    "WITH inserted AS (
        INSERT INTO consent_accounts (consent_id, account_id, position, data_clusters, nickname, awaiting)
        SELECT " (consent_id: SqlUuid = Uuid) ", n.account_id, n.position - 1, n.data_clusters, n.nickname, n.awaiting
        FROM ROWS FROM (jsonb_to_recordset(" (accounts: Jsonb = serde_json::Value) ")
            AS (account_id text, data_clusters text[], nickname text, awaiting integer))
            WITH ORDINALITY AS n(account_id, data_clusters, nickname, awaiting, position)
        RETURNING 1)
     SELECT count(*) FROM inserted"
}

statement! {
    /// One transaction at a time grants for a consumer and recipient; counts those that live.
    CountLiving -> BigInt ;
    "WITH pair AS MATERIALIZED (SELECT " (user_id: Text = &'a str) "::text AS user_id, "
    (client_id: Text = &'a str) "::text AS client_id, " (now: Timestamptz = Instant) "::timestamptz AS now, "
    (replaced: Nullable<SqlUuid> = Option<Uuid>) "::uuid AS replaced)
     SELECT count(*) FROM consent_grants g JOIN pair ON g.user_id = pair.user_id AND g.client_id = pair.client_id
     WHERE g.state IN ('ACTIVE', 'ON_HOLD') AND g.expires_at > pair.now
       AND (g.consumed_from IS NULL OR g.consumed_from > pair.now) AND g.consent_id IS DISTINCT FROM pair.replaced"
}

/// The grant of that id.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Option<ConsentGrant>, StoreError> {
    read(tx, consent_id, None)
}

/// The grant of that id if that recipient may reach it.
///
/// # Errors
/// [`StoreError`].
pub fn find_within(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    reach: Reach<'_>,
) -> Result<Option<ConsentGrant>, StoreError> {
    read(tx, consent_id, Some(reach))
}

fn read(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    reach: Option<Reach<'_>>,
) -> Result<Option<ConsentGrant>, StoreError> {
    Find::new(
        reach.map(|reach| reach.client_id.as_str()),
        reach.and_then(|reach| reach.bound_to).map(ConsentId::uuid),
        consent_id.uuid(),
    )
    .get_result::<Row>(tx.connection)
    .optional()?
    .map(grant)
    .transpose()
}

/// The grants of those ids that there are, in any order.
///
/// # Errors
/// [`StoreError`].
pub fn find_many(tx: &mut Tx<'_>, consent_ids: &[ConsentId]) -> Result<Vec<ConsentGrant>, StoreError> {
    FindMany::new(consent_ids.iter().map(|id| id.uuid()).collect())
        .load::<Row>(tx.connection)?
        .into_iter()
        .map(grant)
        .collect()
}

/// The grant of that id, locked until the transaction ends.
///
/// # Errors
/// [`StoreError`].
pub fn lock(tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Option<ConsentGrant>, StoreError> {
    match Lock::new(consent_id.uuid())
        .get_result::<Uuid>(tx.connection)
        .optional()?
    {
        Some(_) => find(tx, consent_id),
        None => Ok(None),
    }
}

/// The same; `None` also when another transaction has the row: it writes what there is to write.
///
/// # Errors
/// [`StoreError`].
pub fn lock_unless_busy(tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Option<ConsentGrant>, StoreError> {
    match LockUnlessBusy::new(consent_id.uuid())
        .get_result::<Uuid>(tx.connection)
        .optional()?
    {
        Some(_) => find(tx, consent_id),
        None => Ok(None),
    }
}

/// Writes a new grant with its accounts. `evidence` is what the consent application reported of the decision.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &mut Tx<'_>, grant: &ConsentGrant, evidence: &serde_json::Value) -> Result<(), StoreError> {
    Insert::new(
        grant.id.uuid(),
        grant.client_id.as_str(),
        grant.user_id.as_str(),
        grant.created_at,
        grant.updated_at,
        grant.expires_at,
        word(&grant.terms.duration_type).unwrap_or_default(),
        grant.terms.duration_days.into(),
        grant.terms.lookback_days.into(),
        grant.scopes.to_string(),
        TABLE.to_json("authentication", &grant.authentication)?,
        evidence,
        grant.supersedes.map(ConsentId::uuid),
    )
    .get_result::<Uuid>(tx.connection)?;
    if !grant.accounts.is_empty() {
        let accounts = grant
            .accounts
            .iter()
            .map(|account| {
                serde_json::json!({
                    "account_id": account.account_id,
                    "data_clusters": account.data_clusters,
                    "nickname": account.nickname,
                    "awaiting": account.awaiting,
                })
            })
            .collect();
        InsertAccounts::new(grant.id.uuid(), serde_json::Value::Array(accounts))
            .get_result::<i64>(tx.connection)?;
    }
    Ok(())
}

/// How many grants of this consumer with this recipient have not ended at `now`, without the one that is about to be
/// replaced. In a serializable transaction that then inserts one, two that race cannot both see the same number.
///
/// # Errors
/// [`StoreError`].
pub fn count_living(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    client_id: &ClientId,
    now: Instant,
    replaced: Option<ConsentId>,
) -> Result<i64, StoreError> {
    let replaced = replaced.map(ConsentId::uuid);
    Ok(CountLiving::new(user_id.as_str(), client_id.as_str(), now, replaced).get_result(tx.connection)?)
}
