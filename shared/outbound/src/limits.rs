//! What one call may take of us, and of whoever is called.

use std::time::Duration;

/// Characters of a URL.
pub const LONGEST_URL: usize = 2_000;

/// Bytes of an answer's body. What is longer is not read on.
pub const LONGEST_ANSWER: usize = 64 * 1_024;

/// For name, connection and TLS.
pub const CONNECT: Duration = Duration::from_secs(4);

/// For everything, from the name to the last byte of the answer.
pub const WHOLE: Duration = Duration::from_secs(10);

/// How long a connection is kept for the next call.
pub const IDLE: Duration = Duration::from_secs(20);

/// Addresses of one name that are looked at. A name with more is refused.
pub const MOST_ADDRESSES: usize = 16;

/// The ports that a URL may name, unless the settings name its host as a test host.
pub const PORTS: [u16; 2] = [443, 8_443];

/// Questions to the DNS at a time, for calls. Each has a thread.
pub const LOOKUPS: usize = 64;

/// The same for registrations.
pub const CHECKS: usize = 16;
