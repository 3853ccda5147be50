//! The end of a lease: what became of each attempt, and when the callback has something to do again.

use diesel::{
    RunQueryDsl,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::Instant;
use uuid::Uuid;

use super::DOWN_FROM;
use crate::{Tx, error::StoreError, statement::statement};

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
    /// Since when it was leased.
    pub leased_at: Instant,
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
    Settle -> (BigInt, Bool) ;
    "WITH attempts AS MATERIALIZED (
        SELECT * FROM unnest(" (subscriptions: Array<SqlUuid> = Vec<Uuid>) "," (sequences: Array<BigInt> = Vec<i64>) ","
            (created_at: Array<Timestamptz> = Vec<Instant>) "," (delivered: Array<Bool> = Vec<bool>) ","
            (outcomes: Array<Text> = Vec<&'a str>) "," (next_attempt_at: Array<Timestamptz> = Vec<Instant>) ")
            AS attempt (subscription_key, sequence, created_at, delivered, outcome, next_attempt_at)
     ), given AS (
        SELECT " (callback_id: SqlUuid = Uuid) " AS callback_id, " (now: Timestamptz = Instant) " AS now, "
            (failures: Integer = i32) " AS failures, " (paused_until: Nullable<Timestamptz> = Option<Instant>) " AS paused_until, "
            (more: Bool = bool) " AS more, " (leased_at: Timestamptz = Instant) " AS leased_at, " (worker: SqlUuid = Uuid) " AS worker, " (down_from: Integer = i32) " AS down_from
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
                -- Whatever was due when it was leased and was not taken waits behind one that was not. What became due since
                -- counts: it would be forgotten otherwise.
                ELSE (SELECT greatest(given.paused_until, soonest.at) FROM (SELECT least(
                    (SELECT min(attempts.next_attempt_at) FROM attempts WHERE NOT attempts.delivered),
                    (SELECT min(n.next_attempt_at) FROM notifications AS n
                     WHERE n.callback_id = callback.callback_id AND n.state = 'PENDING' AND n.next_attempt_at > given.leased_at
                       AND NOT EXISTS (SELECT FROM attempts AS attempt WHERE n.subscription_key = attempt.subscription_key
                                                                         AND n.sequence = attempt.sequence))) AS at)
                    AS soonest WHERE soonest.at IS NOT NULL)
            END
        FROM given WHERE callback.callback_id = given.callback_id AND callback.leased_by = given.worker
        RETURNING callback.next_attempt_at <= given.now AS more
     )
     SELECT (SELECT count(*) FROM tried WHERE state = 'PARKED') + (SELECT count(*) FROM given_up),
            coalesce((SELECT more FROM released), false)"
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
        settlement.leased_at,
        worker,
        DOWN_FROM,
    )
    .get_result(tx.connection)?;
    Ok(Settled { parked, more })
}
