//! Many consents at once, for measuring: rows as the life of a grant would have left them, a statement for each table.

use diesel::{
    RunQueryDsl,
    sql_types::{Array, BigInt, Binary, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{
    ClientId, ConsentId, DataCluster, Instant, Scopes, UserId,
    consent::{Authentication, Terms},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{Tx, convert::Table, error::StoreError, history::HistoryRow, statement::statement};

/// What consents have in common that are seeded together.
#[derive(Debug, Clone)]
pub struct Common {
    /// The agreed lengths; they are TIME_BOUND.
    pub terms: Terms,
    /// The scopes of their tokens.
    pub scopes: Scopes,
    /// What is shared of each account.
    pub data_clusters: Vec<DataCluster>,
    /// How the consumer was authenticated.
    pub authentication: Authentication,
    /// What the consent application reported.
    pub evidence: Value,
}

/// A consent to be, of two accounts.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Its id.
    pub consent_id: ConsentId,
    /// With whom.
    pub client_id: ClientId,
    /// Whose.
    pub user_id: UserId,
    /// When it was granted; it ends after the days of its terms.
    pub created_at: Instant,
}

statement! {
    InsertGrants -> BigInt ;
    "WITH inserted AS (
        INSERT INTO consent_grants (consent_id, client_id, user_id, state, created_at, updated_at, expires_at,
            duration_type, duration_days, lookback_days, scope, authentication, evidence)
        SELECT s.consent_id, s.client_id, s.user_id, 'ACTIVE', s.created_at, s.created_at,
            s.created_at + make_interval(days => c.duration_days), 'TIME_BOUND', c.duration_days, c.lookback_days, c.scope,
            c.authentication, c.evidence
        FROM unnest(" (consent_ids: Array<SqlUuid> = Vec<Uuid>) "," (client_ids: Array<Text> = Vec<&'a str>) ","
    (user_ids: Array<Text> = Vec<&'a str>) "," (created_at: Array<Timestamptz> = Vec<Instant>)
    ") AS s(consent_id, client_id, user_id, created_at), (SELECT " (duration_days: Integer = i32)
    "::integer AS duration_days, " (lookback_days: Integer = i32) "::integer AS lookback_days, "
    (scope: Text = String) "::text AS scope, " (authentication: Jsonb = Value) "::jsonb AS authentication, "
    (evidence: Jsonb = &'a Value) "::jsonb AS evidence) c
        RETURNING 1)
     SELECT count(*) FROM inserted"
}

statement! {
    /// Accounts are named after their consumer: no two consumers share one.
    InsertAccounts -> BigInt ;
    "WITH inserted AS (
        INSERT INTO consent_accounts (consent_id, account_id, position, data_clusters)
        SELECT s.consent_id, s.user_id || '-account-' || n, n, c.data_clusters
        FROM unnest(" (consent_ids: Array<SqlUuid> = Vec<Uuid>) "," (user_ids: Array<Text> = Vec<&'a str>)
    ") AS s(consent_id, user_id), (SELECT " (data_clusters: Array<Text> = Vec<&'static str>)
    "::text[] AS data_clusters) c, generate_series(0, 1) n
        RETURNING 1)
     SELECT count(*) FROM inserted"
}

statement! {
    Revoke -> BigInt ;
    "WITH revoked AS (
        UPDATE consent_grants g SET version = g.version + 1, state = 'REVOKED', ended_at = s.ended_at,
            ended_by = 'INDIVIDUAL', ended_reason = 'USER_ACTION', updated_at = s.ended_at
        FROM unnest(" (consent_ids: Array<SqlUuid> = Vec<Uuid>) "," (ended_at: Array<Timestamptz> = Vec<Instant>)
    ") AS s(consent_id, ended_at) WHERE g.consent_id = s.consent_id
        RETURNING 1)
     SELECT count(*) FROM revoked"
}

statement! {
    InsertHistory -> BigInt ;
    "WITH inserted AS (
        INSERT INTO consent_history (consent_id, sequence, happened_at, action, actor, channel, reason, content,
            content_hash, previous_hash, row_hash)
        SELECT * FROM unnest(" (consent_ids: Array<SqlUuid> = Vec<Uuid>) "," (sequences: Array<Integer> = Vec<i32>) ","
    (happened_at: Array<Timestamptz> = Vec<Instant>) "," (actions: Array<Text> = Vec<&'a str>) ","
    (actors: Array<Text> = Vec<&'a str>) "," (channels: Array<Text> = Vec<&'a str>) ","
    (reasons: Array<Nullable<Text>> = Vec<Option<&'a str>>) "," (contents: Array<Jsonb> = Vec<&'a Value>) ","
    (content_hashes: Array<Binary> = Vec<&'a [u8]>) "," (previous_hashes: Array<Binary> = Vec<&'a [u8]>) ","
    (row_hashes: Array<Binary> = Vec<&'a [u8]>) ")
        RETURNING 1)
     SELECT count(*) FROM inserted"
}

statement! {
    /// One read of each, a minute after it was granted.
    InsertAccesses -> BigInt ;
    "WITH inserted AS (
        INSERT INTO consent_accesses (consent_id, accessed_at, access_id, client_id, token_id, operation, account_ids,
            data_clusters, attended, interaction_id)
        SELECT s.consent_id, s.created_at + interval '1 minute', s.consent_id, s.client_id, s.consent_id, 'searchForAccounts',
            ARRAY[s.user_id || '-account-0', s.user_id || '-account-1'], ARRAY['ACCOUNT_BASIC'], false, s.consent_id::text
        FROM unnest(" (consent_ids: Array<SqlUuid> = Vec<Uuid>) "," (client_ids: Array<Text> = Vec<&'a str>) ","
    (user_ids: Array<Text> = Vec<&'a str>) "," (created_at: Array<Timestamptz> = Vec<Instant>)
    ") AS s(consent_id, client_id, user_id, created_at)
        RETURNING consent_id, accessed_at),
     marked AS (
        INSERT INTO consent_last_reads (consent_id, month) SELECT consent_id, date_trunc('month', accessed_at, 'UTC') FROM inserted)
     SELECT count(*) FROM inserted"
}

/// Writes grants, their accounts, and one access of each.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &mut Tx<'_>, seeds: &[Seed], common: &Common) -> Result<(), StoreError> {
    let ids = || seeds.iter().map(|seed| seed.consent_id.uuid()).collect();
    let clients = || seeds.iter().map(|seed| seed.client_id.as_str()).collect();
    let users = || seeds.iter().map(|seed| seed.user_id.as_str()).collect();
    let created = || seeds.iter().map(|seed| seed.created_at).collect();
    InsertGrants::new(
        ids(),
        clients(),
        users(),
        created(),
        common.terms.duration_days.into(),
        common.terms.lookback_days.into(),
        common.scopes.to_string(),
        Table("consent_grants").to_json("authentication", &common.authentication)?,
        &common.evidence,
    )
    .get_result::<i64>(tx.connection)?;
    let clusters = common
        .data_clusters
        .iter()
        .copied()
        .map(DataCluster::as_str)
        .collect();
    InsertAccounts::new(ids(), users(), clusters).get_result::<i64>(tx.connection)?;
    InsertAccesses::new(ids(), clients(), users(), created()).get_result::<i64>(tx.connection)?;
    Ok(())
}

/// Ends grants, each at its instant, as their consumers would.
///
/// # Errors
/// [`StoreError`].
pub fn revoke(tx: &mut Tx<'_>, ended: &[(ConsentId, Instant)]) -> Result<(), StoreError> {
    let (ids, instants) = ended.iter().map(|(id, at)| (id.uuid(), *at)).unzip();
    Revoke::new(ids, instants).get_result::<i64>(tx.connection)?;
    Ok(())
}

/// Writes rows of history.
///
/// # Errors
/// [`StoreError`].
pub fn insert_history(tx: &mut Tx<'_>, rows: &[(ConsentId, HistoryRow)]) -> Result<(), StoreError> {
    let of = || rows.iter().map(|(_, row)| row);
    InsertHistory::new(
        rows.iter().map(|(id, _)| id.uuid()).collect(),
        of().map(|row| row.sequence).collect(),
        of().map(|row| row.happened_at).collect(),
        of().map(|row| row.action.as_str()).collect(),
        of().map(|row| row.actor.as_str()).collect(),
        of().map(|row| row.channel.as_str()).collect(),
        of().map(|row| row.reason.as_deref()).collect(),
        of().map(|row| &row.content).collect(),
        of().map(|row| row.content_hash.as_slice()).collect(),
        of().map(|row| row.previous_hash.as_slice()).collect(),
        of().map(|row| row.row_hash.as_slice()).collect(),
    )
    .get_result::<i64>(tx.connection)?;
    Ok(())
}

/// Lets Postgres look at what was seeded, as it would have by itself after a while: statistics, and which pages all may see. What
/// seeding left to be written is written, so that it is not written while something is measured.
///
/// # Errors
/// [`StoreError`].
pub fn settle(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for table in [
        "consent_grants",
        "consent_accounts",
        "consent_approvals",
        "consent_history",
        "consent_accesses",
        "consent_last_reads",
    ] {
        diesel::sql_query(format!("VACUUM (ANALYZE) {table}")).execute(tx.connection)?;
    }
    diesel::sql_query("CHECKPOINT").execute(tx.connection)?;
    Ok(())
}
