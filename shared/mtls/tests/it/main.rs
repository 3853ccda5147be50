//! The crate from outside: chains and names through real certificates, TLS through real sockets.
//!
//! Time is an instant of the tests' own. Test names begin with the attack that they show to fail
//! (SECURITY.md).
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod chains;
mod forwarded;
mod forwarded_once;
mod parties;
mod proxy;
mod resumption;
mod revocation;
mod subjects;
mod tls;
mod validity;
