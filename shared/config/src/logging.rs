//! `[logging]`: JSON lines on standard output.

use serde::Deserialize;

/// What is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Logging {
    /// Least level that is written.
    pub level: Level,
    /// One line a request: ids, status and duration; never a token, secret, account number or name.
    pub access_log: bool,
}

impl Default for Logging {
    fn default() -> Self {
        Self {
            level: Level::Info,
            access_log: true,
        }
    }
}

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// What an operator must look at.
    Error,
    /// And what is not as it should be.
    Warn,
    /// And what changed.
    Info,
    /// And why a request was refused.
    Debug,
    /// And every step.
    Trace,
}

impl Level {
    /// The word in the settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}
