//! What one connection or request may take of the machine. What it may hold is in `http::limits`.
//!
//! A request's head is bounded by actix: 128 kB and 96 headers. One that is slow, idle or endless is cut off by
//! [`Patience`] (N01).

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
    /// From the handshake to the first byte of a request, and from one answer to the first byte of the next request. The
    /// answer must be read within it too.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(5),
            head: Duration::from_secs(5),
            body: Duration::from_secs(20),
            idle: Duration::from_secs(60),
        }
    }
}

/// For requests that run when the platform is told to stop, seconds.
pub(super) const FAREWELL: u64 = 10;

/// Connections of one listener's worker.
pub(super) const CONNECTIONS: usize = 10_000;

/// Handshakes of one worker at a time: an RSA signature each.
pub(super) const HANDSHAKES: usize = 256;

/// For the database's answer when readiness is asked.
pub(super) const READINESS: Duration = Duration::from_millis(900);
