//! `[database]`: Postgres, the only place where state lives.

use std::{num::NonZeroU32, time::Duration};

use secrecy::SecretString;
use serde::Deserialize;

/// How the store reaches Postgres.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://user:password@host/name`, or a libpq keyword string. Or `url_file`.
    pub url: SecretString,
    /// Connections for whole transactions.
    #[serde(default = "default_pool_size")]
    pub pool_size: NonZeroU32,
    /// Threads, each with a connection of its own, of every combiner. More use more cores of the database.
    #[serde(default = "default_combiner_threads")]
    pub combiner_threads: NonZeroU32,
    /// Longest that one statement may run, in milliseconds.
    #[serde(default = "default_statement_timeout_ms")]
    pub statement_timeout_ms: NonZeroU32,
    /// Longest that a request waits for a connection, in milliseconds. Under a second, so that a caller learns within
    /// one that the database is away.
    #[serde(default = "default_connect_timeout_ms")]
    pub connect_timeout_ms: NonZeroU32,
}

const fn default_pool_size() -> NonZeroU32 {
    const { NonZeroU32::new(8).unwrap() }
}

const fn default_combiner_threads() -> NonZeroU32 {
    const { NonZeroU32::new(1).unwrap() }
}

const fn default_statement_timeout_ms() -> NonZeroU32 {
    const { NonZeroU32::new(3_000).unwrap() }
}

const fn default_connect_timeout_ms() -> NonZeroU32 {
    const { NonZeroU32::new(800).unwrap() }
}

impl Database {
    /// With every default, for this URL.
    pub fn at(url: SecretString) -> Self {
        Self {
            url,
            pool_size: default_pool_size(),
            combiner_threads: default_combiner_threads(),
            statement_timeout_ms: default_statement_timeout_ms(),
            connect_timeout_ms: default_connect_timeout_ms(),
        }
    }

    /// Longest that one statement may run.
    pub fn statement_timeout(&self) -> Duration {
        Duration::from_millis(self.statement_timeout_ms.get().into())
    }

    /// Longest that a request waits for a connection.
    pub fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms.get().into())
    }
}
