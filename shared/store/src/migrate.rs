//! Migrations: embedded in the program, so that it and its schema travel together.

use config::Database;
use diesel::{
    Connection, PgConnection, RunQueryDsl,
    sql_types::{Bool, Text},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use secrecy::ExposeSecret;

use crate::{Tx, error::StoreError, statement::statement};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// A migration that failed. The database is as it was before that step.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// No connection.
    #[error("the database cannot be reached")]
    Unreachable,
    /// A step failed.
    #[error("a migration failed: {0}")]
    Step(String),
}

/// A connection for migrating. Two of them wait for each other.
pub struct Migrations(PgConnection);

impl Migrations {
    /// Connects, and waits until no other process migrates.
    ///
    /// # Errors
    /// [`MigrateError::Unreachable`].
    pub fn open(settings: &Database) -> Result<Self, MigrateError> {
        let mut connection =
            PgConnection::establish(settings.url.expose_secret()).map_err(|_| MigrateError::Unreachable)?;
        // Released with the session. The number is "concordat" to nobody but us.
        diesel::sql_query("SELECT pg_advisory_lock(7165034991)")
            .execute(&mut connection)
            .map_err(|error| MigrateError::Step(error.to_string()))?;
        Ok(Self(connection))
    }

    /// Runs every step that has not run, in order. Returns their names.
    ///
    /// # Errors
    /// [`MigrateError::Step`]; earlier steps stay.
    pub fn up(&mut self) -> Result<Vec<String>, MigrateError> {
        self.0
            .run_pending_migrations(MIGRATIONS)
            .map(|steps| steps.iter().map(ToString::to_string).collect())
            .map_err(|error| MigrateError::Step(error.to_string()))
    }

    /// Takes the newest `steps` steps back. Returns their names.
    ///
    /// # Errors
    /// [`MigrateError::Step`] when there is no such step, or it cannot be taken back.
    pub fn down(&mut self, steps: u32) -> Result<Vec<String>, MigrateError> {
        (0..steps)
            .map(|_| {
                self.0
                    .revert_last_migration(MIGRATIONS)
                    .map(|step| step.to_string())
            })
            .collect::<Result<_, _>>()
            .map_err(|error| MigrateError::Step(error.to_string()))
    }
}

statement! {
    /// Whether a table is there.
    Current -> Bool ;
    "SELECT to_regclass(" (table: Text = &'a str) ") IS NOT NULL"
}

/// Whether there is a schema; not whether it is this program's, since replicas of two programs run side by side. Readiness asks it
/// of a pooled connection.
pub(crate) fn is_current(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(Current::new("consent_grants").get_result(tx.connection)?)
}
