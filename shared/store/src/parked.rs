//! What was given up for now: shown to operators, and taken up again when they say so.

use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{
    ClientId, Instant,
    notification::{NotificationType, SubscriptionId},
};
use uuid::Uuid;

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

const TABLE: Table = Table("notifications");

/// A notification that nobody took for as long as it was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedNotification {
    /// For whom.
    pub client_id: ClientId,
    /// Of which of its subscriptions.
    pub subscription_id: SubscriptionId,
    /// Its number there.
    pub sequence: i64,
    /// The event's id.
    pub notification_id: Uuid,
    /// What happened.
    pub event_type: NotificationType,
    /// When it was made.
    pub created_at: Instant,
    /// How often it was sent.
    pub attempts: i32,
    /// What came of the last attempt.
    pub last_outcome: Option<String>,
}

/// A callback whose challenge nobody answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedCallback {
    /// Whose.
    pub client_id: ClientId,
    /// Host and port.
    pub callback_host: String,
    /// What came of the last challenge.
    pub last_outcome: Option<String>,
}

/// What a resumption took up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resumed {
    /// Notifications that are due again.
    pub notifications: i64,
    /// Callbacks that are asked again.
    pub callbacks: i64,
}

statement! {
    ListNotifications -> (Text, Text, BigInt, SqlUuid, Text, Timestamptz, Integer, Nullable<Text>) ;
    "SELECT n.client_id, s.subscription_id, n.sequence, n.notification_id, n.event_type, n.created_at, n.attempts, n.last_outcome
     FROM notifications n JOIN notification_subscriptions s USING (subscription_key)
     WHERE n.state = 'PARKED' ORDER BY n.client_id, n.created_at, n.position LIMIT " (limit: Integer = i32) ""
}

statement! {
    ListCallbacks -> (Text, Text, Nullable<Text>) ;
    "SELECT client_id, callback_host, last_outcome FROM notification_callbacks
     WHERE state = 'PARKED' ORDER BY client_id, callback_host LIMIT " (limit: Integer = i32) ""
}

statement! {
    Resume -> (BigInt, BigInt) ;
    "WITH asked AS (
        SELECT " (client_id: Nullable<Text> = Option<&'a str>) "::text AS client_id, "
            (subscription_id: Nullable<Text> = Option<&'a str>) "::text AS subscription_id, "
            (now: Timestamptz = Instant) "::timestamptz AS now, " (park_at: Timestamptz = Instant) "::timestamptz AS park_at
     ), named AS MATERIALIZED (
        SELECT s.subscription_key, s.callback_id FROM notification_subscriptions s, asked
        WHERE (asked.client_id IS NULL OR s.client_id = asked.client_id)
          AND (asked.subscription_id IS NULL OR s.subscription_id = asked.subscription_id)
     ), resumed AS (
        UPDATE notifications n SET state = 'PENDING', next_attempt_at = asked.now, park_at = asked.park_at
        FROM named, asked WHERE n.subscription_key = named.subscription_key AND n.state = 'PARKED'
        RETURNING n.callback_id
     ), woken AS (
        UPDATE notification_callbacks c
        SET state = CASE WHEN c.state = 'PARKED' THEN 'PENDING' ELSE c.state END,
            park_at = CASE WHEN c.state = 'PARKED' THEN asked.park_at ELSE c.park_at END,
            failures = 0, paused_until = NULL, next_attempt_at = least(c.next_attempt_at, asked.now)
        FROM asked
        WHERE c.state = 'PARKED' AND c.callback_id IN (SELECT callback_id FROM named)
           OR c.callback_id IN (SELECT callback_id FROM resumed)
        RETURNING 1
     )
     SELECT (SELECT count(*) FROM resumed), (SELECT count(*) FROM woken)"
}

/// Parked notifications, at most `limit`, a recipient's together, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn list_notifications(tx: &mut Tx<'_>, limit: i32) -> Result<Vec<ParkedNotification>, StoreError> {
    type Row = (String, String, i64, Uuid, String, Instant, i32, Option<String>);
    let rows: Vec<Row> = ListNotifications::new(limit).load(tx.connection)?;
    rows.into_iter()
        .map(|row| {
            Ok(ParkedNotification {
                client_id: TABLE.parse("client_id", &row.0)?,
                subscription_id: TABLE.parse("subscription_id", &row.1)?,
                sequence: row.2,
                notification_id: row.3,
                event_type: TABLE.parse("event_type", &row.4)?,
                created_at: row.5,
                attempts: row.6,
                last_outcome: row.7,
            })
        })
        .collect()
}

/// Callbacks that were given up before their first event, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub fn list_callbacks(tx: &mut Tx<'_>, limit: i32) -> Result<Vec<ParkedCallback>, StoreError> {
    let rows: Vec<(String, String, Option<String>)> = ListCallbacks::new(limit).load(tx.connection)?;
    rows.into_iter()
        .map(|(client_id, callback_host, last_outcome)| {
            Ok(ParkedCallback {
                client_id: TABLE.parse("client_id", &client_id)?,
                callback_host,
                last_outcome,
            })
        })
        .collect()
}

/// Takes up again what was parked, until `park_at`: of one recipient or of all, of one subscription or of all.
///
/// # Errors
/// [`StoreError`].
pub fn resume(
    tx: &mut Tx<'_>,
    client_id: Option<&ClientId>,
    subscription_id: Option<&SubscriptionId>,
    now: Instant,
    park_at: Instant,
) -> Result<Resumed, StoreError> {
    let (notifications, callbacks) = Resume::new(
        client_id.map(ClientId::as_str),
        subscription_id.map(SubscriptionId::as_str),
        now,
        park_at,
    )
    .get_result(tx.connection)?;
    Ok(Resumed {
        notifications,
        callbacks,
    })
}
