//! Delivery while all goes well, and while a receiver fails: challenged first, signed, in order, repeated, parked, resumed; by one
//! replica or several.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::Method;
use testkit::{
    message_signature,
    receiver::{Reaction, Received},
};

use crate::{
    stage::{PRESENTED, TestPlatform},
    subscriber::{HOLD, REVOKE, about},
};

/// How many that are no challenge were taken.
fn taken(received: &[Received]) -> usize {
    let taken = received.iter().filter(|one| one.reaction == Reaction::Take);
    taken.filter(|one| one.challenge().is_none()).count()
}

/// Until the challenge is answered nothing else is sent; what happened in the meantime then comes.
#[tokio::test]
async fn s10_a_callback_hears_nothing_before_it_has_answered_the_challenge() {
    let platform = TestPlatform::start().await;
    let subscriber = platform.subscriber().await;
    let is_willing = Arc::new(AtomicBool::new(false));
    let willing = Arc::clone(&is_willing);
    let receiver = platform.receiver(move |request| match willing.load(Ordering::SeqCst) {
        true => Reaction::Take,
        // A 200 that does not know the challenge is no answer to it.
        false if request.challenge().is_some() => {
            Reaction::Raw(testkit::receiver::with_body(200, "{\"challenge\":\"another\"}"))
        }
        false => Reaction::Status(500),
    });
    subscriber.subscribe(REVOKE, &receiver.url("/hook")).await;
    receiver.wait_until(|seen| !seen.is_empty()).await;
    let consents = platform.consents(&subscriber, 1).await;
    platform.revoke(&consents[0]).await;
    let mut session = platform.database.session();
    session.await_number("SELECT count(*) FROM notifications", |made| made == 1);
    session.await_number("SELECT failures FROM notification_callbacks", |failures| {
        failures == 1
    });
    platform.platform.clock.pass(60);
    let seen = receiver.wait_until(|seen| seen.len() >= 2).await;
    session.await_number("SELECT failures FROM notification_callbacks", |failures| {
        failures == 2
    });
    let challenges: HashSet<_> = seen.iter().map(|one| one.challenge().unwrap()).collect();
    assert_eq!(challenges.len(), seen.len(), "each challenge is new");
    assert_eq!(subscriber.log(&platform, REVOKE), ["1 PENDING 0"]);

    is_willing.store(true, Ordering::SeqCst);
    platform.platform.clock.pass(60);
    receiver.wait_until(|seen| taken(seen) == 1).await;
    assert_eq!(
        about(&receiver.notifications()[0]),
        (consents[0].clone(), REVOKE.into())
    );
}

/// Challenge and notification carry our certificate and a signature that a recipient can verify with our published keys; what it covers
/// cannot be changed.
#[tokio::test]
async fn what_is_sent_is_signed_and_comes_with_our_certificate() {
    let platform = TestPlatform::start().await;
    let subscriber = platform.subscriber().await;
    let receiver = platform.receiver(|_| Reaction::Take);
    let url = receiver.url("/hook?key=a%20b");
    subscriber.subscribe(REVOKE, &url).await;
    let consents = platform.consents(&subscriber, 1).await;
    platform.revoke(&consents[0]).await;
    let seen = receiver.wait_until(|seen| taken(seen) == 1).await;

    let jwks = platform
        .platform
        .plain
        .get(format!("{}/fdx/auth/v1/jwks", platform.platform.public));
    let jwks = testkit::answer::Answer::to(jwks).await.json;
    let verified: Vec<_> = seen
        .iter()
        .map(|one| message_signature::verify(one, &url, &jwks).unwrap())
        .collect();
    assert_eq!(verified[0].tag, "fdx-notification-challenge");
    assert_eq!(verified[1].tag, "fdx-notification");
    for (one, verified) in seen.iter().zip(&verified) {
        assert_eq!(one.caller.as_deref(), Some(PRESENTED));
        assert_eq!(verified.created, platform.now().timestamp());
        assert_eq!(verified.expires, verified.created + 300);
        for name in ["@method", "@target-uri", "content-type", "content-digest", "date"] {
            assert!(verified.covered.iter().any(|covered| covered == name), "{name}");
        }
        assert_eq!(one.header("content-type"), Some("application/json"));
        assert!(one.header("x-fapi-interaction-id").is_some());
    }
    let body = seen[1].json();
    assert_eq!(body["category"], "CONSENT");
    assert_eq!(body["sequence"], 1);
    assert_eq!(body["notificationPayload"]["idType"], "CONSENT");

    let genuine = &seen[1];
    type Forgery = (&'static str, fn(&mut Received));
    let forged: [Forgery; 5] = [
        ("method", |one| one.method = "PUT".into()),
        ("body", |one| one.body.push(b' ')),
        ("date", |one| set(one, "date", "Thu, 01 Jan 1970 00:00:00 GMT")),
        ("type", |one| set(one, "content-type", "text/plain")),
        ("interaction", |one| set(one, "x-fapi-interaction-id", "another")),
    ];
    for (what, forge) in forged {
        let mut forged = genuine.clone();
        forge(&mut forged);
        assert!(message_signature::verify(&forged, &url, &jwks).is_err(), "{what}");
    }
    let elsewhere = receiver.url("/hook?key=b");
    assert!(message_signature::verify(genuine, &elsewhere, &jwks).is_err());
}

fn set(request: &mut Received, name: &str, value: &str) {
    for header in &mut request.headers {
        if header.0 == name {
            header.1 = value.into();
        }
    }
}

/// A consent's hold fails for a while; its end waits for it, and other consents do not. A repetition is the same to the last byte.
#[tokio::test]
async fn one_consents_events_come_in_order_and_hold_no_other_up() {
    let platform = TestPlatform::start().await;
    let subscriber = platform.subscriber().await;
    let consents = platform.consents(&subscriber, 2).await;
    let (stubborn, other) = (consents[0].clone(), consents[1].clone());
    let refused = Arc::new(AtomicUsize::new(0));
    let (count, which) = (Arc::clone(&refused), stubborn.clone());
    let receiver = platform.receiver(move |request| {
        let is_it = request.challenge().is_none() && about(request) == (which.clone(), HOLD.into());
        if is_it && count.fetch_add(1, Ordering::SeqCst) < 3 {
            Reaction::Status(503)
        } else {
            Reaction::Take
        }
    });
    for event_type in [HOLD, REVOKE] {
        subscriber.subscribe(event_type, &receiver.url("/hook")).await;
    }
    for consent_id in &consents {
        platform.hold(consent_id).await;
        platform.revoke(consent_id).await;
    }
    receiver.wait_until(|seen| taken(seen) == 2).await;
    let order: Vec<_> = receiver.notifications().iter().map(about).collect();
    assert_eq!(order, [(other.clone(), HOLD.into()), (other, REVOKE.into())]);
    let mut session = platform.database.session();
    for attempts in 1..=3 {
        // Written down first: the next attempt is reckoned from then.
        session.await_number("SELECT max(attempts) FROM notifications", |written| {
            written == attempts
        });
        platform.platform.clock.pass(2);
    }
    let seen = receiver.wait_until(|seen| taken(seen) == 4).await;
    assert_eq!(
        refused.load(Ordering::SeqCst),
        4,
        "three times refused, then taken"
    );
    let order: Vec<_> = receiver.notifications()[2..].iter().map(about).collect();
    assert_eq!(
        order,
        [(stubborn.clone(), HOLD.into()), (stubborn.clone(), REVOKE.into())]
    );
    let attempts: HashSet<_> = seen
        .iter()
        .filter(|one| one.challenge().is_none() && about(one) == (stubborn.clone(), HOLD.into()))
        .map(|one| one.body.clone())
        .collect();
    assert_eq!(attempts.len(), 1, "one body, four times");
    session.await_number(
        "SELECT count(*) FROM notifications WHERE state = 'DELIVERED'",
        |n| n == 4,
    );
    assert!(
        subscriber
            .log(&platform, HOLD)
            .contains(&"1 DELIVERED 4 204".to_owned())
    );
}

/// A receiver that is dead is asked with one notification at a time; after 72 hours all of them are parked, and one command takes them
/// up again. Another receiver of the same time hears everything at once.
#[tokio::test]
async fn a_dead_receiver_is_parked_after_72_hours_and_resumed() {
    let platform = TestPlatform::start().await;
    let (dead, alive) = (platform.subscriber().await, platform.subscriber().await);
    let (grave, receiver) = (
        platform.receiver(|_| Reaction::Take),
        platform.receiver(|_| Reaction::Take),
    );
    dead.subscribe(REVOKE, &grave.url("/hook")).await;
    alive.subscribe(REVOKE, &receiver.url("/hook")).await;
    grave.wait_until(|seen| seen.len() == 1).await;
    receiver.wait_until(|seen| seen.len() == 1).await;
    let mut session = platform.database.session();
    // Killed before its answer to the challenge is written down, it would be asked for that again, and by a clock that stands still.
    const VERIFIED: &str = "SELECT count(*) FROM notification_callbacks WHERE state = 'VERIFIED'";
    session.await_number(VERIFIED, |verified| verified == 2);
    grave.kill();
    for subscriber in [&dead, &alive] {
        for consent_id in platform.consents(subscriber, 20).await {
            platform.revoke(&consent_id).await;
        }
    }
    receiver.wait_until(|seen| taken(seen) == 20).await;
    const FAILURES: &str = "SELECT max(failures) FROM notification_callbacks";
    const PARKED: &str = "SELECT count(*) FROM notifications WHERE state = 'PARKED'";
    session.await_number(FAILURES, |failures| failures >= 5);
    let before = session.number(FAILURES);
    platform.platform.clock.pass(71 * 3_600);
    session.await_number(FAILURES, |failures| failures == before + 1);
    assert_eq!(session.number(PARKED), 0);
    platform.platform.clock.pass(2 * 3_600);
    session.await_number(PARKED, |parked| parked == 20);
    platform.platform.clock.pass(3_600);
    let idle = "SELECT count(*) FROM notification_callbacks WHERE failures > 0 AND next_attempt_at IS NULL";
    session.await_number(idle, |idle| idle == 1);

    grave.revive();
    let now = platform.now();
    let client_id = dead.recipient.client_id.parse().unwrap();
    let resumed = platform
        .tx(move |tx| {
            store::parked::resume(tx, Some(&client_id), None, now, now + chrono::Duration::hours(72))
        })
        .await;
    assert_eq!(resumed.notifications, 20);
    grave.wait_until(|seen| taken(seen) == 20).await;
}

/// Metrics tell how much was delivered, and to nobody whose it was.
#[tokio::test]
async fn t10_metrics_count_deliveries_and_name_nobody() {
    let platform = TestPlatform::start().await;
    let subscriber = platform.subscriber().await;
    let receiver = platform.receiver(|_| Reaction::Take);
    subscriber.subscribe(REVOKE, &receiver.url("/hook")).await;
    let consents = platform.consents(&subscriber, 1).await;
    platform.revoke(&consents[0]).await;
    let mut session = platform.database.session();
    let delivered = "SELECT count(*) FROM notifications WHERE state = 'DELIVERED'";
    session.await_number(delivered, |delivered| delivered == 1);
    let url = format!("http://{}/metrics", platform.addresses.operations);
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    for line in [
        "concordat_notification_attempts_total{outcome=\"2xx\"} 1",
        "concordat_notification_challenges_total{outcome=\"answered\"} 1",
        "concordat_notification_delay_seconds_count 1",
        "concordat_notifications_parked_total 0",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    for name in [subscriber.recipient.client_id.as_str(), &consents[0], "/hook"] {
        assert!(!text.contains(name), "{name}");
    }
}

/// Two replicas share the work: everything comes once, although both look.
#[tokio::test]
async fn replicas_share_the_work_and_send_nothing_twice() {
    let platform = TestPlatform::start().await;
    let _replica = platform.replica().await;
    let subscriber = platform.subscriber().await;
    let receivers: Vec<_> = (0..4).map(|_| platform.receiver(|_| Reaction::Take)).collect();
    let subscribers = [
        platform.subscriber().await,
        platform.subscriber().await,
        platform.subscriber().await,
        subscriber,
    ];
    let mut wanted = Vec::new();
    for (subscriber, receiver) in subscribers.iter().zip(&receivers) {
        subscriber.subscribe(REVOKE, &receiver.url("/hook")).await;
        wanted.push(platform.consents(subscriber, 50).await);
    }
    for place in 0..50 {
        for consents in &wanted {
            platform.revoke(&consents[place]).await;
        }
    }
    for (receiver, consents) in receivers.iter().zip(&wanted) {
        receiver.wait_until(|seen| taken(seen) >= 50).await;
        let mut heard: HashMap<String, usize> = HashMap::new();
        for one in receiver.notifications() {
            *heard.entry(about(&one).0).or_default() += 1;
        }
        assert_eq!(heard.len(), consents.len());
        assert!(heard.values().all(|&times| times == 1), "{heard:?}");
    }
}

/// While events flow the callback of a subscription changes, and another subscription comes and goes: every event arrives at one of
/// the callbacks, and what a change can make arrive twice is what was being sent at that moment.
#[tokio::test]
async fn a_subscription_that_changes_while_events_flow_loses_nothing() {
    let platform = TestPlatform::start().await;
    let subscriber = platform.subscriber().await;
    let (old, new) = (
        platform.receiver(|_| Reaction::Take),
        platform.receiver(|_| Reaction::Take),
    );
    let consents = platform.consents(&subscriber, 300).await;
    subscriber.subscribe(REVOKE, &old.url("/hook")).await;
    for (place, consent_id) in consents.iter().enumerate() {
        platform.hold(consent_id).await;
        platform.revoke(consent_id).await;
        match place {
            100 => subscriber.subscribe(REVOKE, &new.url("/hook")).await,
            150 => subscriber.subscribe(HOLD, &new.url("/hook")).await,
            250 => {
                let path = format!("/notification-subscriptions/{HOLD}");
                subscriber.call(Method::DELETE, &path, None).await.expect(204);
            }
            _ => {}
        }
    }
    let revocations = |seen: &[Received]| {
        let about = seen.iter().filter(|one| one.challenge().is_none()).map(about);
        about
            .filter(|(_, what)| what == REVOKE)
            .map(|(consent_id, _)| consent_id)
            .collect::<Vec<_>>()
    };
    let at_old = old.received();
    let before: HashSet<String> = revocations(&at_old).into_iter().collect();
    let everything = consents.len();
    new.wait_until(move |seen| {
        let here: HashSet<String> = revocations(seen).into_iter().collect();
        here.union(&before).count() == everything
    })
    .await;
    let arrived = old.notifications().len() + new.notifications().len();
    let told: HashSet<_> = old
        .notifications()
        .iter()
        .chain(&new.notifications())
        .map(about)
        .collect();
    assert!(
        arrived - told.len() <= 64,
        "{arrived} arrivals of {} events",
        told.len()
    );
    let holds: Vec<String> = new
        .notifications()
        .iter()
        .map(about)
        .filter(|(_, what)| what == HOLD)
        .map(|(consent_id, _)| consent_id)
        .collect();
    assert!(
        !holds.contains(&consents[299]),
        "after the subscription was deleted"
    );
    // What it was told of while it stood has no gap.
    assert!(old.wait(Duration::ZERO, |seen| taken(seen) > 0).await.1);
}
