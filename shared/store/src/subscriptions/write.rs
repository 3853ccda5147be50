//! A subscription begins, changes and ends.

use chrono::NaiveDate;
use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Bool, Date, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{
    ClientId, Instant,
    notification::{NotificationCategory, NotificationType, Subscriber, SubscriptionId},
};
use uuid::Uuid;

use super::{Subscription, TABLE};
use crate::{Tx, callbacks, error::StoreError, statement::statement};

/// A subscription that is new.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSubscription {
    /// Ours.
    pub key: Uuid,
    /// The recipient's name for it, or one that we minted.
    pub subscription_id: SubscriptionId,
    /// Whether we minted it.
    pub minted: bool,
    /// What it hears.
    pub event_type: NotificationType,
    /// Of which category.
    pub category: NotificationCategory,
    /// As the recipient describes itself.
    pub subscriber: Subscriber,
    /// The day, UTC, before which nothing is told.
    pub effective_on: Option<NaiveDate>,
}

statement! {
    Insert -> SqlUuid ;
    "INSERT INTO notification_subscriptions (subscription_key, client_id, subscription_id, minted, callback_id, event_type,
     category, subscriber, effective_on, created_at, updated_at)
     SELECT key, client_id, subscription_id, minted, callback_id, event_type, category, subscriber, effective_on, now, now
     FROM (SELECT " (key: SqlUuid = Uuid) "::uuid AS key, " (client_id: Text = &'a str) "::text AS client_id, "
    (subscription_id: Text = &'a str) "::text AS subscription_id, " (minted: Bool = bool) "::boolean AS minted, "
    (callback_id: SqlUuid = Uuid) "::uuid AS callback_id, " (event_type: Text = &'a str) "::text AS event_type, "
    (category: Text = &'a str) "::text AS category, " (subscriber: Jsonb = serde_json::Value) "::jsonb AS subscriber, "
    (effective_on: Nullable<Date> = Option<NaiveDate>) "::date AS effective_on, " (now: Timestamptz = Instant)
    "::timestamptz AS now) new RETURNING subscription_key"
}

statement! {
    Lock -> SqlUuid ;
    "SELECT subscription_key FROM notification_subscriptions WHERE subscription_key = " (key: SqlUuid = Uuid) " FOR UPDATE"
}

statement! {
    Change -> SqlUuid ;
    "UPDATE notification_subscriptions SET callback_id = " (callback_id: SqlUuid = Uuid) ", subscriber = "
    (subscriber: Jsonb = serde_json::Value) ", effective_on = " (effective_on: Nullable<Date> = Option<NaiveDate>)
    ", updated_at = " (now: Timestamptz = Instant) " WHERE subscription_key = " (key: SqlUuid = Uuid)
    " RETURNING subscription_key"
}

statement! {
    Delete -> SqlUuid ;
    "DELETE FROM notification_subscriptions WHERE subscription_key = " (key: SqlUuid = Uuid) " RETURNING callback_id"
}

statement! {
    /// What has not been taken yet goes to the new address; what is parked there stays parked.
    Move -> BigInt ;
    "WITH moved AS (UPDATE notifications SET callback_id = " (to: SqlUuid = Uuid) ", next_attempt_at = "
    (now: Timestamptz = Instant) " WHERE subscription_key = " (key: SqlUuid = Uuid) " AND callback_id = "
    (from: SqlUuid = Uuid) " AND state <> 'DELIVERED' RETURNING callback_id),
    woken AS (UPDATE notification_callbacks c
        SET next_attempt_at = greatest(least(coalesce(c.next_attempt_at, m.now), m.now), c.paused_until)
        FROM (SELECT callback_id, " (again: Timestamptz = Instant) "::timestamptz AS now FROM moved LIMIT 1) m
        WHERE c.callback_id = m.callback_id RETURNING 1)
    SELECT count(*) FROM moved"
}

statement! {
    /// What has not been told yet never will be.
    Forget -> BigInt ;
    "WITH gone AS (DELETE FROM notifications WHERE subscription_key = " (key: SqlUuid = Uuid)
    " AND state <> 'DELIVERED' RETURNING 1) SELECT count(*) FROM gone"
}

/// Writes a subscription that is new.
///
/// # Errors
/// [`StoreError`]; also when there is one of that name.
pub fn insert(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    new: &NewSubscription,
    callback_id: Uuid,
    now: Instant,
) -> Result<(), StoreError> {
    Insert::new(
        new.key,
        client_id.as_str(),
        new.subscription_id.as_str(),
        new.minted,
        callback_id,
        new.event_type.as_str(),
        new.category.as_str(),
        TABLE.to_json("subscriber", &new.subscriber)?,
        new.effective_on,
        now,
    )
    .get_result::<Uuid>(tx.connection)?;
    Ok(())
}

/// Keeps the subscription's row until the transaction ends. Take it before its callback's, as the fan-out does: two that
/// take them in different orders would wait for each other.
///
/// # Errors
/// [`StoreError`]; also when it is gone, and then the transaction runs again.
pub fn lock(tx: &mut Tx<'_>, subscription: &Subscription) -> Result<(), StoreError> {
    Lock::new(subscription.key).get_result::<Uuid>(tx.connection)?;
    Ok(())
}

/// Gives a subscription another callback, subscriber and first day. What it has not been told yet goes to the new
/// address; what a worker is sending at this moment may arrive at both.
///
/// # Errors
/// [`StoreError`].
pub fn change(
    tx: &mut Tx<'_>,
    old: &Subscription,
    new: &NewSubscription,
    callback_id: Uuid,
    now: Instant,
) -> Result<(), StoreError> {
    let subscriber = TABLE.to_json("subscriber", &new.subscriber)?;
    Change::new(callback_id, subscriber, new.effective_on, now, old.key).get_result::<Uuid>(tx.connection)?;
    if callback_id != old.callback_id {
        Move::new(callback_id, now, old.key, old.callback_id, now).get_result::<i64>(tx.connection)?;
        callbacks::drop_unused(tx, old.callback_id)?;
    }
    Ok(())
}

/// Ends a subscription: nothing more is told, but for what a worker is sending at this moment. What was told stays in the
/// log until its time is over, and nobody can ask for it.
///
/// # Errors
/// [`StoreError`].
pub fn delete(tx: &mut Tx<'_>, subscription: &Subscription) -> Result<(), StoreError> {
    // First its row: the fan-out holds it while it writes, so what is forgotten next is all there is.
    let callback_id = Delete::new(subscription.key).get_result::<Uuid>(tx.connection)?;
    Forget::new(subscription.key).get_result::<i64>(tx.connection)?;
    callbacks::drop_unused(tx, callback_id)?;
    Ok(())
}
