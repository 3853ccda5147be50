//! Statements are imported into a real Postgres and read back over HTTP, with tokens, grants and certificates as in
//! production; only TLS itself is left out, and its result put beside the connection.
//!
//! Each test has a database of its own (see `testkit::database`; `DATABASE_URL` names the cluster). The clock stands
//! at noon of 22 November 2026, two days after the last sample statement.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail it as its body may"
)]

extern crate concordat_accounts as accounts;

mod import;
mod list;
mod networks;
mod refusals;
mod transactions;
mod world;
