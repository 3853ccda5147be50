//! Errors at the edge: one table of codes, and two renderers.
//!
//! A use case says what went wrong in its own words; the handler's exhaustive `match` picks a [`Code`]; the table gives
//! it status and words. The public text is the table's or chosen beside it, never that of a cause; causes are logged.

mod bearer;
mod fdx;
mod oauth;
mod table;

pub use bearer::BearerError;
pub use fdx::{ErrorBody, FdxError};
pub use oauth::{OAuthError, OAuthErrorBody};
pub use table::Code;
