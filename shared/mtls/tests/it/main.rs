//! The crate from outside: chains and names through real certificates, TLS through real sockets.
//!
//! Time is an instant of the tests' own. Test names begin with the attack that they show to fail (SECURITY.md).

mod chains;
mod forwarded;
mod parties;
mod resumption;
mod revocation;
mod subjects;
mod tls;
