//! actix conventions that every service shares: proven callers, errors, interaction id, paging, limits.
//!
//! What a handler meets, in the order in which a request passes it: [`connection`] (what TLS proved),
//! [`interaction`] (the id of the exchange), an extractor that proves its caller ([`FdxCaller`],
//! [`SolutionCaller`]), [`StrictJson`] for a body, and [`FdxError`] or [`OAuthError`] for a refusal.
//!
//! A new endpoint is a function with `#[utoipa::path]` and an actix method macro, in a file of its own, registered in
//! its service's `routes`; it takes the extractor of its kind of caller and returns `Result<_, FdxError>`.

pub mod app;
pub mod caller;
pub mod certificate;
pub mod client_address;
pub mod clients;
pub mod clock;
pub mod connection;
pub mod dpop;
pub mod endpoints;
pub mod error;
pub mod etag;
pub mod form;
pub mod interaction;
pub mod json;
pub mod keys;
pub mod limits;
pub mod log;
pub mod mount;
pub mod paging;
pub mod query;
pub mod receipt;
pub mod security_headers;
pub mod slow_hash;
pub mod unrouted;

pub use app::App;
pub use caller::{AccessToken, Binding, FdxCaller, IdentityCaller, Recorded, SolutionCaller};
pub use certificate::client_certificate;
pub use client_address::client_address;
pub use clients::{Clients, KnownClient};
pub use clock::SystemClock;
pub use connection::{Connection, Listener};
pub use endpoints::Endpoints;
pub use error::{BearerError, Code, ErrorBody, FdxError, OAuthError, OAuthErrorBody};
pub use etag::{ETag, IfMatch};
pub use form::OAuthForm;
pub use interaction::InteractionId;
pub use json::StrictJson;
pub use keys::Keys;
pub use log::LogFields;
pub use mount::Mount;
pub use paging::Cursors;
pub use query::Query;
pub use receipt::{Reader, ReceiptQuery, ReceiptWindow, Receipts};
