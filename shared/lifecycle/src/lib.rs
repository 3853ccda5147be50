//! The life of a grant, each step a plain function over one transaction, used by every service.
//!
//! ```text
//! authentication resource:  LODGED ──decide──▶ APPROVED | REJECTED ──complete──▶ COMPLETED
//! consent grant:            complete ▶ ACTIVE ⇄ ON_HOLD ──▶ REVOKED | EXPIRED | CONSUMED
//! account of a grant:       awaits holders ⇄ served ──▶ removed          (approve, narrow)
//! ```
//! A step takes the instant and every id that it will write from its caller, so that it is safe to run twice.
//! A change of a grant is always three things in one transaction: the row, one row of history, one event; see
//! [`ledger`].

pub mod admit;
pub mod again;
pub mod approve;
pub mod complete;
pub mod decide;
pub mod expire;
pub mod identity;
pub mod ledger;
pub mod narrow;
pub mod request;
pub mod revoke;
pub mod seed;
pub mod suspend;
pub mod verify;

pub use admit::{Admitted, LetOut, Refusal, admit};
pub use ledger::{Actor, Change};
pub use request::AuthorizationRequest;
