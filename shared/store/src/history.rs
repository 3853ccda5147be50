//! The ledger: one row a change of a grant, each holding the hash of the row before it.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Binary, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ConsentId, Instant};
use uuid::Uuid;

use crate::{Tx, error::StoreError, spans::Span, statement::statement};

/// One row. What the hashes are made of is `lifecycle`'s business.
#[derive(Debug, Clone, PartialEq, diesel::Queryable)]
pub struct HistoryRow {
    /// Counts from 1 within a grant.
    pub sequence: i32,
    /// When.
    pub happened_at: Instant,
    /// What.
    pub action: String,
    /// Who.
    pub actor: String,
    /// Through what.
    pub channel: String,
    /// Why.
    pub reason: Option<String>,
    /// The grant after the change.
    pub content: serde_json::Value,
    /// SHA-256 of that content.
    pub content_hash: Vec<u8>,
    /// `row_hash` of the row before; zeros for the first.
    pub previous_hash: Vec<u8>,
    /// SHA-256 of all of the above.
    pub row_hash: Vec<u8>,
}

type RowSql = (
    Integer,
    Timestamptz,
    Text,
    Text,
    Text,
    Nullable<Text>,
    Jsonb,
    Binary,
    Binary,
    Binary,
);

statement! {
    Last -> (Integer, Binary) ;
    "SELECT sequence, row_hash FROM consent_history WHERE consent_id = " (consent_id: SqlUuid = Uuid)
    " ORDER BY sequence DESC LIMIT 1"
}

statement! {
    List -> RowSql ;
    "SELECT sequence, happened_at, action, actor, channel, reason, content, content_hash, previous_hash, row_hash
     FROM consent_history WHERE consent_id = " (consent_id: SqlUuid = Uuid) " ORDER BY sequence"
}

statement! {
    ListAfter -> RowSql ;
    "SELECT sequence, happened_at, action, actor, channel, reason, content, content_hash, previous_hash, row_hash
     FROM consent_history WHERE consent_id = " (consent_id: SqlUuid = Uuid) " AND sequence > " (after: Integer = i32)
    " AND happened_at >= " (from: Timestamptz = Instant) " AND happened_at < " (until: Timestamptz = Instant)
    " ORDER BY sequence LIMIT " (limit: Integer = i32) ""
}

statement! {
    Page -> (SqlUuid, RowSql) ;
    "SELECT consent_id, sequence, happened_at, action, actor, channel, reason, content, content_hash, previous_hash, row_hash
     FROM consent_history WHERE (consent_id, sequence) > (" (consent_id: SqlUuid = Uuid) ", " (sequence: Integer = i32)
    ") ORDER BY consent_id, sequence LIMIT " (limit: Integer = i32) ""
}

statement! {
    Insert -> Integer ;
    "INSERT INTO consent_history (consent_id, sequence, happened_at, action, actor, channel, reason, content,
     content_hash, previous_hash, row_hash) VALUES (" (consent_id: SqlUuid = Uuid) "," (sequence: Integer = i32) ","
    (happened_at: Timestamptz = Instant) "," (action: Text = &'a str) "," (actor: Text = &'a str) ","
    (channel: Text = &'a str) "," (reason: Nullable<Text> = Option<&'a str>) ","
    (content: Jsonb = &'a serde_json::Value) "," (content_hash: Binary = &'a [u8]) ","
    (previous_hash: Binary = &'a [u8]) "," (row_hash: Binary = &'a [u8]) ") RETURNING sequence"
}

/// Sequence and hash of a grant's newest row.
///
/// # Errors
/// [`StoreError`].
pub fn last(tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Option<(i32, Vec<u8>)>, StoreError> {
    Ok(Last::new(consent_id.uuid())
        .get_result(tx.connection)
        .optional()?)
}

/// All rows of a grant, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn list(tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Vec<HistoryRow>, StoreError> {
    Ok(List::new(consent_id.uuid()).load(tx.connection)?)
}

/// Rows of a grant in that span that come after `after`, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn list_after(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    span: Span,
    after: i32,
    limit: i32,
) -> Result<Vec<HistoryRow>, StoreError> {
    Ok(ListAfter::new(consent_id.uuid(), after, span.from, span.until, limit).load(tx.connection)?)
}

/// Rows of all grants in the order of their ids and of time, those after a row.
///
/// # Errors
/// [`StoreError`].
pub fn page(
    tx: &mut Tx<'_>,
    after: (ConsentId, i32),
    limit: i32,
) -> Result<Vec<(ConsentId, HistoryRow)>, StoreError> {
    let rows = Page::new(after.0.uuid(), after.1, limit).load::<(Uuid, HistoryRow)>(tx.connection)?;
    Ok(rows
        .into_iter()
        .map(|(id, row)| (ConsentId::from_uuid(id), row))
        .collect())
}

/// Writes one row. The grant's row must be locked, so that two writers cannot follow the same row.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &mut Tx<'_>, consent_id: ConsentId, row: &HistoryRow) -> Result<(), StoreError> {
    Insert::new(
        consent_id.uuid(),
        row.sequence,
        row.happened_at,
        &row.action,
        &row.actor,
        &row.channel,
        row.reason.as_deref(),
        &row.content,
        &row.content_hash,
        &row.previous_hash,
        &row.row_hash,
    )
    .get_result::<i32>(tx.connection)?;
    Ok(())
}
