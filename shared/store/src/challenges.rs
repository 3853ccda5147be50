//! What came of a callback's challenge. Each function gives the callback, leased by that worker, back; see
//! [`deliveries`](crate::deliveries).

use diesel::{
    RunQueryDsl,
    sql_types::{Text, Timestamptz, Uuid as SqlUuid},
};
use domain::Instant;
use uuid::Uuid;

use crate::{Tx, error::StoreError, statement::statement};

statement! {
    Verified -> SqlUuid ;
    "UPDATE notification_callbacks
     SET state = 'VERIFIED', failures = 0, last_outcome = " (outcome: Text = &'a str) ", paused_until = NULL, leased_by = NULL,
         leased_until = NULL, next_attempt_at = " (now: Timestamptz = Instant) ", updated_at = " (now_too: Timestamptz = Instant) "
     WHERE callback_id = " (callback_id: SqlUuid = Uuid) " AND leased_by = " (worker: SqlUuid = Uuid) " AND state = 'PENDING'
     RETURNING callback_id"
}

statement! {
    Unverified -> Text ;
    "UPDATE notification_callbacks
     SET state = CASE WHEN park_at <= " (now: Timestamptz = Instant) " THEN 'PARKED' ELSE state END,
         failures = failures + 1, last_outcome = " (outcome: Text = &'a str) ", leased_by = NULL, leased_until = NULL,
         paused_until = " (again_at: Timestamptz = Instant) ",
         next_attempt_at = CASE WHEN park_at <= " (now_too: Timestamptz = Instant) " THEN NULL
                                ELSE " (again_at_too: Timestamptz = Instant) " END
     WHERE callback_id = " (callback_id: SqlUuid = Uuid) " AND leased_by = " (worker: SqlUuid = Uuid) " AND state = 'PENDING'
     RETURNING state"
}

/// The challenge was answered: whoever is there wants to hear. Gives the callback back.
///
/// # Errors
/// [`StoreError`].
pub fn verified(
    tx: &mut Tx<'_>,
    worker: Uuid,
    now: Instant,
    callback_id: Uuid,
    outcome: &str,
) -> Result<(), StoreError> {
    Verified::new(outcome, now, now, callback_id, worker)
        .load::<Uuid>(tx.connection)
        .map(drop)
        .map_err(Into::into)
}

/// The challenge was not answered. Gives the callback back until `again_at`, or parks it when its time is over. Returns whether it
/// did.
///
/// # Errors
/// [`StoreError`].
pub fn unverified(
    tx: &mut Tx<'_>,
    worker: Uuid,
    now: Instant,
    callback_id: Uuid,
    outcome: &str,
    again_at: Instant,
) -> Result<bool, StoreError> {
    let states: Vec<String> =
        Unverified::new(now, outcome, again_at, now, again_at, callback_id, worker).load(tx.connection)?;
    Ok(states.iter().any(|state| state == "PARKED"))
}
