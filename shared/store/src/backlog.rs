//! What waits to be told: for whoever watches the platform.

use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Nullable, Timestamptz},
};
use domain::Instant;

use crate::{Tx, error::StoreError, statement::statement};

/// Where counting stops: a number that is higher says no more, and would take longer the worse things are.
pub const MOST: i64 = 100_000;

/// What waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Events that the fan-out has not told yet, or not everybody; at most twice [`MOST`].
    pub events: i64,
    /// Notifications that their callbacks have not taken yet, parked ones apart; at most [`MOST`].
    pub notifications: i64,
    /// When the oldest of all of them happened.
    pub oldest_at: Option<Instant>,
}

statement! {
    Find -> (BigInt, BigInt, Nullable<Timestamptz>) ;
    "WITH asked AS (SELECT " (most: BigInt = i64) "::bigint AS most)
     SELECT (SELECT count(*) FROM (SELECT FROM outbox WHERE published_at IS NULL LIMIT (SELECT most FROM asked)) t)
        + (SELECT count(*) FROM (SELECT FROM announcements WHERE published_at IS NULL LIMIT (SELECT most FROM asked)) t),
        (SELECT count(*) FROM (SELECT FROM notifications WHERE state = 'PENDING' LIMIT (SELECT most FROM asked)) t),
        least((SELECT created_at FROM outbox WHERE published_at IS NULL ORDER BY position LIMIT 1),
            (SELECT created_at FROM announcements WHERE published_at IS NULL ORDER BY position LIMIT 1),
            (SELECT created_at FROM notifications WHERE state = 'PENDING' ORDER BY created_at LIMIT 1))"
}

/// What waits at this moment.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx<'_>) -> Result<Backlog, StoreError> {
    let (events, notifications, oldest_at) = Find::new(MOST).get_result(tx.connection)?;
    Ok(Backlog {
        events,
        notifications,
        oldest_at,
    })
}
