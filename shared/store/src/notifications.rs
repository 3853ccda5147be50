//! What was told to whom, for those who ask again, and what became of it. It is made by the [fan-out](crate::fan_out).

use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{
    ClientId, ConsentId, Instant,
    notification::{
        DeliveryState, NotificationCategory, NotificationPriority, NotificationSeverity, NotificationType,
        Subscriber, SubscriptionId,
    },
};
use uuid::Uuid;

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

const TABLE: Table = Table("notifications");

/// What a recipient is told: everything that FDX `Notification` is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct NotificationRow {
    /// Goes up over all subscriptions.
    pub position: i64,
    /// The subscription, as its recipient names it.
    pub subscription_id: SubscriptionId,
    /// Counts from 1 within the subscription.
    pub sequence: i64,
    /// When it was made; FDX `sentOn`.
    pub created_at: Instant,
    /// The event's: the same at each attempt.
    pub notification_id: Uuid,
    /// The consent that changed, if one did.
    pub consent_id: Option<ConsentId>,
    /// What happened.
    pub event_type: NotificationType,
    /// Of which category.
    pub category: NotificationCategory,
    /// How grave.
    pub severity: NotificationSeverity,
    /// How soon.
    pub priority: NotificationPriority,
    /// FDX `NotificationPayload`.
    pub payload: serde_json::Value,
    /// To whom.
    pub subscriber: Subscriber,
}

/// The SQL types of the columns that make a [`NotificationRow`]: `n.position, s.subscription_id, n.sequence, n.created_at,
/// n.notification_id, n.consent_id, n.event_type, n.category, n.severity, n.priority, n.payload, s.subscriber`.
pub(crate) type NotificationSql = (
    BigInt,
    Text,
    BigInt,
    Timestamptz,
    SqlUuid,
    Nullable<SqlUuid>,
    Text,
    Text,
    Text,
    Text,
    Jsonb,
    Jsonb,
);

/// As they come.
#[derive(diesel::Queryable)]
pub(crate) struct RawRow {
    position: i64,
    subscription_id: String,
    sequence: i64,
    created_at: Instant,
    notification_id: Uuid,
    consent_id: Option<Uuid>,
    event_type: String,
    category: String,
    severity: String,
    priority: String,
    payload: serde_json::Value,
    subscriber: serde_json::Value,
}

impl TryFrom<RawRow> for NotificationRow {
    type Error = StoreError;

    fn try_from(row: RawRow) -> Result<Self, StoreError> {
        let subscriptions = Table("notification_subscriptions");
        Ok(Self {
            position: row.position,
            subscription_id: subscriptions.parse("subscription_id", &row.subscription_id)?,
            sequence: row.sequence,
            created_at: row.created_at,
            notification_id: row.notification_id,
            consent_id: row.consent_id.map(ConsentId::from_uuid),
            event_type: TABLE.parse("event_type", &row.event_type)?,
            category: TABLE.parse("category", &row.category)?,
            severity: TABLE.parse("severity", &row.severity)?,
            priority: TABLE.parse("priority", &row.priority)?,
            payload: row.payload,
            subscriber: subscriptions.json("subscriber", row.subscriber)?,
        })
    }
}

statement! {
    List -> NotificationSql ;
    "SELECT n.position, s.subscription_id, n.sequence, n.created_at, n.notification_id, n.consent_id, n.event_type,
     n.category, n.severity, n.priority, n.payload, s.subscriber
     FROM notifications n JOIN notification_subscriptions s ON s.subscription_key = n.subscription_key
     WHERE n.client_id = " (client_id: Text = &'a str) " AND n.position > " (after: BigInt = i64)
    " AND n.created_at > " (since: Timestamptz = Instant) " AND n.sequence >= " (from_sequence: BigInt = i64)
    " ORDER BY n.position LIMIT " (limit: Integer = i32) ""
}

statement! {
    ListOf -> NotificationSql ;
    "SELECT n.position, s.subscription_id, n.sequence, n.created_at, n.notification_id, n.consent_id, n.event_type,
     n.category, n.severity, n.priority, n.payload, s.subscriber
     FROM notifications n JOIN notification_subscriptions s ON s.subscription_key = n.subscription_key
     WHERE n.subscription_key = " (key: SqlUuid = Uuid) " AND n.sequence >= " (from_sequence: BigInt = i64)
    " AND n.created_at > " (since: Timestamptz = Instant) " ORDER BY n.sequence LIMIT " (limit: Integer = i32) ""
}

/// What was told to the recipient's living subscriptions: after that position, since that instant, and in each subscription
/// from that sequence on; at most `limit`, in the order of the fan-out.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    after: i64,
    from_sequence: i64,
    since: Instant,
    limit: i32,
) -> Result<Vec<NotificationRow>, StoreError> {
    List::new(client_id.as_str(), after, since, from_sequence, limit)
        .load::<RawRow>(tx.connection)?
        .into_iter()
        .map(NotificationRow::try_from)
        .collect()
}

/// What was told to one subscription: from that sequence on, since that instant, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub fn list_of(
    tx: &mut Tx<'_>,
    key: Uuid,
    from_sequence: i64,
    since: Instant,
    limit: i32,
) -> Result<Vec<NotificationRow>, StoreError> {
    ListOf::new(key, from_sequence, since, limit)
        .load::<RawRow>(tx.connection)?
        .into_iter()
        .map(NotificationRow::try_from)
        .collect()
}

/// What became of one notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Counts from 1 within the subscription.
    pub sequence: i64,
    /// The event's.
    pub notification_id: Uuid,
    /// What happened.
    pub event_type: NotificationType,
    /// When it was made.
    pub created_at: Instant,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: i32,
    /// When last.
    pub last_attempt_at: Option<Instant>,
    /// What came of that; a word or a status, never what the receiver said (S08).
    pub last_outcome: Option<String>,
    /// When it will be sent, at the earliest.
    pub next_attempt_at: Instant,
    /// When the callback took it.
    pub delivered_at: Option<Instant>,
}

statement! {
    Log -> (BigInt, SqlUuid, Text, Timestamptz, Text, Integer, Nullable<Timestamptz>, Nullable<Text>, Timestamptz,
        Nullable<Timestamptz>) ;
    "SELECT sequence, notification_id, event_type, created_at, state, attempts, last_attempt_at, last_outcome,
     next_attempt_at, delivered_at FROM notifications WHERE subscription_key = " (key: SqlUuid = Uuid)
    " AND sequence < " (before: BigInt = i64) " AND created_at > " (since: Timestamptz = Instant)
    " ORDER BY sequence DESC LIMIT " (limit: Integer = i32) ""
}

type LogRow = (
    i64,
    Uuid,
    String,
    Instant,
    String,
    i32,
    Option<Instant>,
    Option<String>,
    Instant,
    Option<Instant>,
);

/// The delivery log of one subscription, newest first: before that sequence, since that instant, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub fn log(
    tx: &mut Tx<'_>,
    key: Uuid,
    before: i64,
    since: Instant,
    limit: i32,
) -> Result<Vec<DeliveryRow>, StoreError> {
    let rows = Log::new(key, before, since, limit).load::<LogRow>(tx.connection)?;
    rows.into_iter()
        .map(
            |(
                sequence,
                notification_id,
                event_type,
                created_at,
                state,
                attempts,
                last_attempt_at,
                last_outcome,
                next_attempt_at,
                delivered_at,
            )| {
                Ok(DeliveryRow {
                    sequence,
                    notification_id,
                    event_type: TABLE.parse("event_type", &event_type)?,
                    created_at,
                    state: TABLE.parse("state", &state)?,
                    attempts,
                    last_attempt_at,
                    last_outcome,
                    next_attempt_at,
                    delivered_at,
                })
            },
        )
        .collect()
}
