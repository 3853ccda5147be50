//! One connection: requests read by hand, so that each can be answered with anything.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Instant,
};

use serde_json::json;

use super::{Inner, Reaction, Received};

/// Serves one connection until it ends.
pub(super) fn serve(inner: &Inner, stream: &TcpStream) -> Option<()> {
    let _ = stream.set_nodelay(true);
    let mut tls = inner.acceptor.accept(stream).ok()?;
    let caller = tls.ssl().peer_certificate().map(|certificate| {
        let mut names = certificate
            .subject_name()
            .entries_by_nid(openssl::nid::Nid::COMMONNAME);
        String::from_utf8(names.next().unwrap().data().as_slice().to_vec()).unwrap()
    });
    loop {
        let mut request = read(&mut tls)?;
        request.caller.clone_from(&caller);
        let reaction = (inner.react)(&request);
        request.reaction = reaction.clone();
        let challenge = request.challenge();
        inner.received().push(request);
        inner.changed.notify_all();
        let answer = match reaction {
            Reaction::Take => match challenge {
                Some(challenge) => with_body(200, &json!({ "challenge": challenge }).to_string()),
                None => "HTTP/1.1 204 No Content\r\n\r\n".to_owned().into_bytes(),
            },
            Reaction::Status(status) => with_body(status, ""),
            Reaction::Raw(bytes) => {
                tls.write_all(&bytes).ok()?;
                return None;
            }
            Reaction::Hang => {
                let _ = tls.read_exact(&mut [0]);
                return None;
            }
            Reaction::Cut => return None,
        };
        tls.write_all(&answer).ok()?;
    }
}

/// An answer with a length.
pub fn with_body(status: u16, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Reads one request to its end.
fn read(stream: &mut impl Read) -> Option<Received> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8_192];
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.split("\r\n");
    let mut first = lines.next().unwrap().split(' ');
    let (method, path) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = bytes.split_off(head + 4);
    while body.len() < length {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        body.extend_from_slice(&buffer[..count]);
    }
    Some(Received {
        method,
        path,
        headers,
        body,
        caller: None,
        at: Instant::now(),
        reaction: Reaction::Take,
    })
}
