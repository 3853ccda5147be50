//! The whole platform from outside: every service behind its listeners, and pretend parties that speak only HTTP.
//!
//! `DATABASE_URL` names a cluster in which each platform gets a database of its own. Nothing sleeps and nothing depends
//! on order: time passes when a test says so, and what must happen is waited for, never a moment. Names of tests begin
//! with the attack (SECURITY.md) or the module of the OpenID suite that they show.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail it as its body may"
)]

mod attacks;
mod authorize;
mod away;
mod bank_apis;
mod client_authentication;
mod clients_change;
mod coverage;
mod delivery;
mod delivery_killed;
mod delivery_postponed;
mod delivery_refused;
mod discovery;
mod dpop;
mod encryption;
mod events;
mod events_poll;
mod fdx;
mod introspection_signed;
mod joint;
mod journey;
mod keys;
mod killed;
mod late;
mod ledger;
mod log;
mod open_files;
mod openapi;
mod openid;
mod openid_scopes;
mod par;
mod participants;
mod parties;
mod portal;
mod portal_attacks;
mod portal_barriers;
mod portal_by_hand;
mod portal_choice;
mod portal_commands;
mod portal_dashboard;
mod portal_paper;
mod portal_preview;
mod portal_proxy;
mod portal_receipt;
mod portal_states;
mod program;
mod races;
mod reach;
mod receipts;
mod renewal;
mod replicas;
mod sharing;
mod stage;
mod stopping;
mod subscriber;
mod table;
mod tls;
mod token;
mod userinfo;
