//! What can go wrong between us and the database, sorted by what the caller can do about it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A statement or transaction that did not succeed.
///
/// The texts name no table, value or host: they may reach a log. What the database said is in the source.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is away, overloaded or too slow. The right answer is 503; trying again may help.
    #[error("the database is not available")]
    Unavailable,
    /// The statement failed for a reason of ours. The right answer is 500.
    #[error("the database refused a statement")]
    Failed(#[source] DieselError),
    /// A row that this program cannot have written.
    #[error("table {table}, column {column} holds a value that does not fit")]
    Corrupt {
        /// Which table.
        table: &'static str,
        /// Which column.
        column: &'static str,
    },
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        if is_connection_lost(&error) {
            Self::Unavailable
        } else {
            Self::Failed(error)
        }
    }
}

/// The outcome of a use case that ran in a transaction: its own refusal, or the store's.
#[derive(Debug, thiserror::Error)]
pub enum TxError<E> {
    /// The use case said no, in its own words; nothing was written, unless it asked to keep it.
    #[error("{0}")]
    Refused(E),
    /// The store failed; nothing was written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<E> From<DieselError> for TxError<E> {
    fn from(error: DieselError) -> Self {
        Self::Store(error.into())
    }
}

/// Whether the connection is gone, or the server is going away or has no room: nothing is wrong with the
/// statement itself.
pub(crate) fn is_connection_lost(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
        | DieselError::BrokenTransactionManager => true,
        DieselError::DatabaseError(DatabaseErrorKind::UnableToSendCommand, _) => true,
        // libpq reports a shutdown by text alone (SQLSTATE class 57P has no kind of its own in diesel).
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            let message = information.message();
            message.contains("terminating connection")
                || message.contains("the database system is")
                || message.contains("server closed the connection")
                || message.contains("could not connect")
                || message.contains("canceling statement due to statement timeout")
                || message.contains("no connection to the server")
                // A standby that was not promoted yet.
                || message.contains("in a read-only transaction")
                // SQLSTATE class 53: its disk or memory is full.
                || message.contains("No space left on device")
                || message.contains("could not extend file")
                || message.contains("could not write to file")
                || message.contains("out of memory")
                || message.contains("could not resize shared memory")
        }
        _ => false,
    }
}

/// Whether the transaction met another and should simply run again.
pub(crate) fn is_conflict(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            information.message().contains("deadlock detected")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(message: &str) -> StoreError {
        let information = Box::new(message.to_owned());
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, information).into()
    }

    /// N11: what the database cannot do now it may do later, and nobody need be told that something is wrong with their request.
    #[test]
    fn n11_a_database_without_room_is_unavailable() {
        for message in [
            "could not extend file \"base/16384/16397\": No space left on device",
            "could not write to file \"base/pgsql_tmp/pgsql_tmp7.0\": No space left on device",
            "out of memory",
            "cannot execute UPDATE in a read-only transaction",
            "cannot execute SELECT FOR UPDATE in a read-only transaction",
            "canceling statement due to statement timeout",
        ] {
            assert!(matches!(of(message), StoreError::Unavailable), "{message}");
        }
        assert!(matches!(of("division by zero"), StoreError::Failed(_)));
    }
}
