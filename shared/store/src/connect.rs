//! Connections: how one is made, and what is counted on it.

use std::{
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use config::Database;
use diesel::{
    Connection, PgConnection, RunQueryDsl,
    connection::{Instrumentation, InstrumentationEvent},
    r2d2::{ManageConnection, R2D2Connection},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{error::StoreError, metrics::Metrics};

/// Makes connections to the one database.
pub(crate) struct Connector {
    url: SecretString,
    statement_timeout: Duration,
    pub(crate) metrics: Arc<Metrics>,
}

impl Connector {
    pub(crate) fn new(settings: &Database, metrics: Arc<Metrics>) -> Self {
        Self {
            url: settings.url.clone(),
            statement_timeout: settings.statement_timeout(),
            metrics,
        }
    }

    /// A new connection, ready for our statements.
    pub(crate) fn connect(&self) -> Result<PgConnection, StoreError> {
        let mut connection =
            PgConnection::establish(self.url.expose_secret()).map_err(|_| StoreError::Unavailable)?;
        // Instants travel as UTC; every statement has an end; tiny tables must not teach the planner to scan
        // them, since the plan is kept while they grow.
        let session = format!(
            "SET statement_timeout = {}; SET TIME ZONE 'UTC'; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off",
            self.statement_timeout.as_millis()
        );
        for setting in session.split("; ") {
            diesel::sql_query(setting).execute(&mut connection)?;
        }
        connection.set_instrumentation(Counter(Arc::clone(&self.metrics)));
        Ok(connection)
    }
}

/// What r2d2 needs to keep connections.
pub(crate) struct Manager(pub(crate) Arc<Connector>);

impl ManageConnection for Manager {
    type Connection = PgConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<PgConnection, Self::Error> {
        self.0.connect().map_err(|_| {
            diesel::r2d2::Error::ConnectionError(diesel::ConnectionError::BadConnection(String::new()))
        })
    }

    fn is_valid(&self, connection: &mut PgConnection) -> Result<(), Self::Error> {
        connection.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, connection: &mut PgConnection) -> bool {
        std::thread::panicking() || connection.is_broken()
    }
}

/// Counts the statements that go to the database, `BEGIN` and `COMMIT` among them.
struct Counter(Arc<Metrics>);

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            self.0.statements.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A counter for one figure.
pub(crate) fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
