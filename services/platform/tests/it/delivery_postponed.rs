//! A receiver that says when it will have time (`Retry-After`) is left alone until then, and within bounds.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use testkit::receiver::{Reaction, Received};

use crate::{
    stage::{Plan, TestPlatform},
    subscriber::{REVOKE, about},
};

/// The most that a platform of these tests waits.
const LONGEST: u32 = 900;

/// A receiver that asks the first caller, with a challenge or with a notification, to come back later; and its consents.
async fn asks(
    platform: &TestPlatform,
    challenged: bool,
    status: u16,
    retry_after: &str,
) -> (testkit::receiver::Receiver, Vec<String>) {
    let subscriber = platform.subscriber().await;
    let attempts = Arc::new(AtomicUsize::new(0));
    let answer =
        format!("HTTP/1.1 {status} Later\r\nretry-after: {retry_after}\r\ncontent-length: 0\r\n\r\n");
    let receiver = platform.receiver(move |request: &Received| {
        let counts = request.challenge().is_some() == challenged;
        match counts && attempts.fetch_add(1, Ordering::SeqCst) == 0 {
            true => Reaction::Raw(answer.clone().into()),
            false => Reaction::Take,
        }
    });
    subscriber.subscribe(REVOKE, &receiver.url("/hook")).await;
    let consents = platform.consents(&subscriber, 2).await;
    (receiver, consents)
}

async fn platform() -> TestPlatform {
    let mut plan = Plan::new();
    plan.longest_retry_seconds = LONGEST;
    plan.start().await
}

/// Waits until that number is `wanted`.
async fn until(platform: &TestPlatform, sql: String, wanted: i64) {
    let mut session = platform.database.session();
    tokio::task::spawn_blocking(move || session.await_number(&sql, |number| number == wanted))
        .await
        .unwrap();
}

/// Callbacks that nobody looks at for so many seconds, give or take the time that the test takes.
async fn paused_for(platform: &TestPlatform, seconds: i64) {
    let now = platform.now().to_rfc3339();
    until(
        platform,
        format!(
            "SELECT count(*) FROM notification_callbacks WHERE leased_by IS NULL AND next_attempt_at = paused_until
             AND paused_until - '{now}'::timestamptz BETWEEN interval '{} s' AND interval '{seconds} s'",
            seconds - 60,
        ),
        1,
    )
    .await;
}

#[tokio::test]
async fn who_has_no_time_is_left_alone_until_it_has() {
    for status in [429, 503] {
        let platform = platform().await;
        let (receiver, consents) = asks(&platform, false, status, "600").await;
        platform.revoke(&consents[0]).await;
        paused_for(&platform, 600).await;
        // Nor is it told of anything else.
        platform.revoke(&consents[1]).await;
        until(&platform, "SELECT count(*) FROM notifications".into(), 2).await;
        paused_for(&platform, 600).await;
        let told = receiver.received();
        assert_eq!(told.iter().filter(|one| one.challenge().is_none()).count(), 1);
        platform.platform.clock.pass(601);
        let seen = receiver
            .wait_until(|seen| seen.iter().filter(|one| one.challenge().is_none()).count() == 3)
            .await;
        let told: std::collections::BTreeSet<_> = seen[2..].iter().map(|one| about(one).0).collect();
        assert_eq!(told, consents.into_iter().collect());
    }
}

/// A date, and the answer to a challenge.
#[tokio::test]
async fn who_names_a_date_is_challenged_again_then() {
    let platform = platform().await;
    let then = platform.now() + chrono::Duration::seconds(300);
    let date = then.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let (receiver, _) = asks(&platform, true, 503, &date).await;
    paused_for(&platform, 300).await;
    platform.platform.clock.pass(301);
    until(
        &platform,
        "SELECT count(*) FROM notification_callbacks WHERE state = 'VERIFIED'".into(),
        1,
    )
    .await;
    assert_eq!(receiver.received().len(), 2);
}

/// Nobody's events are kept for ever by one answer, and an answer that is none says nothing.
#[tokio::test]
async fn n11_nobody_is_left_alone_for_longer_than_we_would_wait() {
    let platform = platform().await;
    let (_receiver, consents) = asks(&platform, false, 429, "99999999999").await;
    platform.revoke(&consents[0]).await;
    paused_for(&platform, i64::from(LONGEST)).await;
}
