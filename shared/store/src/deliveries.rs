//! The queue of notifications: which callbacks have something to do, what goes out next, and what became of it.
//!
//! A callback is leased to one worker at a time, so what is decided here needs no other lock. While it is leased its
//! `next_attempt_at` is the end of the lease: a worker that dies is found out by the same look that finds work. The fan-out
//! brings that instant forward when it adds something, and [`settle`], which gives the lease back, sees that it did.
//! Every function is one statement, for [`Store::once`](crate::Store::once): two of them in a serializable transaction would meet
//! the consumers' own.

use diesel::{
    RunQueryDsl,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, Instant, notification::CallbackState};
use uuid::Uuid;

use crate::{
    Tx,
    convert::Table,
    error::StoreError,
    notifications::{NotificationRow, NotificationSql, RawRow},
    statement::statement,
};

const TABLE: Table = Table("notification_callbacks");

/// Failures in a row from which a callback counts as down: from then on it gets one notification at a time, and a pause after each
/// that fails.
pub const DOWN_FROM: i32 = 5;

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
}

/// A notification that goes out next.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// To which callback.
    pub callback_id: Uuid,
    /// Of which subscription; with its sequence and instant the row's key.
    pub subscription_key: Uuid,
    /// What it says.
    pub notification: NotificationRow,
    /// Attempts before this one.
    pub attempts: i32,
}

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Of which subscription.
    pub subscription_key: Uuid,
    /// Which of its notifications.
    pub sequence: i64,
    /// When that was fanned out.
    pub created_at: Instant,
    /// Whether the recipient took it.
    pub delivered: bool,
    /// A status, or one word.
    pub outcome: String,
    /// If not taken: when to try again.
    pub next_attempt_at: Instant,
}

/// The end of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Of which callback.
    pub callback_id: Uuid,
    /// What was tried.
    pub attempts: Vec<Attempt>,
    /// Failures in a row after all that.
    pub failures: i32,
    /// If it is down: until when nothing is tried.
    pub paused_until: Option<Instant>,
    /// Whether there was more than could be taken at once.
    pub more: bool,
}

/// What a settlement did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Notifications that were given up for now.
    pub parked: i64,
    /// Whether the callback has something to do right now.
    pub more: bool,
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
    Take -> (SqlUuid, SqlUuid, NotificationSql, Integer) ;
    "SELECT heads.callback_id, heads.subscription_key, heads.position, subscription.subscription_id, heads.sequence,
            heads.created_at, heads.notification_id, heads.consent_id, heads.event_type, heads.category, heads.severity,
            heads.priority, heads.payload, subscription.subscriber, heads.attempts
     FROM notification_callbacks AS callback
     CROSS JOIN LATERAL (
        SELECT * FROM notifications AS n
        WHERE n.callback_id = callback.callback_id AND n.state = 'PENDING' AND n.next_attempt_at <= " (now: Timestamptz = Instant) "
          AND NOT EXISTS (SELECT FROM notifications AS earlier
                          WHERE earlier.callback_id = n.callback_id AND earlier.state = 'PENDING'
                            AND earlier.consent_id = n.consent_id AND earlier.position < n.position)
        ORDER BY n.next_attempt_at, n.position
        LIMIT CASE WHEN callback.failures >= " (down_from: Integer = i32) " THEN 1 ELSE " (most_each: Integer = i32) " END
     ) AS heads
     JOIN notification_subscriptions AS subscription USING (subscription_key)
     WHERE callback.callback_id = ANY (" (callbacks: Array<SqlUuid> = &'a [Uuid]) ") AND callback.state = 'VERIFIED'
       AND callback.leased_by = " (worker: SqlUuid = Uuid) ""
}

statement! {
    Settle -> (BigInt, Bool) ;
    "WITH attempts AS MATERIALIZED (
        SELECT * FROM unnest(" (subscriptions: Array<SqlUuid> = Vec<Uuid>) "," (sequences: Array<BigInt> = Vec<i64>) ","
            (created_at: Array<Timestamptz> = Vec<Instant>) "," (delivered: Array<Bool> = Vec<bool>) ","
            (outcomes: Array<Text> = Vec<&'a str>) "," (next_attempt_at: Array<Timestamptz> = Vec<Instant>) ")
            AS attempt (subscription_key, sequence, created_at, delivered, outcome, next_attempt_at)
     ), given AS (
        SELECT " (callback_id: SqlUuid = Uuid) " AS callback_id, " (now: Timestamptz = Instant) " AS now, "
            (failures: Integer = i32) " AS failures, " (paused_until: Nullable<Timestamptz> = Option<Instant>) " AS paused_until, "
            (more: Bool = bool) " AS more, " (worker: SqlUuid = Uuid) " AS worker, " (down_from: Integer = i32) " AS down_from
     ), tried AS (
        UPDATE notifications AS n
        SET attempts = n.attempts + 1, last_attempt_at = given.now, last_outcome = attempt.outcome,
            state = CASE WHEN attempt.delivered THEN 'DELIVERED' WHEN n.park_at <= given.now THEN 'PARKED' ELSE 'PENDING' END,
            delivered_at = CASE WHEN attempt.delivered THEN given.now END,
            next_attempt_at = attempt.next_attempt_at
        FROM attempts AS attempt, given
        WHERE n.subscription_key = attempt.subscription_key AND n.sequence = attempt.sequence
          AND n.created_at = attempt.created_at AND n.state <> 'DELIVERED'
        RETURNING n.state
     ), given_up AS (
        -- What waits behind a receiver that is down is given up when its own time is over, tried or not.
        UPDATE notifications AS n SET state = 'PARKED', last_outcome = coalesce(n.last_outcome, 'down')
        FROM given
        WHERE given.failures >= given.down_from AND n.callback_id = given.callback_id AND n.state = 'PENDING'
          AND n.park_at <= given.now
          AND NOT EXISTS (SELECT FROM attempts AS attempt WHERE n.subscription_key = attempt.subscription_key
                                                        AND n.sequence = attempt.sequence)
        RETURNING n.state
     ), released AS (
        UPDATE notification_callbacks AS callback
        SET failures = given.failures, paused_until = given.paused_until, leased_by = NULL, leased_until = NULL,
            last_outcome = coalesce((SELECT outcome FROM attempts LIMIT 1), callback.last_outcome),
            next_attempt_at = CASE
                -- The fan-out added something since.
                WHEN callback.next_attempt_at < callback.leased_until OR given.more
                    OR EXISTS (SELECT FROM attempts WHERE attempts.delivered)
                        AND EXISTS (SELECT FROM notifications AS n
                                    WHERE n.callback_id = callback.callback_id AND n.state = 'PENDING'
                                      AND n.next_attempt_at <= given.now
                                      AND NOT EXISTS (SELECT FROM attempts AS attempt
                                                      WHERE n.subscription_key = attempt.subscription_key
                                                        AND n.sequence = attempt.sequence))
                    THEN greatest(given.now, given.paused_until)
                -- Whatever is due and was not taken waits behind one that is not due.
                ELSE (SELECT greatest(given.paused_until, soonest.at) FROM (SELECT least(
                    (SELECT min(attempts.next_attempt_at) FROM attempts WHERE NOT attempts.delivered),
                    (SELECT min(n.next_attempt_at) FROM notifications AS n
                     WHERE n.callback_id = callback.callback_id AND n.state = 'PENDING' AND n.next_attempt_at > given.now)) AS at)
                    AS soonest WHERE soonest.at IS NOT NULL)
            END
        FROM given WHERE callback.callback_id = given.callback_id AND callback.leased_by = given.worker
        RETURNING callback.next_attempt_at <= given.now AS more
     )
     SELECT (SELECT count(*) FROM tried WHERE state = 'PARKED') + (SELECT count(*) FROM given_up),
            coalesce((SELECT more FROM released), false)"
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
                })
            },
        )
        .collect()
}

/// What goes out next to these callbacks, which are leased by `worker`: of each consent the earliest alone, up to `most_each` a
/// callback, one to a callback that is down.
///
/// # Errors
/// [`StoreError`].
pub fn take(
    tx: &mut Tx<'_>,
    worker: Uuid,
    now: Instant,
    callbacks: &[Uuid],
    most_each: i32,
) -> Result<Vec<Due>, StoreError> {
    let rows: Vec<(Uuid, Uuid, RawRow, i32)> =
        Take::new(now, DOWN_FROM, most_each, callbacks, worker).load(tx.connection)?;
    rows.into_iter()
        .map(|(callback_id, subscription_key, notification, attempts)| {
            Ok(Due {
                callback_id,
                subscription_key,
                notification: notification.try_into()?,
                attempts,
            })
        })
        .collect()
}

/// Writes down what became of the attempts, and gives the callback back.
///
/// # Errors
/// [`StoreError`].
pub fn settle(
    tx: &mut Tx<'_>,
    worker: Uuid,
    now: Instant,
    settlement: &Settlement,
) -> Result<Settled, StoreError> {
    let attempts = &settlement.attempts;
    let (parked, more) = Settle::new(
        attempts.iter().map(|attempt| attempt.subscription_key).collect(),
        attempts.iter().map(|attempt| attempt.sequence).collect(),
        attempts.iter().map(|attempt| attempt.created_at).collect(),
        attempts.iter().map(|attempt| attempt.delivered).collect(),
        attempts.iter().map(|attempt| attempt.outcome.as_str()).collect(),
        attempts.iter().map(|attempt| attempt.next_attempt_at).collect(),
        settlement.callback_id,
        now,
        settlement.failures,
        settlement.paused_until,
        settlement.more,
        worker,
        DOWN_FROM,
    )
    .get_result(tx.connection)?;
    Ok(Settled { parked, more })
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
