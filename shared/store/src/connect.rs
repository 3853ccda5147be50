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

/// What every session is set to, but for what the settings' URL sets by itself (`options=-c name=value`). Instants travel as
/// UTC. A statement is planned once a connection, for any binds: planning it anew for each, as Postgres would for some, costs more
/// than running it. Since its plan is kept while tables grow, tiny ones must not teach the planner to scan them; and what that
/// costs on paper must not have statements compiled that end in a millisecond.
const SESSION: [(&str, &str); 6] = [
    ("timezone", "'UTC'"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
];

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

    /// One whose commits are seen by everybody at once, and are on the disk a little later: within three times the database's
    /// `wal_writer_delay`, 0.6 s by default. Only for what may be lost with the database's machine.
    pub(crate) fn connect_lagging(&self) -> Result<PgConnection, StoreError> {
        let mut connection = self.connect()?;
        diesel::sql_query("SET synchronous_commit = off").execute(&mut connection)?;
        Ok(connection)
    }

    /// A new connection, ready for our statements.
    pub(crate) fn connect(&self) -> Result<PgConnection, StoreError> {
        let mut connection =
            PgConnection::establish(self.url.expose_secret()).map_err(|_| StoreError::Unavailable)?;
        let timeout = self.statement_timeout.as_millis().to_string();
        let url = self.url.expose_secret();
        for (name, value) in SESSION
            .into_iter()
            .chain([("statement_timeout", timeout.as_str())])
        {
            if !sets(url, name) {
                diesel::sql_query(format!("SET {name} = {value}")).execute(&mut connection)?;
            }
        }
        connection.set_instrumentation(Counter(Arc::clone(&self.metrics)));
        Ok(connection)
    }
}

/// Whether a URL or keyword string sets that of a session by itself.
fn sets(url: &str, name: &str) -> bool {
    ["=", "%3D", "%3d"]
        .iter()
        .any(|equals| url.contains(&format!("{name}{equals}")))
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

    #[test]
    fn what_the_url_sets_of_a_session_is_left_to_it() {
        for (url, set) in [
            ("postgres://u@h/d?options=-c%20plan_cache_mode%3Dauto", true),
            ("host=h dbname=d options='-c plan_cache_mode=auto'", true),
            ("postgres://u@h/plan_cache_mode", false),
        ] {
            assert_eq!(sets(url, "plan_cache_mode"), set, "{url}");
        }
    }
}
