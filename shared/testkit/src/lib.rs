//! For tests: what stands round the platform, made so that each test has its own.
//!
//! * [`database`]: a database of the test's own, cloned from a migrated template, and SQL for looking at it.
//! * [`link`]: a connection to something that can be cut, refused or left silent.
//! * [`clock`], [`chance`]: time that moves when told, chance that repeats.
//! * [`jws`]: signed tokens, and any forgery of them.
//! * [`recipient`], [`post`]: a data recipient; each part of its requests can be replaced.
//! * [`platform`]: where the platform is, and what everybody who calls it shares.
//! * [`bank`]: the bank's own applications at the two solution APIs.
//! * [`browser`], [`html`]: a consumer's browser without script.
//! * [`chromium`]: a real one, driven by keys and clicks.
//! * [`authenticator`]: shows a consumer's one-time codes.
//! * [`receiver`], [`message_signature`]: a recipient's callback, and how it verifies what it is sent.
//! * [`tls`]: handshakes with exactly the versions and suites that are named.
//!
//! It speaks to sockets only and knows none of our crates but the words of `domain`, so that what a test shows is
//! shown from outside.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed, and says where"
)]

pub mod answer;
pub mod authenticator;
pub mod bank;
pub mod browser;
pub mod chance;
pub mod chromium;
pub mod clock;
pub mod database;
pub mod html;
pub mod jws;
pub mod link;
pub mod message_signature;
pub mod platform;
pub mod post;
pub mod receiver;
pub mod recipient;
pub mod tls;

/// Longest that a test waits for an answer. It waits for the answer, never for the time.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
