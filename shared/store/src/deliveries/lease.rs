//! Which callbacks have something to do, and which worker serves them until when.

use diesel::{
    RunQueryDsl,
    sql_types::{Array, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, Instant, notification::CallbackState};
use uuid::Uuid;

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

const TABLE: Table = Table("notification_callbacks");

/// A callback that this worker alone serves until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// Its key.
    pub callback_id: Uuid,
    /// Whose it is.
    pub client_id: ClientId,
    /// Where.
    pub callback_url: String,
    /// Host and port.
    pub callback_host: String,
    /// Verified, or yet to be.
    pub state: CallbackState,
    /// In a row.
    pub failures: i32,
    /// Since when it is leased: what was due later was not looked for.
    pub leased_at: Instant,
}

statement! {
    Lease -> (SqlUuid, Text, Text, Text, Text, Integer) ;
    "WITH due AS MATERIALIZED (
        SELECT callback_id, next_attempt_at, row_number() OVER (PARTITION BY callback_host ORDER BY next_attempt_at) AS place
        FROM (SELECT callback_id, callback_host, next_attempt_at FROM notification_callbacks JOIN clients USING (client_id)
              WHERE clients.status = 'APPROVED' AND next_attempt_at <= " (now: Timestamptz = Instant) " AND state <> 'PARKED'
                AND (leased_until IS NULL OR leased_until <= " (now_for_leases: Timestamptz = Instant) ")
                AND callback_host <> ALL (" (busy_hosts: Array<Text> = &'a [String]) ")
              ORDER BY next_attempt_at LIMIT 1024) AS soonest
     ), chosen AS MATERIALIZED (
        SELECT callback.callback_id FROM notification_callbacks AS callback
        JOIN due USING (callback_id)
        WHERE due.place <= " (most_per_host: Integer = i32) "
          AND callback.next_attempt_at <= " (now_too: Timestamptz = Instant) " AND callback.state <> 'PARKED'
          AND (callback.leased_until IS NULL OR callback.leased_until <= " (now_for_leases_too: Timestamptz = Instant) ")
        ORDER BY due.next_attempt_at LIMIT " (most: Integer = i32) "
        FOR UPDATE OF callback SKIP LOCKED
     )
     UPDATE notification_callbacks AS callback
     SET leased_by = " (worker: SqlUuid = Uuid) ", leased_until = " (until: Timestamptz = Instant) ",
         next_attempt_at = " (until_too: Timestamptz = Instant) ", paused_until = NULL
     FROM chosen WHERE callback.callback_id = chosen.callback_id
     RETURNING callback.callback_id, callback.client_id, callback.callback_url, callback.callback_host, callback.state,
               callback.failures"
}

statement! {
    Renew -> SqlUuid ;
    "UPDATE notification_callbacks
     SET next_attempt_at = CASE WHEN next_attempt_at = leased_until THEN " (until: Timestamptz = Instant) " ELSE next_attempt_at END,
         leased_until = " (until_too: Timestamptz = Instant) "
     WHERE callback_id = ANY (" (callbacks: Array<SqlUuid> = &'a [Uuid]) ") AND leased_by = " (worker: SqlUuid = Uuid) "
     RETURNING callback_id"
}

/// Leases up to `most` callbacks that have something to do, at most `most_per_host` of one host and none of `busy_hosts`, those
/// that have waited longest first.
///
/// # Errors
/// [`StoreError`].
pub fn lease(
    tx: &mut Tx<'_>,
    worker: Uuid,
    now: Instant,
    until: Instant,
    most: i32,
    most_per_host: i32,
    busy_hosts: &[String],
) -> Result<Vec<Leased>, StoreError> {
    type Row = (Uuid, String, String, String, String, i32);
    let rows: Vec<Row> = Lease::new(
        now,
        now,
        busy_hosts,
        most_per_host,
        now,
        now,
        most,
        worker,
        until,
        until,
    )
    .load(tx.connection)?;
    rows.into_iter()
        .map(
            |(callback_id, client_id, callback_url, callback_host, state, failures)| {
                Ok(Leased {
                    callback_id,
                    client_id: TABLE.parse("client_id", &client_id)?,
                    callback_url,
                    callback_host,
                    state: TABLE.parse("state", &state)?,
                    failures,
                    leased_at: now,
                })
            },
        )
        .collect()
}

/// Keeps these callbacks until `until`. Returns those that are still ours.
///
/// # Errors
/// [`StoreError`].
pub fn renew(
    tx: &mut Tx<'_>,
    worker: Uuid,
    until: Instant,
    callbacks: &[Uuid],
) -> Result<Vec<Uuid>, StoreError> {
    Ok(Renew::new(until, until, callbacks, worker).load(tx.connection)?)
}
