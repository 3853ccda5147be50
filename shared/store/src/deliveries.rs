//! The queue of notifications: which callbacks have something to do, what goes out next, and what became of it.
//!
//! A callback is leased to one worker at a time, so what is decided here needs no other lock. While it is leased its
//! `next_attempt_at` is the end of the lease: a worker that dies is found out by the same look that finds work. The fan-out
//! brings that instant forward when it adds something, and [`settle()`], which gives the lease back, sees that it did.
//! Every function is one statement, for [`Store::once`](crate::Store::once): two of them in a serializable transaction would meet
//! the consumers' own.

mod lease;
mod settle;

use diesel::{
    RunQueryDsl,
    sql_types::{Array, Integer, Timestamptz, Uuid as SqlUuid},
};
use domain::Instant;
use uuid::Uuid;

use crate::{
    Tx,
    error::StoreError,
    notifications::{NotificationRow, NotificationSql, RawRow},
    statement::statement,
};

pub use self::{
    lease::{Leased, lease, renew},
    settle::{Attempt, Settled, Settlement, settle},
};

/// Failures in a row from which a callback counts as down: from then on it gets one notification at a time, and a pause after each
/// that fails.
pub const DOWN_FROM: i32 = 5;

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
