//! Whether a head is that of a request which everybody reads alike, and how its body is framed.
//!
//! It is read with the parser that actix reads it with, so that what passes here is understood there as it was here; what is
//! looked at besides is where readers are known to differ.

use actix_web::http::uri::Authority;
use httparse::{EMPTY_HEADER, Error, Header, Request, Status};

use super::Refusal;
use crate::serve::limits;

/// How many bytes after the head are the request's.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many.
    Length(u64),
    /// As its chunks say.
    Chunked,
}

/// Judges a head that ends with its empty line.
///
/// # Errors
/// [`Refusal`].
pub(super) fn judge(head: &[u8]) -> Result<Framing, Refusal> {
    let mut headers = [EMPTY_HEADER; limits::HEADERS];
    let mut request = Request::new(&mut headers);
    match request.parse(head) {
        Ok(Status::Complete(length)) if length == head.len() => {}
        Err(Error::TooManyHeaders) => return Err(Refusal::HeadTooLarge),
        Ok(_) | Err(_) => return Err(Refusal::Malformed),
    }
    let (Some(method), Some(target), Some(version)) = (request.method, request.path, request.version) else {
        return Err(Refusal::Malformed);
    };
    if method == "CONNECT" || request.headers.iter().any(asks_for_websocket) {
        return Err(Refusal::NotImplemented);
    }
    let is_target = is_target(method, target);
    let is_host = match one(request.headers, "host")? {
        Some(host) => is_host(host),
        // RFC9112-3.2: HTTP/1.0 had none.
        None => version == 0,
    };
    if !is_target || !is_host {
        return Err(Refusal::Malformed);
    }
    framing(request.headers, version)
}

/// RFC9112-6.3, with everything refused that it calls an error or a risk.
fn framing(headers: &[Header<'_>], version: u8) -> Result<Framing, Refusal> {
    let length = one(headers, "content-length")?;
    match (one(headers, "transfer-encoding")?, length) {
        (None, None) => Ok(Framing::Length(0)),
        (None, Some(length)) => {
            let is_number = !length.is_empty() && length.iter().all(u8::is_ascii_digit);
            let length = std::str::from_utf8(length)
                .ok()
                .and_then(|length| length.parse().ok());
            length
                .filter(|_| is_number)
                .map(Framing::Length)
                .ok_or(Refusal::Malformed)
        }
        (Some(coding), None) if version == 1 && coding.eq_ignore_ascii_case(b"chunked") => {
            Ok(Framing::Chunked)
        }
        (Some(_), _) => Err(Refusal::Malformed),
    }
}

/// The value of a field that may stand once.
fn one<'a>(headers: &[Header<'a>], name: &str) -> Result<Option<&'a [u8]>, Refusal> {
    let mut values = headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case(name))
        .map(|header| header.value.trim_ascii());
    let first = values.next();
    match values.next() {
        None => Ok(first),
        Some(_) => Err(Refusal::Malformed),
    }
}

/// After which actix would take the rest of the connection for one body.
fn asks_for_websocket(header: &Header<'_>) -> bool {
    header.name.eq_ignore_ascii_case("upgrade")
        && header.value.trim_ascii().eq_ignore_ascii_case(b"websocket")
}

/// RFC9112-3.2.1 to 3.2.4: a path; a URL, as to a proxy; or `*`, which asks about the server.
fn is_target(method: &str, target: &str) -> bool {
    let is_known = target.starts_with('/')
        || target.starts_with("https://")
        || target.starts_with("http://")
        || (method == "OPTIONS" && target == "*");
    // A fragment is the client's own, and whether it ends the path is a matter of opinion.
    is_known && target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
}

/// RFC9112-3.2: `host` or `host:port`.
fn is_host(host: &[u8]) -> bool {
    Authority::try_from(host).is_ok_and(|authority| {
        let name = authority.host();
        let port = authority.as_str().strip_prefix(name);
        let is_port = |port: &str| {
            port.is_empty()
                || port
                    .strip_prefix(':')
                    .is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
        };
        !name.is_empty() && port.is_some_and(is_port)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(line: &str, fields: &str) -> Result<Framing, Refusal> {
        judge(format!("{line}\r\n{fields}\r\n").as_bytes())
    }

    #[test]
    fn a_request_says_how_long_it_is() {
        let host = "Host: a.example:8443\r\n";
        for (line, fields, framing) in [
            ("GET /a?b=c HTTP/1.1", String::new(), Framing::Length(0)),
            ("OPTIONS * HTTP/1.1", String::new(), Framing::Length(0)),
            (
                "GET https://b.example/a HTTP/1.1",
                String::new(),
                Framing::Length(0),
            ),
            (
                "POST /a HTTP/1.1",
                "Content-Length: 12\r\n".into(),
                Framing::Length(12),
            ),
            (
                "POST /a HTTP/1.1",
                "content-length:   12  \r\n".into(),
                Framing::Length(12),
            ),
            (
                "POST /a HTTP/1.1",
                "Transfer-Encoding: Chunked\r\n".into(),
                Framing::Chunked,
            ),
            ("GET /a HTTP/1.1", "Upgrade: h2c\r\n".into(), Framing::Length(0)),
            ("GET /a HTTP/1.1", "X-A: \u{e9}\r\n".into(), Framing::Length(0)),
        ] {
            assert_eq!(
                head(line, &format!("{host}{fields}")),
                Ok(framing),
                "{line} {fields}"
            );
        }
        assert_eq!(head("GET /a HTTP/1.0", ""), Ok(Framing::Length(0)));
    }

    #[test]
    fn n03_where_readers_differ_there_is_no_request() {
        for (line, fields) in [
            ("GET /a HTTP/1.1", ""),
            ("GET /a HTTP/1.1", "Host:\r\n"),
            ("GET /a HTTP/1.1", "Host: a\r\nHost: a\r\n"),
            ("GET /a HTTP/1.1", "Host: a b\r\n"),
            ("GET /a HTTP/1.1", "Host: a/b\r\n"),
            ("GET /a HTTP/1.1", "Host: a@b\r\n"),
            ("GET /a HTTP/1.1", "Host: a, b\r\n"),
            ("GET /a HTTP/1.1", "Host: a:b\r\n"),
            ("GET /a HTTP/1.1", " Host: a\r\n"),
            ("GET /a HTTP/1.1", "Host: a\r\n folded\r\n"),
            ("GET /a HTTP/1.1", "Host : a\r\n"),
            ("GET /a HTTP/1.1", "Host: a\rb\r\n"),
            ("GET /a HTTP/1.1", "Host: a\r\nX: \0\r\n"),
            ("GET /a HTTP/2.0", "Host: a\r\n"),
            ("GET /a", "Host: a\r\n"),
            ("GET  /a HTTP/1.1", "Host: a\r\n"),
            ("GET /a b HTTP/1.1", "Host: a\r\n"),
            ("GET a HTTP/1.1", "Host: a\r\n"),
            ("GET a:443 HTTP/1.1", "Host: a\r\n"),
            ("GET * HTTP/1.1", "Host: a\r\n"),
            ("GET ftp://a/b HTTP/1.1", "Host: a\r\n"),
            ("GET /a#b HTTP/1.1", "Host: a\r\n"),
            ("GET /\u{e9} HTTP/1.1", "Host: a\r\n"),
            (
                "POST /a HTTP/1.1",
                "Host: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
            ),
            ("POST /a HTTP/1.1", "Host: a\r\nContent-Length: 1, 1\r\n"),
            ("POST /a HTTP/1.1", "Host: a\r\nContent-Length: +1\r\n"),
            ("POST /a HTTP/1.1", "Host: a\r\nContent-Length:\r\n"),
            (
                "POST /a HTTP/1.1",
                "Host: a\r\nContent-Length: 18446744073709551616\r\n",
            ),
            (
                "POST /a HTTP/1.1",
                "Host: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n",
            ),
            (
                "POST /a HTTP/1.1",
                "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            ),
            (
                "POST /a HTTP/1.1",
                "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n",
            ),
            ("POST /a HTTP/1.1", "Host: a\r\nTransfer-Encoding: identity\r\n"),
            (
                "POST /a HTTP/1.1",
                "Host: a\r\nTransfer-Encoding: \x0bchunked\r\n",
            ),
            ("POST /a HTTP/1.0", "Transfer-Encoding: chunked\r\n"),
        ] {
            assert_eq!(head(line, fields), Err(Refusal::Malformed), "{line} {fields:?}");
        }
    }

    #[test]
    fn we_are_no_proxy_and_speak_nothing_else() {
        for (line, fields) in [
            ("CONNECT a:443 HTTP/1.1", "Host: a:443\r\n"),
            (
                "GET /a HTTP/1.1",
                "Host: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n",
            ),
            (
                "GET /a HTTP/1.1",
                "Host: a\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n",
            ),
        ] {
            assert_eq!(head(line, fields), Err(Refusal::NotImplemented), "{line}");
        }
    }
}
