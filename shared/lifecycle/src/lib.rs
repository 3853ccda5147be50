//! The life of a grant, each step a plain function over one transaction, used by every service.
//!
//! ```text
//! authentication resource:  LODGED ──decide──▶ APPROVED | REJECTED ──complete──▶ COMPLETED
//! consent grant:            complete ▶ ACTIVE ⇄ ON_HOLD ──▶ REVOKED | EXPIRED | CONSUMED
//! ```
//! A step takes the instant and every id that it will write from its caller, so that it is safe to run twice.
//! A change of a grant is always three things in one transaction: the row, one row of history, one event; see
//! [`ledger`].

pub mod admit;
pub mod again;
pub mod complete;
pub mod decide;
pub mod expire;
pub mod ledger;
pub mod request;
pub mod revoke;
pub mod suspend;

pub use admit::{Admitted, Refusal, admit};
pub use ledger::{Actor, Change};
pub use request::AuthorizationRequest;
