//! What one connection or request may take of the machine. What it may hold is in `http::limits`.
//!
//! A request's head is bounded by actix: 128 kB and 96 headers. One that is slow, idle or endless is cut off by these (N01).

use std::time::Duration;

/// For the TLS handshake.
pub(super) const HANDSHAKE: Duration = Duration::from_secs(5);

/// For a request's head, from its first byte.
pub(super) const HEAD: Duration = Duration::from_secs(5);

/// For a request's body. What is slower is answered 408 and cut off.
pub(super) const BODY: Duration = Duration::from_secs(20);

/// Between two requests of a kept-alive connection.
pub(super) const IDLE: Duration = Duration::from_secs(60);

/// For requests that run when the platform is told to stop, seconds.
pub(super) const FAREWELL: u64 = 10;

/// Connections of one listener's worker.
pub(super) const CONNECTIONS: usize = 10_000;

/// Handshakes of one worker at a time: an RSA signature each.
pub(super) const HANDSHAKES: usize = 256;

/// For the database's answer when readiness is asked.
pub(super) const READINESS: Duration = Duration::from_millis(900);
