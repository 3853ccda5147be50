//! Authentication resources: decisions that the bank's consent application takes for us.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Binary, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, ConsentId, Instant, ResourceId, id::RequestId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

const TABLE: Table = Table("authentication_resources");

/// What stands in a resource's row. Time may have ended it since: compare `expires_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceState {
    /// Waits for a decision.
    Lodged,
    /// The consumer said yes.
    Approved,
    /// The consumer said no.
    Rejected,
    /// The recipient has its answer.
    Completed,
}

impl ResourceState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Lodged => "LODGED",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Completed => "COMPLETED",
        }
    }
}

/// A resource as its row stands, with the request that it decides.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its id.
    pub resource_id: ResourceId,
    /// The authorization request.
    pub request_id: RequestId,
    /// Who asks.
    pub client_id: ClientId,
    /// SHA-256 of the cookie of the browser that began.
    pub browser_hash: Vec<u8>,
    /// The state as written.
    pub state: ResourceState,
    /// Counts the changes; the resource's ETag.
    pub version: i32,
    /// When it was lodged.
    pub created_at: Instant,
    /// When it lapses.
    pub expires_at: Instant,
    /// What was decided, as `lifecycle` writes it.
    pub decision: Option<serde_json::Value>,
    /// The verified request, as the authorization server writes it.
    pub parameters: serde_json::Value,
    /// Whether the request was completed, by this resource or by another visit.
    pub request_completed: bool,
    /// The grant that came of it.
    pub consent_id: Option<ConsentId>,
    /// Decisions that came after the first one, oldest first.
    pub refused_decisions: Vec<RefusedDecision>,
}

/// A decision that came too late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedDecision {
    /// What it would have been.
    pub decision: String,
    /// When it came.
    pub at: Instant,
}

/// Most of them that are kept of one resource.
const MOST_REFUSED: i32 = 8;

statement! {
    Lodge -> SqlUuid ;
    "INSERT INTO authentication_resources
     (resource_id, request_id, client_id, browser_hash, state, created_at, expires_at)
     SELECT " (resource_id: SqlUuid = Uuid) "::uuid, new.request_id, " (client_id: Text = &'a str) "::text, "
    (browser_hash: Binary = &'a [u8]) "::bytea, 'LODGED', " (now: Timestamptz = Instant) "::timestamptz, "
    (expires_at: Timestamptz = Instant) "::timestamptz
     FROM (SELECT " (request_id: SqlUuid = Uuid) "::uuid AS request_id) new
     WHERE (SELECT count(*) FROM authentication_resources a WHERE a.request_id = new.request_id) < "
    (most: Integer = i32) " RETURNING resource_id"
}

statement! {
    Find -> (
        (SqlUuid, SqlUuid, Text, Binary, Text, Integer), (Timestamptz, Timestamptz),
        (Nullable<Jsonb>, Jsonb, Bool), (Nullable<SqlUuid>, Jsonb),
    ) ;
    "SELECT a.resource_id, a.request_id, a.client_id, a.browser_hash, a.state, a.version, a.created_at,
     a.expires_at, a.decision, r.parameters, r.completed_at IS NOT NULL, a.consent_id, a.refused_decisions
     FROM authentication_resources a JOIN authorization_requests r USING (request_id)
     WHERE a.resource_id = " (resource_id: SqlUuid = Uuid) ""
}

statement! {
    /// Only from LODGED, only this version, only in time.
    Decide -> Integer ;
    "UPDATE authentication_resources SET version = version + 1, state = " (state: Text = &'a str)
    ", decision = " (decision: Jsonb = &'a serde_json::Value) ", decided_at = d.now FROM (SELECT "
    (now: Timestamptz = Instant) "::timestamptz AS now) d WHERE resource_id = " (resource_id: SqlUuid = Uuid)
    " AND version = " (version: Integer = i32) " AND state = 'LODGED' AND expires_at > d.now RETURNING version"
}

statement! {
    Refuse -> Integer ;
    "UPDATE authentication_resources SET refused_decisions = refused_decisions || "
    (refused: Jsonb = serde_json::Value) "::jsonb WHERE resource_id = " (resource_id: SqlUuid = Uuid)
    " AND jsonb_array_length(refused_decisions) < " (most: Integer = i32) " RETURNING version"
}

statement! {
    /// Only from a decision, only in time.
    Complete -> Integer ;
    "UPDATE authentication_resources SET version = version + 1, state = 'COMPLETED', completed_at = d.now,
     consent_id = " (consent_id: Nullable<SqlUuid> = Option<Uuid>) " FROM (SELECT "
    (now: Timestamptz = Instant) "::timestamptz AS now) d WHERE resource_id = " (resource_id: SqlUuid = Uuid)
    " AND state IN ('APPROVED', 'REJECTED') AND expires_at > d.now RETURNING version"
}

/// Decisions that one request may wait for at once: a page that is reloaded lodges another (P06).
const MOST_OF_A_REQUEST: i32 = 64;

/// Lodges a resource. Returns whether this call did it: not when its request has too many already.
///
/// # Errors
/// [`StoreError`].
pub fn lodge(
    tx: &mut Tx<'_>,
    resource_id: ResourceId,
    request_id: RequestId,
    client_id: &ClientId,
    browser_hash: &[u8; 32],
    now: Instant,
    expires_at: Instant,
) -> Result<bool, StoreError> {
    let lodged = Lodge::new(
        resource_id.uuid(),
        client_id.as_str(),
        browser_hash,
        now,
        expires_at,
        request_id.uuid(),
        MOST_OF_A_REQUEST,
    )
    .get_result::<Uuid>(tx.connection)
    .optional()?;
    Ok(lodged.is_some())
}

type Row = (
    (Uuid, Uuid, String, Vec<u8>, String, i32),
    (Instant, Instant),
    (Option<serde_json::Value>, serde_json::Value, bool),
    (Option<Uuid>, serde_json::Value),
);

/// The resource of that id, lapsed or not.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx<'_>, resource_id: ResourceId) -> Result<Option<Resource>, StoreError> {
    let row = Find::new(resource_id.uuid())
        .get_result::<Row>(tx.connection)
        .optional()?;
    row.map(|row| {
        let (own, (created_at, expires_at), (decision, parameters, request_completed), outcome) = row;
        let (id, request_id, client_id, browser_hash, state, version) = own;
        let (consent_id, refused_decisions) = outcome;
        let state = match state.as_str() {
            "LODGED" => ResourceState::Lodged,
            "APPROVED" => ResourceState::Approved,
            "REJECTED" => ResourceState::Rejected,
            "COMPLETED" => ResourceState::Completed,
            _ => return Err(TABLE.corrupt("state")),
        };
        Ok(Resource {
            resource_id: ResourceId::from_uuid(id),
            request_id: RequestId::from_uuid(request_id),
            client_id: TABLE.parse("client_id", &client_id)?,
            browser_hash,
            state,
            version,
            created_at,
            expires_at,
            decision,
            parameters,
            request_completed,
            consent_id: consent_id.map(ConsentId::from_uuid),
            refused_decisions: TABLE.json("refused_decisions", refused_decisions)?,
        })
    })
    .transpose()
}

/// Writes the decision if the resource still waits for one and is at `version`. Returns the new version, or
/// `None` when another decision, another version or the time was first.
///
/// # Errors
/// [`StoreError`].
pub fn decide(
    tx: &mut Tx<'_>,
    resource_id: ResourceId,
    version: i32,
    state: ResourceState,
    decision: &serde_json::Value,
    now: Instant,
) -> Result<Option<i32>, StoreError> {
    Ok(
        Decide::new(state.as_str(), decision, now, resource_id.uuid(), version)
            .get_result(tx.connection)
            .optional()?,
    )
}

/// Notes a decision that came too late, for the history of the grant that comes of the first one. The resource's version
/// stays.
///
/// # Errors
/// [`StoreError`].
pub fn refuse(tx: &mut Tx<'_>, resource_id: ResourceId, refused: &RefusedDecision) -> Result<(), StoreError> {
    let refused = TABLE.to_json("refused_decisions", refused)?;
    Refuse::new(refused, resource_id.uuid(), MOST_REFUSED)
        .get_result::<i32>(tx.connection)
        .optional()?;
    Ok(())
}

/// Spends the decision. Returns whether this call did it.
///
/// # Errors
/// [`StoreError`].
pub fn complete(
    tx: &mut Tx<'_>,
    resource_id: ResourceId,
    consent_id: Option<ConsentId>,
    now: Instant,
) -> Result<bool, StoreError> {
    let version = Complete::new(consent_id.map(ConsentId::uuid), now, resource_id.uuid())
        .get_result::<i32>(tx.connection)
        .optional()?;
    Ok(version.is_some())
}
