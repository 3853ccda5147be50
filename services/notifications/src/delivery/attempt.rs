//! One attempt to deliver one notification.

use outbound::{Failure, Method};
use store::deliveries::{Attempt, Due};

use super::{Delivery, backoff, signature};
use crate::notification::Notification;

/// Signs, sends and judges. A recipient has taken a notification when it answers 2xx, whatever else it says.
pub(super) async fn run(delivery: &Delivery, callback_url: &str, due: Due) -> Attempt {
    let (sequence, created_at) = (due.notification.sequence, due.notification.created_at);
    let publisher_name = &delivery.notifications.publisher_name;
    let notification = Notification::of(due.notification, publisher_name, &delivery.app.endpoints);
    let outcome = match serde_json::to_vec(&notification) {
        Ok(body) => post(delivery, callback_url, signature::NOTIFICATION, body)
            .await
            .map(|answer| answer.status),
        Err(error) => {
            tracing::error!(%error, "a notification could not be written");
            Err(Failure::Broken)
        }
    };
    let now = delivery.app.now();
    delivery.metrics.attempted(outcome, now - created_at);
    let failures = u32::try_from(due.attempts).unwrap_or_default().saturating_add(1);
    let wait = backoff::after(failures, &delivery.settings, delivery.app.random());
    Attempt {
        subscription_key: due.subscription_key,
        sequence,
        created_at,
        delivered: matches!(outcome, Ok(200..=299)),
        outcome: word(outcome),
        next_attempt_at: now + wait,
    }
}

/// Posts a signed document to a callback. Its URL is read again each time: what may be called can change with the settings.
pub(super) async fn post(
    delivery: &Delivery,
    callback_url: &str,
    tag: &str,
    body: Vec<u8>,
) -> Result<outbound::Answer, Failure> {
    let target = delivery
        .notifications
        .outbound
        .read(callback_url)
        .map_err(|_| Failure::Address)?;
    let now = delivery.app.now();
    let interaction_id = domain::id::random_uuid(delivery.app.random());
    let ring = delivery.app.keys.ring();
    let headers = signature::headers(&ring, tag, target.url().as_str(), &body, interaction_id, now);
    let headers = headers.map_err(|error| {
        tracing::error!(%error, "a notification could not be signed");
        Failure::Broken
    })?;
    delivery
        .notifications
        .outbound
        .send(Method::POST, &target, headers, body)
        .await
}

/// A status, or one word.
pub(super) fn word(outcome: Result<u16, Failure>) -> String {
    match outcome {
        Ok(status) => status.to_string(),
        Err(failure) => failure.as_str().to_owned(),
    }
}
