//! What one connection or request may take of the machine. What it may hold is in `http::limits`.

use std::time::Duration;

/// How long we wait for whoever is at the other end of a connection (N01). A test hands in a shorter one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the TLS handshake.
    pub handshake: Duration,
    /// For a request's head, from its first byte: of every request of a connection.
    pub head: Duration,
    /// For a request's body. What is slower is answered 408 and cut off.
    pub body: Duration,
    /// For each part of an answer to be read: its first [`PROGRESS`] bytes, the next, and so on to its end.
    pub answer: Duration,
    /// From the handshake to the first byte of a request, and from the end of one answer to the first byte of the next request.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(5),
            head: Duration::from_secs(5),
            body: Duration::from_secs(20),
            answer: Duration::from_secs(20),
            idle: Duration::from_secs(60),
        }
    }
}

/// Bytes of an answer that a client must take in [`Patience::answer`]: with 20 s, 3 kB a second.
pub(super) const PROGRESS: usize = 64 * 1024;

/// How long a connection that is over is read on, and heard no more: closed at once, its last answer could be lost (RFC9112-9.6).
pub(super) const LINGER: Duration = Duration::from_secs(1);

/// Longest method and target, bytes. A request object by value is under 10 kB; what is longer is pushed.
pub(super) const REQUEST_LINE_BYTES: usize = 16 * 1024;

/// Longest head, bytes.
pub(super) const HEAD_BYTES: usize = 32 * 1024;

/// Most fields of a head: no more than actix takes.
pub(super) const HEADERS: usize = 96;

/// Extensions and trailers of one chunked body together, bytes.
pub(super) const CHUNK_EXTRAS: usize = 8 * 1024;

/// For requests and deliveries that run when the platform is told to stop, seconds.
pub(super) const FAREWELL: u64 = 10;

/// After that long the process is gone, whatever it waits for.
pub(crate) const STOP: Duration = Duration::from_secs(15);

/// Connections of one listener's worker, when there are files enough for them (`open_files.rs`).
pub(super) const CONNECTIONS: usize = 10_000;

/// Handshakes of one worker at a time: an RSA signature each.
pub(super) const HANDSHAKES: usize = 256;

/// For the database's answer when readiness is asked.
pub(super) const READINESS: Duration = Duration::from_millis(900);
