//! What a refused decision is on the wire.

use http::{Code, FdxError};
use lifecycle::decide::DecideError;
use store::{StoreError, TxError};

/// What an endpoint here refuses with, before it is a status.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The rules of a decision.
    Decide(DecideError),
    /// Malformed input, with words for the developer.
    Input(&'static str),
}

impl From<DecideError> for Refusal {
    fn from(error: DecideError) -> Self {
        Self::Decide(error)
    }
}

impl From<Refusal> for FdxError {
    fn from(refusal: Refusal) -> Self {
        let error = match refusal {
            Refusal::Input(message) => return Self::new(Code::InvalidInput).debug(message),
            Refusal::Decide(error) => error,
        };
        let code = match error {
            DecideError::NotFound => Code::NotFound,
            DecideError::AlreadyDecided => Code::Conflict,
            DecideError::Stale => Code::PreconditionFailed,
            DecideError::Beyond(_)
            | DecideError::NotHeld
            | DecideError::NotReplaceable
            | DecideError::Authentication => Code::InvalidInput,
        };
        Self::new(code).debug(error.to_string())
    }
}

/// A use case of `lifecycle` inside a transaction of ours.
pub(crate) fn decide(error: TxError<DecideError>) -> TxError<Refusal> {
    match error {
        TxError::Refused(error) => TxError::Refused(error.into()),
        TxError::Store(error) => TxError::Store(error),
    }
}

/// The row of a client that a foreign key of ours names, gone.
pub(crate) const fn orphan() -> TxError<Refusal> {
    TxError::Store(StoreError::Corrupt {
        table: "authentication_resources",
        column: "client_id",
    })
}
