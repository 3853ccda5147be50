//! Subscriptions, and what became of notifications, as they are written.

use domain::{
    fdx::{DateString, PageLinks, PageMetadata},
    notification::{
        CallbackState, DeliveryState, NotificationCategory, NotificationType, Subscriber, SubscriptionId,
    },
};
use serde::Serialize;
use store::{notifications::DeliveryRow, subscriptions::Subscription};
use uuid::Uuid;

use crate::notification::{Notification, time};

/// FDX `NotificationSubscription`, and how it stands.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NotificationSubscription)]
pub(crate) struct SubscriptionEntity {
    subscription_id: SubscriptionId,
    r#type: NotificationType,
    category: NotificationCategory,
    callback_url: String,
    subscriber: Subscriber,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_date: Option<DateString>,
    /// Whether events flow to the callback. Not in FDX.
    callback_status: CallbackState,
    /// Sequence of its newest notification; 0 while there is none. Not in FDX.
    last_sequence: i64,
}

impl From<Subscription> for SubscriptionEntity {
    fn from(subscription: Subscription) -> Self {
        Self {
            subscription_id: subscription.subscription_id,
            r#type: subscription.event_type,
            category: subscription.category,
            callback_url: subscription.callback_url,
            subscriber: subscription.subscriber,
            effective_date: subscription.effective_on.map(DateString::from),
            callback_status: subscription.callback_state,
            last_sequence: subscription.last_sequence,
        }
    }
}

/// A recipient's subscriptions, oldest first. There are never more than a page holds.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NotificationSubscriptions {
    pub(crate) page: PageMetadata,
    pub(crate) notification_subscriptions: Vec<SubscriptionEntity>,
}

/// A page of what a recipient was told.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct NotificationList {
    pub(crate) page: PageMetadata,
    pub(crate) links: PageLinks,
    pub(crate) updates: Updates,
    /// In the order in which they were made.
    pub(crate) notifications: Vec<Notification>,
}

/// How to ask for what comes after (FDX `updates`).
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Updates {
    /// Give it as `updatedSince`, whenever: what was made after this answer's last notification follows.
    pub(crate) next_update_id: String,
}

/// A page of the delivery log.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct DeliveryLog {
    pub(crate) page: PageMetadata,
    pub(crate) links: PageLinks,
    /// Newest first.
    pub(crate) deliveries: Vec<Delivery>,
}

/// What became of one notification.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delivery {
    sequence: i64,
    #[schema(value_type = String, format = Uuid)]
    notification_id: Uuid,
    r#type: NotificationType,
    /// When it was made. Milliseconds, UTC.
    sent_on: String,
    status: DeliveryState,
    /// How often it was sent.
    attempts: i32,
    /// When last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_attempt_time: Option<String>,
    /// What came of that: a status, or a word. Never what the receiver said (S08).
    #[serde(skip_serializing_if = "Option::is_none")]
    last_outcome: Option<String>,
    /// When it will be sent, at the earliest; while it is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_time: Option<String>,
    /// When the callback took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_time: Option<String>,
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Self {
        Self {
            sequence: row.sequence,
            notification_id: row.notification_id,
            r#type: row.event_type,
            sent_on: time(row.created_at),
            status: row.state,
            attempts: row.attempts,
            last_attempt_time: row.last_attempt_at.map(time),
            last_outcome: row.last_outcome,
            next_attempt_time: (row.state == DeliveryState::Pending).then(|| time(row.next_attempt_at)),
            delivered_time: row.delivered_at.map(time),
        }
    }
}
