//! Bytes on a connection, as no client of HTTP would send them.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use openssl::ssl::{SslStream, SslVersion};
use testkit::tls::{Offer, shake_hands};

/// A TLS connection without certificate.
pub(crate) fn connect(address: SocketAddr) -> SslStream<TcpStream> {
    shake_hands(address, Offer::only(SslVersion::TLS1_3), None).unwrap()
}

/// Everything that comes until the other side closes; a connection that is torn counts as closed.
pub(crate) fn rest_of(stream: &mut impl Read) -> String {
    let mut bytes = vec![];
    let mut part = [0; 4096];
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(read) => bytes.extend_from_slice(&part[..read]),
            Err(error) => {
                let silent = matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                );
                assert!(!silent, "nobody closed after {}", String::from_utf8_lossy(&bytes));
                break;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What comes back for these bytes, until the other side closes.
pub(crate) fn ask(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(address);
    // It may be refused, and the connection closed, before all of it is sent.
    let _ = stream.write_all(bytes);
    rest_of(&mut stream)
}

/// One answer of a connection that stays open.
pub(crate) fn one_answer(stream: &mut impl Read) -> String {
    let mut bytes = vec![];
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")
                .map(str::to_owned)
        })
        .and_then(|length| length.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    head + &String::from_utf8_lossy(&body)
}
