//! One attempt to deliver one notification.

use domain::Instant;
use outbound::{Failure, Method};
use store::deliveries::{Attempt, Due};

use super::{Delivery, backoff, signature};
use crate::notification::Notification;

/// What came of it.
pub(super) struct Tried {
    pub(super) attempt: Attempt,
    /// Until when the receiver has asked to be left alone.
    pub(super) pause: Option<Instant>,
}

/// Signs, sends and judges. A recipient has taken a notification when it answers 2xx, whatever else it says.
pub(super) async fn run(delivery: &Delivery, callback_url: &str, due: Due) -> Tried {
    let (sequence, created_at) = (due.notification.sequence, due.notification.created_at);
    let publisher_name = &delivery.notifications.publisher_name;
    let notification = Notification::of(due.notification, publisher_name, &delivery.app.endpoints);
    let answer = match serde_json::to_vec(&notification) {
        Ok(body) => post(delivery, callback_url, signature::NOTIFICATION, body).await,
        Err(error) => {
            tracing::error!(%error, "a notification could not be written");
            Err(Failure::Broken)
        }
    };
    let now = delivery.app.now();
    let asked = answer
        .as_ref()
        .ok()
        .and_then(|answer| backoff::asked(answer, &delivery.settings, now));
    let outcome = answer.map(|answer| answer.status);
    delivery.metrics.attempted(outcome, now - created_at);
    let failures = u32::try_from(due.attempts).unwrap_or_default().saturating_add(1);
    let wait = backoff::after(failures, &delivery.settings, delivery.app.random());
    Tried {
        attempt: Attempt {
            subscription_key: due.subscription_key,
            sequence,
            created_at,
            delivered: matches!(outcome, Ok(200..=299)),
            outcome: word(outcome),
            next_attempt_at: now + wait.max(asked.unwrap_or_default()),
        },
        pause: asked.map(|asked| now + asked),
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
