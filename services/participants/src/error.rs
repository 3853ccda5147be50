//! What a refusal is on the wire.

use http::{Code, FdxError};
use lifecycle::revoke::RevokeError;
use store::{StoreError, TxError};

/// What an endpoint here refuses with, before it is a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Absent, or another consumer's.
    NotFound,
    /// The consent has ended.
    AlreadyEnded,
    /// Changed since it was read.
    Stale,
}

impl From<RevokeError> for Refusal {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::NotFound => Self::NotFound,
            RevokeError::AlreadyEnded => Self::AlreadyEnded,
        }
    }
}

impl From<Refusal> for FdxError {
    fn from(refusal: Refusal) -> Self {
        Self::new(match refusal {
            Refusal::NotFound => Code::NotFound,
            Refusal::AlreadyEnded => Code::Conflict,
            Refusal::Stale => Code::PreconditionFailed,
        })
    }
}

/// A use case of `lifecycle` inside a transaction of ours.
pub(crate) fn lifecycle(error: TxError<RevokeError>) -> TxError<Refusal> {
    match error {
        TxError::Refused(error) => TxError::Refused(error.into()),
        TxError::Store(error) => TxError::Store(error),
    }
}

/// The row of a client that a foreign key names, gone.
pub(crate) const fn orphan() -> StoreError {
    StoreError::Corrupt {
        table: "consent_grants",
        column: "client_id",
    }
}
