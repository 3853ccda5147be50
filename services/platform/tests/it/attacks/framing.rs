//! Requests that two readers could take for different ones (N03), and heads without end: each is refused with one answer, and what is
//! hidden behind it is never served. Beside them what looks alike and is good.

use std::{
    io::{Read as _, Write as _},
    net::SocketAddr,
};

use super::wire::{ask, connect, one_answer, rest_of};
use crate::{stage::TestPlatform, table::Table};

const HEAD: &str = "GET /fdx/auth/v1/jwks HTTP/1.1\r\nHost: localhost\r\n\r\n";

const TOKEN: &str = "POST /fdx/auth/v1/token HTTP/1.1\r\nHost: localhost\r\n\
                     Content-Type: application/x-www-form-urlencoded\r\n";

/// The status and the text of each answer.
fn answers(text: &str) -> Vec<(u16, &str)> {
    text.split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| (answer[..3].parse().unwrap(), answer))
        .collect()
}

/// Exactly one answer, with that status, that says that the connection is over; and it is.
fn refused(address: SocketAddr, bytes: &str, status: u16) -> Result<(), String> {
    let text = ask(address, bytes.as_bytes());
    let answers = answers(&text);
    match answers[..] {
        [(told, answer)] if told == status && answer.contains("connection: close") => Ok(()),
        _ => Err(format!("wanted {status}: {text:?}")),
    }
}

/// Every row at the same time: each waits until its connection is closed.
fn each<T: Sync>(rows: &[(&str, T)], holds: impl Fn(&T) -> Result<(), String> + Sync) {
    let mut table = Table::default();
    std::thread::scope(|scope| {
        let holds = &holds;
        let running: Vec<_> = rows
            .iter()
            .map(|(name, row)| (name, scope.spawn(move || holds(row))))
            .collect();
        for (name, outcome) in running {
            let outcome = outcome.join().unwrap();
            table.holds(name, outcome.is_ok(), || outcome.unwrap_err());
        }
    });
    table.done();
}

/// Heads that have two readings, or none.
fn ambiguous_heads() -> Vec<(&'static str, (String, u16))> {
    let post = |headers: &str, body: &str| format!("{TOKEN}{headers}\r\n{body}");
    let get = |line: &str, headers: &str| format!("{line}\r\n{headers}\r\n");
    let jwks = "GET /fdx/auth/v1/jwks HTTP/1.1";
    let rows = [
        (
            "CL and TE",
            post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ),
        (
            "TE and CL",
            post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
        ),
        (
            "TE and CL of 0",
            post("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", "0\r\n\r\n"),
        ),
        (
            "two CL",
            post("Content-Length: 3\r\nContent-Length: 0\r\n", "abc"),
        ),
        (
            "two CL that agree",
            post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"),
        ),
        ("two CL in one", post("Content-Length: 3, 0\r\n", "abc")),
        ("CL with a sign", post("Content-Length: +3\r\n", "abc")),
        ("CL below nothing", post("Content-Length: -3\r\n", "abc")),
        (
            "CL beyond all",
            post("Content-Length: 18446744073709551616\r\n", "abc"),
        ),
        ("CL in hex", post("Content-Length: 0x3\r\n", "abc")),
        ("CL of nothing", post("Content-Length:\r\n", "abc")),
        (
            "TE that is none",
            post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        ),
        (
            "TE twice",
            post(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                "0\r\n\r\n",
            ),
        ),
        (
            "TE with chunked inside",
            post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
        ),
        (
            "TE after another",
            post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
        ),
        (
            "TE of HTTP/1.0",
            "POST /fdx/auth/v1/token HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".into(),
        ),
        (
            "a blank before the colon",
            post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
        ),
        ("a tab before the colon", post("Content-Length\t: 3\r\n", "abc")),
        (
            "a folded line",
            post("X-A: b\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ),
        (
            "a folded line first",
            format!("{jwks}\r\n X-A: b\r\nHost: localhost\r\n\r\n"),
        ),
        (
            "a bare line feed in the head",
            post("X-A: b\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ),
        ("bare line feeds alone", format!("{jwks}\nHost: localhost\n\n")),
        ("a bare line feed at the end", get(jwks, "Host: localhost\r\n\n")),
        ("a bare line feed before all", format!("\n{HEAD}")),
        (
            "a bare carriage return",
            post("X-A: b\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ),
        ("a NUL", post("X-A: b\0c\r\nContent-Length: 0\r\n", "")),
        ("a NUL in a name", post("X\0A: b\r\nContent-Length: 0\r\n", "")),
        ("a line without a colon", post("X-A\r\nContent-Length: 0\r\n", "")),
        ("no name", post(": b\r\nContent-Length: 0\r\n", "")),
        ("no Host", get(jwks, "")),
        ("an empty Host", get(jwks, "Host:\r\n")),
        ("two Hosts", get(jwks, "Host: localhost\r\nHost: localhost\r\n")),
        (
            "two Hosts that differ",
            get(jwks, "Host: localhost\r\nHost: bank.example\r\n"),
        ),
        ("a Host that is none", get(jwks, "Host: local host\r\n")),
        ("a Host with a user", get(jwks, "Host: a@localhost\r\n")),
        ("a Host with a path", get(jwks, "Host: localhost/fdx\r\n")),
        (
            "a Host with a port that is none",
            get(jwks, "Host: localhost:https\r\n"),
        ),
        (
            "no Host in the second form",
            get("GET https://localhost/fdx/auth/v1/jwks HTTP/1.1", ""),
        ),
        ("no version", "GET /fdx/auth/v1/jwks\r\n\r\n".into()),
        (
            "a version that is none",
            get("GET /fdx/auth/v1/jwks HTTP/9.9", "Host: x\r\n"),
        ),
        (
            "a version in small letters",
            get("GET /fdx/auth/v1/jwks http/1.1", "Host: x\r\n"),
        ),
        (
            "HTTP/2 without agreeing on it",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(),
        ),
        (
            "a blank in the target",
            get("GET /fdx/auth/v1/jwks x HTTP/1.1", "Host: x\r\n"),
        ),
        (
            "two blanks before the target",
            get("GET  /fdx/auth/v1/jwks HTTP/1.1", "Host: x\r\n"),
        ),
        (
            "a fragment",
            get("GET /fdx/auth/v1/jwks#x HTTP/1.1", "Host: x\r\n"),
        ),
        (
            "a target of another alphabet",
            get("GET /fdx/auth/v1/jwks\u{e9} HTTP/1.1", "Host: x\r\n"),
        ),
        (
            "a target without a slash",
            get("GET fdx/auth/v1/jwks HTTP/1.1", "Host: x\r\n"),
        ),
        ("an authority", get("GET localhost:443 HTTP/1.1", "Host: x\r\n")),
        (
            "a star that asks for something",
            get("GET * HTTP/1.1", "Host: x\r\n"),
        ),
        (
            "another scheme",
            get("GET ftp://localhost/fdx/auth/v1/jwks HTTP/1.1", "Host: x\r\n"),
        ),
        (
            "a TLS hello inside TLS",
            "\x16\x03\x01\x02\0\x01\0\r\n\r\n".into(),
        ),
    ];
    let mut rows: Vec<_> = rows
        .into_iter()
        .map(|(name, bytes)| (name, (bytes, 400)))
        .collect();
    // What only a proxy does, and what would make all that follows one body.
    let tunnel = get("CONNECT localhost:443 HTTP/1.1", "Host: localhost:443\r\n");
    rows.push(("a tunnel", (tunnel, 501)));
    let upgrade = "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
    rows.push(("a WebSocket", (get(jwks, upgrade), 501)));
    rows
}

#[tokio::test]
async fn n03_a_request_with_two_readings_is_refused_and_nothing_behind_it_is_served() {
    let platform = TestPlatform::shared().await;
    for address in [platform.addresses.public, platform.addresses.mutual] {
        each(&ambiguous_heads(), |(bytes, status)| {
            refused(address, &format!("{bytes}{HEAD}"), *status)
        });
    }
}

/// Behind a good request, in the same breath and in the next: the good one is served, and nothing more.
#[tokio::test]
async fn n03_the_second_request_of_a_connection_is_judged_like_the_first() {
    let platform = TestPlatform::shared().await;
    let address = platform.addresses.public;
    let served_and = |text: String, status| {
        let statuses: Vec<_> = answers(&text).into_iter().map(|(status, _)| status).collect();
        (statuses == [200, status]).then_some(()).ok_or(text)
    };
    each(&ambiguous_heads(), |(bytes, status)| {
        let text = ask(address, format!("{HEAD}{bytes}{HEAD}").as_bytes());
        served_and(text, *status)
    });
    each(&ambiguous_heads(), |(bytes, status)| {
        let mut stream = connect(address);
        let (first, rest) = bytes.as_bytes().split_at(1);
        for part in [HEAD.as_bytes(), first, rest, HEAD.as_bytes()] {
            // It may be closed by then.
            let _ = stream.write_all(part);
        }
        served_and(rest_of(&mut stream), *status)
    });
}

/// A body whose frames are none: one answer, 400, and the end of the connection.
#[tokio::test]
async fn n03_a_body_with_two_ends_is_refused() {
    let platform = TestPlatform::shared().await;
    let megabytes = "a".repeat(3 << 20);
    let rows = [
        ("of a negative size", "-1\r\nabc\r\n0\r\n\r\n".to_owned()),
        ("in 0x", "0x3\r\nabc\r\n0\r\n\r\n".into()),
        ("of endless size", "fffffffffffffffff\r\nabc\r\n0\r\n\r\n".into()),
        (
            "of many digits",
            format!("{}3\r\nabc\r\n0\r\n\r\n", "0".repeat(100)),
        ),
        ("without a size", "\r\nabc\r\n0\r\n\r\n".into()),
        ("with a blank before its size", " 3\r\nabc\r\n0\r\n\r\n".into()),
        ("with a blank after its size", "3 \r\nabc\r\n0\r\n\r\n".into()),
        (
            "with a bare line feed after its size",
            "3\nabc\r\n0\r\n\r\n".into(),
        ),
        (
            "with a bare line feed after its data",
            "3\r\nabc\n0\r\n\r\n".into(),
        ),
        (
            "with a line feed in its extension",
            "3;a\nb\r\nabc\r\n0\r\n\r\n".into(),
        ),
        ("longer than it says", "1\r\nabc\r\n0\r\n\r\n".into()),
        (
            "with an extension of megabytes",
            format!("3;{megabytes}\r\nabc\r\n0\r\n\r\n"),
        ),
        (
            "with many extensions",
            format!("{}0\r\n\r\n", "1;aaaaaaaa\r\na\r\n".repeat(20_000)),
        ),
        (
            "and a trailer of megabytes",
            format!("3\r\nabc\r\n0\r\nX: {megabytes}\r\n\r\n"),
        ),
        (
            "and a trailer with a bare line feed",
            "3\r\nabc\r\n0\r\nX: a\nY: b\r\n\r\n".into(),
        ),
        ("and a bare line feed at the end", "3\r\nabc\r\n0\r\n\n".into()),
    ];
    each(&rows, |body| {
        let bytes = format!("{TOKEN}Transfer-Encoding: chunked\r\n\r\n{body}{HEAD}");
        refused(platform.addresses.public, &bytes, 400)
    });
}

/// N03: heads without end are refused at their limit, and who sends on while they are is told why (RFC9112-9.6).
#[tokio::test]
async fn n03_heads_are_bounded() {
    let platform = TestPlatform::shared().await;
    let long = "a".repeat(20_000);
    let longer = "a".repeat(200_000);
    let host = "Host: localhost\r\n";
    let rows = [
        (
            "a long target",
            format!("GET /{long} HTTP/1.1\r\n{host}\r\n"),
            414,
        ),
        (
            "a longer target",
            format!("GET /{longer} HTTP/1.1\r\n{host}\r\n"),
            414,
        ),
        (
            "a query without end",
            format!("GET /?{longer}{longer}{longer}"),
            414,
        ),
        ("a method without end", longer.clone(), 414),
        (
            "a long header",
            format!("GET / HTTP/1.1\r\n{host}X-A: {long}{long}\r\n\r\n"),
            431,
        ),
        (
            "a header without end",
            format!("GET / HTTP/1.1\r\n{host}X-A: {longer}{longer}"),
            431,
        ),
        (
            "a long name",
            format!("GET / HTTP/1.1\r\n{host}{}: a\r\n\r\n", "a".repeat(70_000)),
            431,
        ),
        (
            "97 headers",
            format!("GET / HTTP/1.1\r\n{host}{}\r\n", "X-A: b\r\n".repeat(96)),
            431,
        ),
        (
            "many headers",
            format!("GET / HTTP/1.1\r\n{host}{}\r\n", "X-A: b\r\n".repeat(5_000)),
            431,
        ),
        (
            "many cookies",
            format!(
                "GET / HTTP/1.1\r\n{host}{}\r\n",
                "Cookie: __Host-a=b\r\n".repeat(200)
            ),
            431,
        ),
    ];
    let rows = rows.map(|(name, bytes, status)| (name, (bytes, status)));
    each(&rows, |(bytes, status)| {
        refused(platform.addresses.public, bytes, *status)
    });
}

/// What is unusual and has one reading is served.
#[tokio::test]
async fn what_is_good_is_served_however_it_is_written() {
    let platform = TestPlatform::shared().await;
    let rows = [
        (
            "a URL",
            "GET https://localhost/fdx/auth/v1/jwks HTTP/1.1\r\nHost: localhost\r\n\r\n",
            200,
        ),
        // RFC9112-3.2.2: then Host says nothing, nor does it here.
        (
            "a URL of another",
            "GET https://a.example/fdx/auth/v1/jwks HTTP/1.1\r\nHost: b.example\r\n\r\n",
            200,
        ),
        (
            "empty lines before it",
            "\r\n\r\nGET /fdx/auth/v1/jwks HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n",
            200,
        ),
        (
            "an upgrade to what nobody speaks",
            "GET /fdx/auth/v1/jwks HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n",
            200,
        ),
        (
            "a question about the server",
            "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
            404,
        ),
    ];
    for (name, bytes, status) in rows {
        let text = ask(
            platform.addresses.public,
            format!("{bytes}GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes(),
        );
        let statuses: Vec<_> = answers(&text).into_iter().map(|(status, _)| status).collect();
        assert_eq!(statuses, [status, 404], "{name}: {text}");
    }
    // Nobody reads this body, and so nothing behind it.
    let unread = "GET /fdx/auth/v1/jwks HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    let text = ask(platform.addresses.public, format!("{unread}{HEAD}").as_bytes());
    assert!(
        answers(&text).len() == 1 && text.contains("connection: close"),
        "{text}"
    );
    // A chunked body with an extension and a trailer, and what is behind it.
    let body = "5;a=\"b\"\r\na=b&c\r\n2\r\n=d\r\n0\r\nX: y\r\n\r\n";
    let mut stream = connect(platform.addresses.public);
    let bytes = format!("{TOKEN}Transfer-Encoding: chunked\r\n\r\n{body}{HEAD}");
    stream.write_all(bytes.as_bytes()).unwrap();
    let refused = one_answer(&mut stream);
    assert!(refused.contains("\"error\":\"invalid_"), "{refused}");
    assert!(one_answer(&mut stream).starts_with("HTTP/1.1 200"));

    let old = ask(
        platform.addresses.public,
        b"GET /fdx/auth/v1/jwks HTTP/1.0\r\n\r\n",
    );
    assert!(
        old.starts_with("HTTP/1.0 200") || old.starts_with("HTTP/1.1 200"),
        "{old}"
    );
}

/// RFC9110-10.1.1: whoever waits for a word before it sends its body gets it, and one answer after it.
#[tokio::test]
async fn who_asks_first_is_told_to_go_on() {
    let platform = TestPlatform::shared().await;
    let mut stream = connect(platform.addresses.public);
    let head = format!("{TOKEN}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let go_on = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut told = vec![0; go_on.len()];
    stream.read_exact(&mut told).unwrap();
    assert_eq!(told, go_on);
    stream.write_all(format!("a=b{HEAD}").as_bytes()).unwrap();
    let refused = one_answer(&mut stream);
    assert!(refused.contains("\"error\":\"invalid_"), "{refused}");
    assert!(one_answer(&mut stream).starts_with("HTTP/1.1 200"));
}
