//! Authorization requests as they were verified: pushed, or received by value.

use chrono::NaiveDate;
use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{BigInt, Binary, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, Instant, id::RequestId};
use uuid::Uuid;

use crate::{Tx, convert::Table, error::StoreError, issue::ProvenClient, statement::statement};

const TABLE: Table = Table("authorization_requests");

/// A request to be kept.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// Who asks, and what its proof spends.
    pub client: ProvenClient,
    /// Its id.
    pub request_id: RequestId,
    /// SHA-256 of the `request_uri`.
    pub request_uri_hash: [u8; 32],
    /// What was verified, as the authorization server writes it.
    pub parameters: serde_json::Value,
    /// When it came.
    pub created_at: Instant,
    /// When it ends unless it is completed.
    pub expires_at: Instant,
    /// Whether the client itself brought it; else anybody may have, in its name.
    pub pushed: bool,
    /// Most requests of one client that may wait at once, of those that it brought and of the others each.
    pub most_waiting: i32,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is kept.
    Kept,
    /// The client was changed or disabled since its proof was checked.
    ClientChanged,
    /// Its assertion was used before.
    Replayed,
    /// Too many requests of this client wait.
    TooMany,
}

/// A request as its row stands.
#[derive(Debug, Clone)]
pub struct StoredRequest {
    /// Its id.
    pub request_id: RequestId,
    /// Who asked.
    pub client_id: ClientId,
    /// What was verified.
    pub parameters: serde_json::Value,
    /// When it ends unless it is completed.
    pub expires_at: Instant,
    /// Whether its authorization completed: then its `request_uri` is spent.
    pub completed: bool,
}

statement! {
    /// Answers (client stands, id is ours, waiting before, kept).
    Keep -> (Bool, Bool, BigInt, Bool) ;
    "WITH new AS (SELECT " (client_id: Text = &'a str) "::text AS client_id, " (version: Integer = i32)
    "::integer AS version, " (spent_id: Nullable<SqlUuid> = Option<Uuid>) "::uuid AS spent_id, "
    (ends_on: Nullable<Date> = Option<NaiveDate>) "::date AS ends_on, " (request_id: SqlUuid = Uuid)
    "::uuid AS request_id, " (hash: Binary = &'a [u8]) "::bytea AS request_uri_hash, "
    (parameters: Jsonb = &'a serde_json::Value) "::jsonb AS parameters, " (created_at: Timestamptz = Instant)
    "::timestamptz AS created_at, " (expires_at: Timestamptz = Instant) "::timestamptz AS expires_at, "
    (pushed: Bool = bool) "::boolean AS pushed, " (most: Integer = i32) "::integer AS most_waiting),
    standing AS (SELECT new.* FROM new JOIN clients c
        ON c.client_id = new.client_id AND c.version = new.version AND c.status = 'APPROVED'),
    spent AS (INSERT INTO spent_ids (spent_id, ends_on, spent_by)
        SELECT spent_id, ends_on, request_id FROM standing WHERE spent_id IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING spent_by),
    ours AS (SELECT 1 FROM spent
        UNION ALL SELECT 1 FROM standing JOIN spent_ids s ON s.spent_id = standing.spent_id
            AND s.ends_on = standing.ends_on AND s.spent_by = standing.request_id
        UNION ALL SELECT 1 FROM standing WHERE spent_id IS NULL),
    waiting AS (SELECT count(*) AS number FROM authorization_requests r JOIN new ON r.client_id = new.client_id
        WHERE r.expires_at > new.created_at AND r.completed_at IS NULL AND r.pushed = new.pushed),
    kept AS (INSERT INTO authorization_requests
            (request_id, request_uri_hash, client_id, parameters, created_at, expires_at, pushed)
        SELECT request_id, request_uri_hash, client_id, parameters, created_at, expires_at, pushed
        FROM standing, waiting WHERE EXISTS (SELECT 1 FROM ours) AND waiting.number < standing.most_waiting
        ON CONFLICT (request_id) DO UPDATE SET expires_at = excluded.expires_at
        RETURNING 1)
    SELECT EXISTS (SELECT 1 FROM standing), EXISTS (SELECT 1 FROM ours), (SELECT number FROM waiting),
           EXISTS (SELECT 1 FROM kept)"
}

statement! {
    FindByUri -> (SqlUuid, Text, Jsonb, Timestamptz, Bool) ;
    "SELECT request_id, client_id, parameters, expires_at, completed_at IS NOT NULL FROM authorization_requests
     WHERE request_uri_hash = " (hash: Binary = &'a [u8]) ""
}

statement! {
    Find -> (SqlUuid, Text, Jsonb, Timestamptz, Bool) ;
    "SELECT request_id, client_id, parameters, expires_at, completed_at IS NOT NULL FROM authorization_requests
     WHERE request_id = " (request_id: SqlUuid = Uuid) ""
}

statement! {
    Complete -> SqlUuid ;
    "UPDATE authorization_requests SET completed_at = " (now: Timestamptz = Instant) " WHERE request_id = "
    (request_id: SqlUuid = Uuid) " AND completed_at IS NULL RETURNING request_id"
}

statement! {
    Purge -> BigInt ;
    "WITH gone AS (DELETE FROM authorization_requests WHERE request_id IN (
        SELECT request_id FROM authorization_requests WHERE expires_at < " (horizon: Timestamptz = Instant)
    " ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED) RETURNING 1) SELECT count(*) FROM gone"
}

type Row = (Uuid, String, serde_json::Value, Instant, bool);

fn stored(
    (request_id, client_id, parameters, expires_at, completed): Row,
) -> Result<StoredRequest, StoreError> {
    Ok(StoredRequest {
        request_id: RequestId::from_uuid(request_id),
        client_id: TABLE.parse("client_id", &client_id)?,
        parameters,
        expires_at,
        completed,
    })
}

/// Spends the proof of the client and keeps its request, or does neither.
///
/// # Errors
/// [`StoreError`].
pub fn keep(tx: &mut Tx<'_>, new: &NewRequest) -> Result<Kept, StoreError> {
    let (stands, ours, waiting, kept) = Keep::new(
        new.client.client_id.as_str(),
        new.client.version,
        new.client.spend.map(|spend| spend.spent_id),
        new.client.spend.map(|spend| spend.ends_on),
        new.request_id.uuid(),
        &new.request_uri_hash,
        &new.parameters,
        new.created_at,
        new.expires_at,
        new.pushed,
        new.most_waiting,
    )
    .get_result::<(bool, bool, i64, bool)>(tx.connection)?;
    Ok(match (stands, ours, kept) {
        (_, _, true) => Kept::Kept,
        (false, ..) => Kept::ClientChanged,
        (true, false, _) => Kept::Replayed,
        (true, true, false) => {
            tracing::warn!(waiting, "a client has too many authorization requests waiting");
            Kept::TooMany
        }
    })
}

/// The request whose `request_uri` has this hash, however old.
///
/// # Errors
/// [`StoreError`].
pub fn find_by_uri(
    tx: &mut Tx<'_>,
    request_uri_hash: &[u8; 32],
) -> Result<Option<StoredRequest>, StoreError> {
    FindByUri::new(request_uri_hash)
        .get_result::<Row>(tx.connection)
        .optional()?
        .map(stored)
        .transpose()
}

/// The request of that id, however old.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx<'_>, request_id: RequestId) -> Result<Option<StoredRequest>, StoreError> {
    Find::new(request_id.uuid())
        .get_result::<Row>(tx.connection)
        .optional()?
        .map(stored)
        .transpose()
}

/// Spends the request. Returns whether this call did it.
///
/// # Errors
/// [`StoreError`].
pub fn complete(tx: &mut Tx<'_>, request_id: RequestId, now: Instant) -> Result<bool, StoreError> {
    Ok(Complete::new(now, request_id.uuid())
        .get_result::<Uuid>(tx.connection)
        .optional()?
        .is_some())
}

/// Deletes up to 1,000 requests that ended before `horizon`, with their authentication resources.
///
/// # Errors
/// [`StoreError`].
pub fn purge(tx: &mut Tx<'_>, horizon: Instant) -> Result<i64, StoreError> {
    Ok(Purge::new(horizon).get_result(tx.connection)?)
}
