//! One kept-alive HTTP/1.1 connection: writes a request, reads the answer, and nothing more.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::Path,
    time::Duration,
};

use openssl::ssl::{SslConnector, SslFiletype, SslMethod, SslStream};

use crate::failure::{Failure, While as _};

/// Longest that an answer may take: far above what the platform allows itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// Largest answer, bytes.
const LARGEST: usize = 1024 * 1024;

/// A connection on which requests follow each other.
pub(crate) struct Connection<S> {
    stream: S,
    buffer: Vec<u8>,
}

/// An answer.
pub(crate) struct Answer<'a> {
    /// Of its head.
    pub(crate) status: u16,
    /// All of it.
    pub(crate) body: &'a [u8],
}

/// Makes connections that present one client certificate.
#[derive(Clone)]
pub(crate) struct Connector(SslConnector);

impl Connector {
    /// Trusts `authority`, presents `certificate`; all PEM files.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub(crate) fn new(authority: &Path, certificate: &Path, key: &Path) -> Result<Self, Failure> {
        let what = "preparing the client's TLS";
        let mut builder = SslConnector::builder(SslMethod::tls()).during(what)?;
        builder.set_ca_file(authority).during(what)?;
        builder.set_certificate_chain_file(certificate).during(what)?;
        builder.set_private_key_file(key, SslFiletype::PEM).during(what)?;
        Ok(Self(builder.build()))
    }

    /// A new connection to a port of this machine.
    ///
    /// # Errors
    /// When nobody listens, or the handshake fails.
    pub(crate) fn connect(&self, port: u16) -> Result<Connection<SslStream<TcpStream>>, Failure> {
        let stream = self
            .0
            .connect("localhost", tcp(port)?)
            .during("the TLS handshake")?;
        Ok(Connection::new(stream))
    }
}

/// A plain connection to a port of this machine.
pub(crate) fn tcp(port: u16) -> Result<TcpStream, Failure> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).during("connecting")?;
    stream.set_nodelay(true).during("connecting")?;
    stream.set_read_timeout(Some(PATIENCE)).during("connecting")?;
    stream.set_write_timeout(Some(PATIENCE)).during("connecting")?;
    Ok(stream)
}

impl<S: Read + Write> Connection<S> {
    /// Over a stream that is open.
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            buffer: Vec::with_capacity(8 * 1024),
        }
    }

    /// One exchange.
    ///
    /// # Errors
    /// When the peer hangs up, takes too long, or answers with something that is no bounded HTTP.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>, Failure> {
        self.stream.write_all(request).during("sending a request")?;
        self.buffer.clear();
        let mut chunk = [0; 8 * 1024];
        let mut expected: Option<(u16, usize, usize)> = None;
        loop {
            if expected.is_none() {
                expected = head(&self.buffer)?;
            }
            if let Some((status, begin, end)) = expected
                && self.buffer.len() >= end
            {
                let body = self.buffer.get(begin..end).unwrap_or_default();
                return Ok(Answer { status, body });
            }
            let count = self.stream.read(&mut chunk).during("reading an answer")?;
            let read = chunk.get(..count).unwrap_or_default();
            if read.is_empty() || self.buffer.len() + read.len() > LARGEST {
                return Err(Failure::new("the server hung up, or has no end"));
            }
            self.buffer.extend_from_slice(read);
        }
    }
}

/// Status, and where the body begins and ends, once the whole head is there.
fn head(buffer: &[u8]) -> Result<Option<(u16, usize, usize)>, Failure> {
    let Some(begin) = buffer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|end| end + 4)
    else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(buffer.get(..begin).unwrap_or_default());
    let status = text.get(9..12).and_then(|status| status.parse().ok());
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    match (status, length) {
        (Some(status), Some(length)) => Ok(Some((status, begin, begin + length))),
        _ => Err(Failure::new(format!(
            "an answer without status or length: {}",
            text.trim()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_when_it_is_whole() {
        assert!(
            head(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n")
                .unwrap()
                .is_none()
        );
        let whole = b"HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\nabc";
        assert_eq!(head(whole).unwrap(), Some((404, whole.len() - 3, whole.len())));
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
