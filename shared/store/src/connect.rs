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
            url: with_an_end(settings).into(),
            statement_timeout: settings.statement_timeout(),
            metrics,
        }
    }

    /// A new connection, ready for our statements.
    pub(crate) fn connect(&self) -> Result<PgConnection, StoreError> {
        let mut connection =
            PgConnection::establish(self.url.expose_secret()).map_err(|_| StoreError::Unavailable)?;
        // Instants travel as UTC; every statement has an end; tiny tables must not teach the planner to scan
        // them, since the plan is kept while they grow; and it is kept from the first time on, since planning a statement
        // over partitions costs several times what it reads. What that costs on paper must not have statements compiled that
        // end in a millisecond.
        let session = format!(
            "SET statement_timeout = {}; SET TIME ZONE 'UTC'; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan; SET jit = off",
            self.statement_timeout.as_millis()
        );
        for setting in session.split("; ") {
            diesel::sql_query(setting).execute(&mut connection)?;
        }
        connection.set_instrumentation(Counter(Arc::clone(&self.metrics)));
        Ok(connection)
    }
}

/// The settings' URL or keyword string, with libpq told to give up a server that is silent: its threads would
/// otherwise hang for as long as the kernel waits, which is a quarter of an hour.
fn with_an_end(settings: &Database) -> String {
    let connection = settings.url.expose_secret();
    let silent = (settings.statement_timeout() + settings.connect_timeout()).as_millis();
    // The least that libpq takes is two seconds.
    let parameters = [
        ("connect_timeout", "2".to_owned()),
        ("tcp_user_timeout", silent.to_string()),
        ("keepalives_idle", "5".to_owned()),
        ("keepalives_interval", "1".to_owned()),
        ("keepalives_count", "3".to_owned()),
    ];
    let is_url = connection.starts_with("postgres://") || connection.starts_with("postgresql://");
    let mut with = connection.to_owned();
    for (name, value) in parameters.iter().filter(|(name, _)| !connection.contains(*name)) {
        let separator = match is_url {
            false => ' ',
            true if with.contains('?') => '&',
            true => '?',
        };
        with.push_str(&format!("{separator}{name}={value}"));
    }
    with
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_get_an_end_and_what_is_set_stays() {
        let with = |text: &str| with_an_end(&Database::at(text.to_owned().into()));
        assert!(with("postgres://u@h/d").starts_with("postgres://u@h/d?connect_timeout=2&tcp_user_timeout="));
        assert!(
            with("postgres://u@h/d?sslmode=require")
                .starts_with("postgres://u@h/d?sslmode=require&connect_timeout=2&")
        );
        assert!(with("host=h dbname=d").starts_with("host=h dbname=d connect_timeout=2 "));
        let own = with("postgres://u@h/d?connect_timeout=9");
        assert!(own.contains("connect_timeout=9") && !own.contains("connect_timeout=2"));
    }
}
