//! Where recipients are told: one callback a recipient and address, whatever subscriptions share it. Its delivery is in
//! [`deliveries`](crate::deliveries).

use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, Instant};
use uuid::Uuid;

use crate::{Tx, error::StoreError, statement::statement};

statement! {
    /// The callback of that address, as it is or new. A new one is to be verified at once, and so is one that nobody
    /// answered for: to name it again says that somebody is there now.
    FindOrInsert -> SqlUuid ;
    "INSERT INTO notification_callbacks AS c (callback_id, client_id, callback_url, callback_host, state, park_at,
     next_attempt_at, created_at, updated_at)
     SELECT callback_id, client_id, callback_url, callback_host, 'PENDING', park_at, now, now, now
     FROM (SELECT " (callback_id: SqlUuid = Uuid) "::uuid AS callback_id, " (client_id: Text = &'a str)
    "::text AS client_id, " (url: Text = &'a str) "::text AS callback_url, " (host: Text = &'a str)
    "::text AS callback_host, " (park_at: Timestamptz = Instant) "::timestamptz AS park_at, "
    (now: Timestamptz = Instant) "::timestamptz AS now) new
     ON CONFLICT (client_id, callback_url) DO UPDATE SET updated_at = excluded.updated_at,
        state = CASE c.state WHEN 'PARKED' THEN 'PENDING' ELSE c.state END,
        park_at = CASE c.state WHEN 'PARKED' THEN excluded.park_at ELSE c.park_at END,
        next_attempt_at = CASE c.state WHEN 'PARKED' THEN excluded.next_attempt_at ELSE c.next_attempt_at END,
        failures = CASE c.state WHEN 'PARKED' THEN 0 ELSE c.failures END,
        paused_until = CASE c.state WHEN 'PARKED' THEN NULL ELSE c.paused_until END
     RETURNING callback_id"
}

statement! {
    CountPending -> BigInt ;
    "SELECT count(*) FROM notification_callbacks WHERE callback_host = " (host: Text = &'a str)
    " AND state <> 'VERIFIED' AND NOT (client_id = " (client_id: Text = &'a str) " AND callback_url = "
    (url: Text = &'a str) ")"
}

statement! {
    DropUnused -> BigInt ;
    "WITH gone AS (DELETE FROM notification_callbacks c WHERE callback_id = " (callback_id: SqlUuid = Uuid)
    " AND NOT EXISTS (SELECT 1 FROM notification_subscriptions s WHERE s.callback_id = c.callback_id) RETURNING 1)
    SELECT count(*) FROM gone"
}

/// A callback as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCallback {
    /// Its id, if it is new.
    pub callback_id: Uuid,
    /// Its address.
    pub url: String,
    /// Host and port of that, lower case.
    pub host: String,
    /// When an unanswered challenge is given up.
    pub park_at: Instant,
}

/// The recipient's callback of that address. One that is new, or was parked, is due to be verified.
///
/// # Errors
/// [`StoreError`].
pub fn find_or_insert(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    callback: &NewCallback,
    now: Instant,
) -> Result<Uuid, StoreError> {
    Ok(FindOrInsert::new(
        callback.callback_id,
        client_id.as_str(),
        &callback.url,
        &callback.host,
        callback.park_at,
        now,
    )
    .get_result(tx.connection)?)
}

/// Callbacks of that host, whosever, that nobody has answered for, this very one apart.
///
/// # Errors
/// [`StoreError`].
pub fn count_unverified(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    callback: &NewCallback,
) -> Result<i64, StoreError> {
    Ok(CountPending::new(&callback.host, client_id.as_str(), &callback.url).get_result(tx.connection)?)
}

/// Ends a callback that no subscription is left for. Returns whether it did.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn drop_unused(tx: &mut Tx<'_>, callback_id: Uuid) -> Result<bool, StoreError> {
    Ok(DropUnused::new(callback_id).get_result::<i64>(tx.connection)? > 0)
}
