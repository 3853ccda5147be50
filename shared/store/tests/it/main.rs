//! Every query against a real Postgres, and the combiners under fire.
//!
//! Each test has a database of its own (see `testkit::database`; `DATABASE_URL` names the cluster), so that none
//! depends on another. The instant is fixed: what is written and read here never asks a clock.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test may fail it as its body may"
)]

extern crate concordat_store as store;

mod accesses;
mod alone;
mod approvals;
mod away;
mod clients;
mod codes;
mod deliveries;
mod fan_out;
mod fire;
mod grants;
mod keys;
mod ledger;
mod lists;
mod migrations;
mod partitions;
mod plans;
mod prove;
mod reads;
mod refresh_tokens;
mod requests;
mod resources;
mod spend;
mod subscriptions;
mod tokens;
mod user_consents;
mod users;
mod world;
