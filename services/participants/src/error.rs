//! What a refusal is on the wire.

use http::{Code, FdxError};
use lifecycle::{approve::ApproveError, narrow::NarrowError, revoke::RevokeError};
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
    /// An account that is not in it, or not this holder's to decide on.
    NoSuchAccount,
    /// The account is the last one.
    LastAccount,
    /// The holder has said so before.
    Unchanged,
}

impl From<RevokeError> for Refusal {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::NotFound => Self::NotFound,
            RevokeError::AlreadyEnded => Self::AlreadyEnded,
        }
    }
}

impl From<NarrowError> for Refusal {
    fn from(error: NarrowError) -> Self {
        match error {
            NarrowError::NotFound => Self::NotFound,
            NarrowError::NoSuchAccount => Self::NoSuchAccount,
            NarrowError::AlreadyEnded => Self::AlreadyEnded,
            NarrowError::LastAccount => Self::LastAccount,
        }
    }
}

impl From<ApproveError> for Refusal {
    fn from(error: ApproveError) -> Self {
        match error {
            ApproveError::NotFound => Self::NotFound,
            ApproveError::NoSuchAccount => Self::NoSuchAccount,
            ApproveError::AlreadyEnded => Self::AlreadyEnded,
            ApproveError::Unchanged => Self::Unchanged,
        }
    }
}

impl From<Refusal> for FdxError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Self::new(Code::NotFound),
            Refusal::AlreadyEnded => Self::new(Code::Conflict),
            Refusal::Stale => Self::new(Code::PreconditionFailed),
            Refusal::NoSuchAccount => {
                Self::new(Code::InvalidInput).debug("an account is not of this consent, or not theirs")
            }
            Refusal::LastAccount => {
                Self::new(Code::Conflict).debug("the last account cannot be removed: end the consent instead")
            }
            Refusal::Unchanged => Self::new(Code::Conflict).debug("the approval is so already"),
        }
    }
}

/// A use case of `lifecycle` inside a transaction of ours.
pub(crate) fn lifecycle<E: Into<Refusal>>(error: TxError<E>) -> TxError<Refusal> {
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
