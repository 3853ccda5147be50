//! How a command ends: numbers that a script can rely on, and a message that holds no secret.

use std::process::ExitCode;

/// Exit codes, after `sysexits.h`; `concordat --help` lists them. Success is 0, and clap ends with 2 when the command line is
/// not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// It was tried and did not succeed.
    Failed = 1,
    /// A file that was given is refused: not a statement, not a registration.
    Data = 65,
    /// A file that was given cannot be read, or one cannot be written.
    File = 66,
    /// The database cannot be reached, or an address cannot be bound.
    Unavailable = 69,
    /// It stopped as it was told, and not everything that had begun was finished.
    Unfinished = 75,
    /// The settings are not usable.
    Settings = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that did not succeed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CommandError {
    exit: Exit,
    message: String,
}

impl CommandError {
    pub(crate) fn new(exit: Exit, message: impl ToString) -> Self {
        Self {
            exit,
            message: message.to_string(),
        }
    }

    /// The code for the shell.
    pub(crate) fn code(&self) -> ExitCode {
        self.exit.into()
    }

    /// For `map_err`: a file that cannot be read or written.
    pub(crate) fn file(path: &std::path::Path) -> impl Fn(std::io::Error) -> Self + '_ {
        move |error| Self::new(Exit::File, format!("{}: {error}", path.display()))
    }
}

impl From<config::SettingsError> for CommandError {
    fn from(error: config::SettingsError) -> Self {
        Self::new(Exit::Settings, error)
    }
}

impl From<store::StoreError> for CommandError {
    fn from(error: store::StoreError) -> Self {
        let exit = match error {
            store::StoreError::Unavailable => Exit::Unavailable,
            store::StoreError::Failed(_) | store::StoreError::Corrupt { .. } => Exit::Failed,
        };
        Self::new(exit, error)
    }
}

impl From<store::TxError<std::convert::Infallible>> for CommandError {
    fn from(error: store::TxError<std::convert::Infallible>) -> Self {
        match error {
            store::TxError::Store(error) => error.into(),
            store::TxError::Refused(never) => match never {},
        }
    }
}

impl From<store::MigrateError> for CommandError {
    fn from(error: store::MigrateError) -> Self {
        let exit = match error {
            store::MigrateError::Unreachable => Exit::Unavailable,
            store::MigrateError::Step(_) => Exit::Failed,
        };
        Self::new(exit, error)
    }
}
