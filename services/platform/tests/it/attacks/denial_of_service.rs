//! Whoever is slow or silent on a connection is cut off, and nobody else notices (N01). Whoever is ambiguous: `framing.rs`.
//!
//! The platform's patience is handed in, and short: nothing here waits for a time of its own.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant as Stopwatch},
};

use platform::Patience;
use testkit::answer::Answer;

use super::wire::{ask, connect, one_answer, rest_of};
use crate::stage::{Plan, TestPlatform};

const HEAD: &str = "GET /fdx/auth/v1/jwks HTTP/1.1\r\nHost: localhost\r\n\r\n";

async fn impatient() -> TestPlatform {
    let mut plan = Plan::new();
    plan.patience = Patience {
        handshake: Duration::from_millis(400),
        head: Duration::from_millis(500),
        body: Duration::from_millis(500),
        answer: Duration::from_millis(700),
        idle: Duration::from_millis(900),
    };
    plan.start().await
}

/// Sends a byte at a time, and then another, until nobody takes them any more.
fn trickle(stream: &mut (impl Read + Write), bytes: &[u8]) -> Duration {
    let began = Stopwatch::now();
    for byte in bytes.iter().cycle() {
        if stream.write_all(&[*byte]).is_err() || stream.flush().is_err() {
            break;
        }
        assert!(began.elapsed() < testkit::PATIENCE, "still listening");
        pause();
    }
    began.elapsed()
}

/// Between two bytes of somebody slow.
#[expect(clippy::disallowed_methods, reason = "slowness is what this sender is about")]
fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}

/// N01: silence before, in and after the handshake.
#[tokio::test]
async fn n01_who_says_nothing_is_sent_away() {
    let platform = impatient().await;
    for address in [platform.addresses.public, platform.addresses.mutual] {
        // Half of a ClientHello, and none at all.
        for bytes in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b""] {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(testkit::PATIENCE)).unwrap();
            stream.write_all(bytes).unwrap();
            let _ = rest_of(&mut stream);
        }
        assert_eq!(rest_of(&mut connect(address)), "");
        // After an answer.
        let mut stream = connect(address);
        stream.write_all(HEAD.as_bytes()).unwrap();
        assert!(one_answer(&mut stream).starts_with("HTTP/1.1 200"));
        assert_eq!(rest_of(&mut stream), "");
    }
}

/// N01: a head byte by byte; the first of a connection, and the second, which actix by itself would wait for for ever.
#[tokio::test]
async fn n01_a_slow_head_is_cut_off_the_second_like_the_first() {
    let platform = impatient().await;
    let mut first = connect(platform.addresses.public);
    trickle(&mut first, b"GET /a");

    let mut second = connect(platform.addresses.mutual);
    second.write_all(HEAD.as_bytes()).unwrap();
    assert!(one_answer(&mut second).starts_with("HTTP/1.1 200"));
    trickle(&mut second, b"x-header: value\r\n");

    // Half a head, and then silence.
    let mut half = connect(platform.addresses.public);
    half.write_all(HEAD.as_bytes()).unwrap();
    assert!(one_answer(&mut half).starts_with("HTTP/1.1 200"));
    half.write_all(&HEAD.as_bytes()[..30]).unwrap();
    assert_eq!(rest_of(&mut half), "");

    // The half of a second head that came together with the first.
    let mut together = connect(platform.addresses.public);
    together
        .write_all(format!("{HEAD}{}", &HEAD[..30]).as_bytes())
        .unwrap();
    let answers = rest_of(&mut together);
    assert_eq!(answers.matches("HTTP/1.1 ").count(), 1, "{answers}");
}

/// N01: a body byte by byte is answered 408, in the words of its endpoint.
#[tokio::test]
async fn n01_a_slow_body_is_answered_and_cut_off() {
    let platform = impatient().await;
    let head = "POST /fdx/auth/v1/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    for framing in ["Content-Length: 1000", "Transfer-Encoding: chunked"] {
        let mut stream = connect(platform.addresses.public);
        stream
            .write_all(head.replace("Content-Length: 1000", framing).as_bytes())
            .unwrap();
        let body = if framing.starts_with('C') {
            "a=b"
        } else {
            "3\r\na=b\r\n"
        };
        stream.write_all(body.as_bytes()).unwrap();
        let answer = rest_of(&mut stream);
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("\"error\":\"invalid_request\""), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
    let mut dripping = connect(platform.addresses.public);
    dripping.write_all(head.as_bytes()).unwrap();
    trickle(&mut dripping, b"a");
}

/// N01: whoever asks and does not read is cut off as well. Seen from outside: in the end nobody takes what it sends. Until then
/// no answers heap up for it: no more are made than the connection takes.
#[tokio::test]
async fn n01_who_does_not_read_is_cut_off() {
    let platform = impatient().await;
    let mut stream = connect(platform.addresses.public);
    stream
        .get_ref()
        .set_write_timeout(Some(testkit::PATIENCE))
        .unwrap();
    let ask = "GET /docs/authorization.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(16);
    let error = loop {
        if let Err(error) = stream.write_all(ask.as_bytes()) {
            break error;
        }
    };
    let silent = [std::io::ErrorKind::WouldBlock, std::io::ErrorKind::TimedOut];
    assert!(!silent.contains(&error.kind()), "{error:?}");
    others_are_served(&platform).await;
    let metrics = format!("http://{}/metrics", platform.addresses.operations);
    let metrics = reqwest::get(metrics).await.unwrap().text().await.unwrap();
    let made = metrics
        .lines()
        .find(|line| line.contains("requests_total") && line.contains("/docs/authorization.json"))
        .and_then(|line| line.rsplit_once(' '))
        .unwrap_or_else(|| panic!("{metrics}"));
    let made: u32 = made.1.parse().unwrap();
    assert!((1..2_000).contains(&made), "{made} answers");
}

/// N01: many that are slow hold up nobody who is not.
#[tokio::test]
async fn n01_others_are_served_meanwhile() {
    let platform = TestPlatform::start().await;
    let mut slow: Vec<_> = (0..200).map(|_| connect(platform.addresses.public)).collect();
    for stream in &mut slow {
        stream.write_all(&HEAD.as_bytes()[..40]).unwrap();
    }
    others_are_served(&platform).await;
    drop(slow);
}

/// N11: the database takes its time with tokens; what needs them is told so within seconds, and the rest is served as ever.
#[tokio::test]
async fn n11_a_slow_table_holds_up_nothing_else() {
    let platform = TestPlatform::start().await;
    let recipient = platform.recipient("fapi2-security").await;
    let ask = || recipient.post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")]);
    ask().send().await.expect(200);
    let mut session = platform.database.session();
    session.execute("BEGIN; LOCK TABLE access_tokens IN ACCESS EXCLUSIVE MODE");
    let posts: Vec<_> = (0..200).map(|_| ask()).collect();
    let waiting = tokio::spawn(crate::parties::all(
        posts.into_iter().map(|post| async move { post.send().await }),
    ));
    let began = Stopwatch::now();
    others_are_served(&platform).await;
    let live = format!("http://{}/health/live", platform.addresses.operations);
    assert_eq!(reqwest::get(live).await.unwrap().status(), 200);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    for answer in waiting.await.unwrap() {
        answer.refused(503, "temporarily_unavailable");
    }
    session.execute("ROLLBACK");
    ask().send().await.expect(200);
}

/// N11: a flood of guesses at a secret that is hashed slowly holds up nobody who proves themselves in another way.
#[tokio::test]
async fn n11_a_flood_of_guesses_holds_up_nobody_else() {
    use argon2::{Argon2, PasswordHasher as _};
    let platform = TestPlatform::start().await;
    let recipient = platform.recipient("fapi2-security").await;
    let application = platform.application("participantuser:consents:read").await;
    let hash = Argon2::default()
        .hash_password(b"chosen by an operator")
        .unwrap()
        .to_string();
    platform.database.session().execute(&format!(
        "UPDATE clients SET secret_hash = '{hash}', version = version + 1 WHERE client_id = '{}'",
        application.client_id
    ));
    let guess = |secret: &str| {
        platform
            .platform
            .plain
            .post(format!("{}/fdx/auth/v1/token", platform.platform.public))
            .basic_auth(&application.client_id, Some(secret))
            .form(&[("grant_type", "client_credentials")])
    };
    let guesses: Vec<_> = (0..150).map(|number| guess(&number.to_string())).collect();
    let flood = tokio::spawn(crate::parties::all(guesses.into_iter().map(Answer::to)));
    // Each of these needs the database, whose work waits for threads as well.
    for _ in 0..20 {
        let ask = recipient.post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")]);
        let began = Stopwatch::now();
        ask.send().await.expect(200);
        assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
        others_are_served(&platform).await;
    }
    for answer in flood.await.unwrap() {
        assert!(
            [401, 503].contains(&answer.status),
            "{} {}",
            answer.status,
            answer.text
        );
    }
    Answer::to(guess("chosen by an operator")).await.expect(200);
}

/// A connection that a client opened in advance, as pools of connections do, is not taken for a slow one: between the
/// handshake and the first byte there is the time that there is between two requests.
#[tokio::test]
async fn a_connection_may_wait_for_its_first_request() {
    let mut plan = Plan::new();
    plan.patience.head = Duration::from_millis(300);
    let platform = plan.start().await;
    let mut early = connect(platform.addresses.public);
    // Until another's head has run out of time.
    let mut slow = connect(platform.addresses.public);
    slow.write_all(b"GET").unwrap();
    assert_eq!(rest_of(&mut slow), "");
    early.write_all(HEAD.as_bytes()).unwrap();
    assert!(one_answer(&mut early).starts_with("HTTP/1.1 200"));
}

async fn others_are_served(platform: &TestPlatform) {
    let plain = platform.platform.channel(None);
    for path in ["/fdx/auth/v1/jwks", "/.well-known/openid-configuration"] {
        Answer::to(plain.get(format!("{}{path}", platform.platform.public)))
            .await
            .expect(200);
    }
}

/// N05, N06, Z03: what a caller may make of headers and of the path comes back in no answer.
#[tokio::test]
async fn n06_nothing_of_a_request_is_reflected_in_headers() {
    let platform = TestPlatform::shared().await;
    for (name, head) in [
        (
            "interaction id",
            "GET /fdx/v6/core/accounts HTTP/1.1\r\nHost: x\r\nx-fapi-interaction-id: marker\r\n",
        ),
        ("path", "GET /fdx/v6/core/marker HTTP/1.1\r\nHost: x\r\n"),
        (
            "host",
            "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: marker\r\nX-Forwarded-Host: marker\r\n",
        ),
        (
            "origin",
            "GET /fdx/auth/v1/jwks HTTP/1.1\r\nHost: x\r\nOrigin: https://marker\r\n",
        ),
        (
            "line break",
            "GET /fdx/auth/v1/authorize?client_id=%0d%0aSet-Cookie:marker HTTP/1.1\r\nHost: x\r\n",
        ),
        ("method", "MARKER /fdx/auth/v1/token HTTP/1.1\r\nHost: x\r\n"),
    ] {
        let answer = ask(
            platform.addresses.public,
            format!("{head}Connection: close\r\n\r\n").as_bytes(),
        );
        assert!(answer.starts_with("HTTP/1.1 "), "{name}: {answer}");
        assert!(
            !answer.to_ascii_lowercase().contains("marker"),
            "{name}: {answer}"
        );
    }
}
