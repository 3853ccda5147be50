//! Callbacks that may not be called, and receivers that do what no receiver should: each is refused or cut off, told to nobody, and
//! harms nobody else.

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use testkit::receiver::{Reaction, Received};

use crate::{
    stage::TestPlatform,
    subscriber::{REVOKE, about},
};

#[tokio::test]
async fn s01_s04_a_callback_that_is_not_on_the_public_internet_is_refused() {
    let platform = TestPlatform::shared().await;
    let subscriber = platform.subscriber().await;
    let operations = platform.addresses.operations.port();
    let here = TcpListener::bind("127.0.0.1:0").unwrap();
    here.set_nonblocking(true).unwrap();
    let port = here.local_addr().unwrap().port();
    for url in [
        "http://hooks.recipient.example/",
        "ftp://hooks.recipient.example/",
        "https://user:secret@hooks.recipient.example/",
        "https://hooks.recipient.example:22/",
        "https://hooks.recipient.example:9464/",
        "https://hooks.recipient.example/#fragment",
        "https://10.0.0.1/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[64:ff9b::7f00:1]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://metadata/",
        "https://LOCALHOST/",
        "https://localhost./",
        "https://h\u{f6}oks.example/",
        // Nobody has it.
        "https://nobody.invalid/",
    ] {
        let answer = subscriber.ask(REVOKE, url).await;
        answer.refused_by_fdx(400, "401");
        assert!(answer.text.contains("callbackUrl"), "{}", answer.text);
    }
    for url in [
        format!("https://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{operations}/metrics"),
        format!("https://0x7f.1:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
    ] {
        subscriber.ask(REVOKE, &url).await.refused_by_fdx(400, "401");
    }
    assert!(here.accept().is_err(), "nobody came");
}

/// A receiver that misbehaves on the first attempts, and what the log says of them; then it takes the notification.
async fn misbehaves(reaction: Reaction, outcome: &str) {
    let platform = TestPlatform::start().await;
    let subscriber = platform.subscriber().await;
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let receiver = platform.receiver(move |request| {
        if request.challenge().is_none() && counted.fetch_add(1, Ordering::SeqCst) == 0 {
            reaction.clone()
        } else {
            Reaction::Take
        }
    });
    subscriber.subscribe(REVOKE, &receiver.url("/hook")).await;
    let consents = platform.consents(&subscriber, 1).await;
    platform.revoke(&consents[0]).await;
    let mut session = platform.database.session();
    let failed = tokio::task::spawn_blocking(move || {
        session.await_number(
            "SELECT count(*) FROM notifications WHERE attempts = 1 AND state = 'PENDING'",
            |n| n == 1,
        );
    });
    failed.await.unwrap();
    assert_eq!(
        subscriber.log(&platform, REVOKE),
        [format!("1 PENDING 1 {outcome}")]
    );
    platform.platform.clock.pass(5);
    let is_taken = |seen: &[Received]| {
        let last = seen.last().is_some_and(|one| one.challenge().is_none());
        last && seen.last().is_some_and(|one| one.reaction == Reaction::Take)
    };
    let seen = receiver.wait_until(is_taken).await;
    assert_eq!(about(seen.last().unwrap()).0, consents[0]);
    assert!(
        seen.iter().all(|one| one.path == "/hook"),
        "nothing else was called"
    );
}

#[tokio::test]
async fn s06_a_redirect_is_not_followed() {
    let answer = "HTTP/1.1 307 Elsewhere\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n";
    misbehaves(Reaction::Raw(answer.into()), "307").await;
}

#[tokio::test]
async fn s06_a_long_answer_is_not_read() {
    let answer = testkit::receiver::with_body(200, &" ".repeat(65 * 1_024));
    misbehaves(Reaction::Raw(answer), "too_long").await;
}

#[tokio::test]
async fn s06_an_endless_answer_is_not_read() {
    let mut answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..100 {
        answer.extend(format!("1000\r\n{}\r\n", "a".repeat(4_096)).into_bytes());
    }
    misbehaves(Reaction::Raw(answer), "too_long").await;
}

/// What is packed stays packed: 64 KiB of it are no gigabyte.
#[tokio::test]
async fn s06_a_packed_answer_is_not_unpacked() {
    let answer = "HTTP/1.1 503 Bomb\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc";
    misbehaves(Reaction::Raw(answer.into()), "503").await;
}

#[tokio::test]
async fn a_receiver_that_hangs_up_or_speaks_nonsense_is_tried_again() {
    misbehaves(Reaction::Cut, "broken").await;
    misbehaves(Reaction::Raw(b"220 smtp.example ready\r\n".to_vec()), "broken").await;
}

/// One receiver says nothing for as long as it may; the others hear at once.
#[tokio::test]
async fn s06_a_receiver_that_says_nothing_delays_nobody_else_and_is_given_ten_seconds() {
    let platform = TestPlatform::start().await;
    let (slow, quick) = (platform.subscriber().await, platform.subscriber().await);
    let silent = platform.receiver(|request| match request.challenge() {
        Some(_) => Reaction::Take,
        None => Reaction::Hang,
    });
    let receiver = platform.receiver(|_| Reaction::Take);
    slow.subscribe(REVOKE, &silent.url("/hook")).await;
    quick.subscribe(REVOKE, &receiver.url("/hook")).await;
    let taken = |seen: &[Received]| seen.iter().filter(|one| one.challenge().is_none()).count();
    let consents = (
        platform.consents(&slow, 20).await,
        platform.consents(&quick, 3).await,
    );
    for consent_id in &consents.0 {
        platform.revoke(consent_id).await;
    }
    silent.wait_until(move |seen| taken(seen) > 0).await;
    for consent_id in &consents.1 {
        platform.revoke(consent_id).await;
    }
    receiver.wait_until(move |seen| taken(seen) == 3).await;
    let timeouts = "SELECT count(*) FROM notifications WHERE last_outcome = 'timeout'";
    assert_eq!(
        platform.database.session().number(timeouts),
        0,
        "it has its time yet"
    );
    // No more at a time than one host may get.
    assert!(taken(&silent.received()) <= 16);
    let mut session = platform.database.session();
    let failed = tokio::task::spawn_blocking(move || {
        session.await_number(timeouts, |n| n > 0);
    });
    failed.await.unwrap();
}

/// S08: what a receiver answers is told to nobody: not to the recipient's log, which has a status or one word.
#[tokio::test]
async fn s08_what_a_callback_answers_is_told_to_nobody() {
    let platform = TestPlatform::start().await;
    let subscriber = platform.subscriber().await;
    let receiver = platform.receiver(|request| match request.challenge() {
        Some(_) => Reaction::Take,
        None => Reaction::Raw(testkit::receiver::with_body(500, "a secret of the intranet")),
    });
    subscriber.subscribe(REVOKE, &receiver.url("/hook")).await;
    let consents = platform.consents(&subscriber, 1).await;
    platform.revoke(&consents[0]).await;
    receiver.wait_until(|seen| seen.len() == 2).await;
    let mut session = platform.database.session();
    let written = tokio::task::spawn_blocking(move || {
        session.await_number("SELECT count(*) FROM notifications WHERE attempts = 1", |n| {
            n == 1
        });
    });
    written.await.unwrap();
    let path = format!("/notification-subscriptions/{REVOKE}/deliveries");
    let log = subscriber
        .call(reqwest::Method::GET, &path, None)
        .await
        .expect(200);
    assert!(log.text.contains("\"500\""), "{}", log.text);
    assert!(!log.text.contains("intranet"), "{}", log.text);
}
