//! Events that no change of a consent made: the bank's, and tests of a subscription. The fan-out tells them.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{
    AccountId, Instant,
    notification::{NotificationCategory, NotificationPriority, NotificationSeverity, NotificationType},
};
use uuid::Uuid;

use crate::{Tx, error::StoreError, statement::statement};

/// Who hears it. Each also only by a subscription to its type and category, but for the one that is tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Every subscriber.
    Everybody,
    /// Recipients with a consent that serves this account's balances now.
    Account(AccountId),
    /// One subscription.
    Subscription(Uuid),
}

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Announcement {
    /// Becomes the `notificationId` of everybody who hears it.
    pub announcement_id: Uuid,
    /// What happened.
    pub event_type: NotificationType,
    /// Of the categories of that type.
    pub category: NotificationCategory,
    /// How grave.
    pub severity: NotificationSeverity,
    /// How soon.
    pub priority: NotificationPriority,
    /// FDX `NotificationPayload`. Never a secret or an account number.
    pub payload: serde_json::Value,
    /// Who.
    pub audience: Audience,
}

statement! {
    Insert -> SqlUuid ;
    "INSERT INTO announcements (announcement_id, created_at, event_type, category, severity, priority, payload, audience,
     account_id, subscription_key) SELECT new.*
     FROM (SELECT " (announcement_id: SqlUuid = Uuid) "::uuid, " (now: Timestamptz = Instant) "::timestamptz AS now, "
    (event_type: Text = &'a str) "::text, " (category: Text = &'a str) "::text, " (severity: Text = &'a str) "::text, "
    (priority: Text = &'a str) "::text, " (payload: Jsonb = &'a serde_json::Value) "::jsonb, " (audience: Text = &'a str)
    "::text, " (account_id: Nullable<Text> = Option<&'a str>) "::text, "
    (subscription_key: Nullable<SqlUuid> = Option<Uuid>) "::uuid AS subscription_key) new
     WHERE new.subscription_key IS NULL OR (SELECT count(*) FROM announcements a
        WHERE a.subscription_key = new.subscription_key AND a.created_at > new.now - interval '1 minute') < "
    (most_a_minute: BigInt = i64) " RETURNING announcement_id"
}

/// Puts an event where the fan-out finds it. Of those for one subscription at most `most_a_minute` are taken: returns
/// whether this one was.
///
/// # Errors
/// [`StoreError`].
pub fn push(
    tx: &mut Tx<'_>,
    announcement: &Announcement,
    most_a_minute: i64,
    now: Instant,
) -> Result<bool, StoreError> {
    let (audience, account_id, subscription_key) = match &announcement.audience {
        Audience::Everybody => ("EVERYBODY", None, None),
        Audience::Account(account_id) => ("ACCOUNT", Some(account_id.as_str()), None),
        Audience::Subscription(key) => ("SUBSCRIPTION", None, Some(*key)),
    };
    let pushed = Insert::new(
        announcement.announcement_id,
        now,
        announcement.event_type.as_str(),
        announcement.category.as_str(),
        announcement.severity.as_str(),
        announcement.priority.as_str(),
        &announcement.payload,
        audience,
        account_id,
        subscription_key,
        most_a_minute,
    )
    .get_result::<Uuid>(tx.connection)
    .optional()?;
    Ok(pushed.is_some())
}
