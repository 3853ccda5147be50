//! The one guarded client: whatever we call because somebody else named the address goes through it (S01 to S10).
//!
//! Three doors, in this order:
//!
//! 1. [`Outbound::read`] reads the text of a URL: `https`, a host *name* in its one spelling, a usual port, no user. It asks
//!    nobody, so it is also what runs before every call.
//! 2. [`Outbound::check`] also asks the DNS: each address of the name must be a public one. For registration.
//! 3. [`Outbound::send`] connects. Its resolver checks the addresses again and gives them to the connection itself, so what
//!    was checked is what is connected to, and a name that resolves otherwise a moment later (S05) gains nothing.
//!
//! Only the first door makes a [`Target`], and only a target can be called. A call follows no redirect, uses no proxy, reads at
//! most [`limits::LONGEST_ANSWER`], and ends within [`limits::WHOLE`]. Which addresses are public is in `address.rs`.

mod address;
mod answer;
mod client;
mod gate;
pub mod limits;
mod lookup;
mod resolver;
mod retry_after;
mod target;

pub use address::is_public;
pub use answer::{Answer, Failure};
pub use client::{Outbound, OutboundError};
pub use lookup::{Lookup, SystemLookup};
pub use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
pub use retry_after::RetryAfter;
pub use target::{CheckError, Target, TargetError};
