//! Who wants to hear what, and where: FDX subscriptions and the callbacks that they share.
//!
//! What a recipient may do with them is decided in `notifications`; here a row is found, written or gone. Every lookup is by
//! client: another's subscription is absent (O15).

mod write;

use chrono::NaiveDate;
use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{BigInt, Date, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid},
};
use domain::{
    ClientId,
    notification::{CallbackState, NotificationCategory, NotificationType, Subscriber, SubscriptionId},
};
use uuid::Uuid;

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

pub use self::write::{NewSubscription, change, delete, insert, lock};

const TABLE: Table = Table("notification_subscriptions");

/// One subscription with its callback.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// Ours; never on the wire.
    pub key: Uuid,
    /// The recipient's name for it, or one that we minted.
    pub subscription_id: SubscriptionId,
    /// What it hears.
    pub event_type: NotificationType,
    /// Of which category.
    pub category: NotificationCategory,
    /// As the recipient describes itself.
    pub subscriber: Subscriber,
    /// The day, UTC, before which nothing is told.
    pub effective_on: Option<NaiveDate>,
    /// Sequence of its newest notification; 0 while there is none.
    pub last_sequence: i64,
    /// The callback.
    pub callback_id: Uuid,
    /// Its address.
    pub callback_url: String,
    /// Whether events flow.
    pub callback_state: CallbackState,
}

type SubscriptionSql = (
    SqlUuid,
    Text,
    Text,
    Text,
    Jsonb,
    Nullable<Date>,
    BigInt,
    SqlUuid,
    Text,
    Text,
);

#[derive(diesel::Queryable)]
struct Row {
    key: Uuid,
    subscription_id: String,
    event_type: String,
    category: String,
    subscriber: serde_json::Value,
    effective_on: Option<NaiveDate>,
    last_sequence: i64,
    callback_id: Uuid,
    callback_url: String,
    callback_state: String,
}

impl TryFrom<Row> for Subscription {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            key: row.key,
            subscription_id: TABLE.parse("subscription_id", &row.subscription_id)?,
            event_type: TABLE.parse("event_type", &row.event_type)?,
            category: TABLE.parse("category", &row.category)?,
            subscriber: TABLE.json("subscriber", row.subscriber)?,
            effective_on: row.effective_on,
            last_sequence: row.last_sequence,
            callback_id: row.callback_id,
            callback_url: row.callback_url,
            callback_state: Table("notification_callbacks").parse("state", &row.callback_state)?,
        })
    }
}

statement! {
    Find -> SubscriptionSql ;
    "SELECT s.subscription_key, s.subscription_id, s.event_type, s.category, s.subscriber, s.effective_on, s.last_sequence,
     s.callback_id, c.callback_url, c.state
     FROM notification_subscriptions s JOIN notification_callbacks c ON c.callback_id = s.callback_id
     WHERE s.client_id = " (client_id: Text = &'a str) " AND s.subscription_id = " (subscription_id: Text = &'a str) ""
}

statement! {
    FindMinted -> SubscriptionSql ;
    "SELECT s.subscription_key, s.subscription_id, s.event_type, s.category, s.subscriber, s.effective_on, s.last_sequence,
     s.callback_id, c.callback_url, c.state
     FROM notification_subscriptions s JOIN notification_callbacks c ON c.callback_id = s.callback_id
     WHERE s.minted AND s.client_id = " (client_id: Text = &'a str) " AND s.event_type = " (event_type: Text = &'a str)
    " AND s.category = " (category: Text = &'a str) ""
}

statement! {
    List -> SubscriptionSql ;
    "SELECT s.subscription_key, s.subscription_id, s.event_type, s.category, s.subscriber, s.effective_on, s.last_sequence,
     s.callback_id, c.callback_url, c.state
     FROM notification_subscriptions s JOIN notification_callbacks c ON c.callback_id = s.callback_id
     WHERE s.client_id = " (client_id: Text = &'a str) " ORDER BY s.created_at, s.subscription_key LIMIT "
    (limit: Integer = i32) ""
}

statement! {
    Count -> BigInt ;
    "SELECT count(*) FROM notification_subscriptions WHERE client_id = " (client_id: Text = &'a str) ""
}

/// The recipient's subscription of that name.
///
/// # Errors
/// [`StoreError`].
pub fn find(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    subscription_id: &SubscriptionId,
) -> Result<Option<Subscription>, StoreError> {
    Find::new(client_id.as_str(), subscription_id.as_str())
        .get_result::<Row>(tx.connection)
        .optional()?
        .map(Subscription::try_from)
        .transpose()
}

/// The recipient's subscription to that type and category which it gave no name.
///
/// # Errors
/// [`StoreError`].
pub fn find_minted(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    event_type: NotificationType,
    category: NotificationCategory,
) -> Result<Option<Subscription>, StoreError> {
    FindMinted::new(client_id.as_str(), event_type.as_str(), category.as_str())
        .get_result::<Row>(tx.connection)
        .optional()?
        .map(Subscription::try_from)
        .transpose()
}

/// The recipient's subscriptions, oldest first; at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub fn list(tx: &mut Tx<'_>, client_id: &ClientId, limit: i32) -> Result<Vec<Subscription>, StoreError> {
    List::new(client_id.as_str(), limit)
        .load::<Row>(tx.connection)?
        .into_iter()
        .map(Subscription::try_from)
        .collect()
}

/// How many subscriptions the recipient has.
///
/// # Errors
/// [`StoreError`].
pub fn count(tx: &mut Tx<'_>, client_id: &ClientId) -> Result<i64, StoreError> {
    Ok(Count::new(client_id.as_str()).get_result(tx.connection)?)
}
