//! Before the first event a callback must show that whoever runs it wants to hear (S10): it is sent a signed challenge,
//! `{"challenge": "43 characters"}`, and answers 200 with the same member and value.
//!
//! The challenge is new at each attempt and kept nowhere: the answer comes with the same call or not at all.

use std::{convert::Infallible, sync::Arc};

use serde_json::{Value, json};
use store::deliveries::Leased;

use super::{Delivery, attempt, backoff, signature};

/// Asks, and writes down what came of it.
pub(super) async fn run(delivery: &Arc<Delivery>, callback: &Leased) {
    let mut bytes = [0; 32];
    delivery.app.random().fill(&mut bytes);
    let challenge = jose::base64url(bytes);
    let body = json!({ "challenge": challenge }).to_string().into_bytes();
    let answer = attempt::post(delivery, &callback.callback_url, signature::CHALLENGE, body).await;
    let outcome = match &answer {
        Ok(answer) if answer.status == 200 && !echoes(&answer.body, &challenge) => "no_echo".to_owned(),
        Ok(answer) => attempt::word(Ok(answer.status)),
        Err(failure) => attempt::word(Err(*failure)),
    };
    let is_verified = outcome == "200";
    delivery.metrics.challenged(is_verified);

    let (worker, callback_id, now) = (delivery.worker, callback.callback_id, delivery.app.now());
    let failures = u32::try_from(callback.failures)
        .unwrap_or_default()
        .saturating_add(1);
    let asked = answer
        .as_ref()
        .ok()
        .and_then(|answer| backoff::asked(answer, &delivery.settings, now));
    let wait = backoff::after(failures, &delivery.settings, delivery.app.random());
    let again_at = now + wait.max(asked.unwrap_or_default());
    let written = delivery
        .app
        .store
        .once::<_, Infallible, _>("settle_challenge", move |tx| {
            if is_verified {
                store::challenges::verified(tx, worker, now, callback_id, &outcome)?;
                return Ok(false);
            }
            Ok(store::challenges::unverified(
                tx,
                worker,
                now,
                callback_id,
                &outcome,
                again_at,
            )?)
        })
        .await;
    match written {
        Ok(false) => {}
        Ok(true) => tracing::warn!(callback.id = %callback_id, "parked: its challenge was never answered"),
        // The lease runs out, and it is asked again.
        Err(error) => {
            tracing::warn!(worker = "delivery", %error, "a challenge's outcome could not be written down");
        }
    }
    if is_verified {
        delivery.wake.notify_one();
    }
}

/// Whether that is the same member with the same value. Other members are the recipient's business.
fn echoes(body: &[u8], challenge: &str) -> bool {
    serde_json::from_slice::<Value>(body)
        .is_ok_and(|body| body.get("challenge").and_then(Value::as_str) == Some(challenge))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s10_only_the_same_challenge_is_an_echo() {
        for body in [
            r#"{"challenge":"abc"}"#,
            r#"{ "status": "ok", "challenge": "abc" }"#,
        ] {
            assert!(echoes(body.as_bytes(), "abc"));
        }
        for body in [
            "",
            "abc",
            "\"abc\"",
            "{}",
            r#"{"challenge":""}"#,
            r#"{"challenge":"abcd"}"#,
            r#"{"challenge":["abc"]}"#,
            r#"{"challenge":null}"#,
            r#"{"challenge":"abc"}x"#,
        ] {
            assert!(!echoes(body.as_bytes(), "abc"), "{body}");
        }
    }
}
