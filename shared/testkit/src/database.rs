//! A database of the test's own.
//!
//! `DATABASE_URL` names a cluster and who may create databases in it. The first test that asks makes a template,
//! named after the migrations' content, and migrates it; every test then gets a clone, which takes tens of
//! milliseconds, and which is dropped with the value. Test processes that run at once share the template: an
//! advisory lock lets one of them make it.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    path::Path,
    process,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use url::Url;

/// A migrated database that nobody else uses.
#[derive(Debug)]
pub struct Database {
    name: String,
    url: String,
}

impl Database {
    /// A clone of the template; `migrate` migrates the database of a URL, and is asked once.
    ///
    /// # Panics
    /// When `DATABASE_URL` is not set or does not work.
    pub fn create(migrate: fn(&str)) -> Self {
        static TEMPLATE: OnceLock<String> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| template(migrate));
        Self::with(&format!("TEMPLATE {template}"))
    }

    /// A database without anything in it.
    pub fn empty() -> Self {
        Self::with("TEMPLATE template0")
    }

    fn with(how: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "concordat_test_{}_{}",
            process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        Session::open(&cluster()).execute(&format!("CREATE DATABASE {name} {how}"));
        Self {
            url: on_cluster(&name),
            name,
        }
    }

    /// Where it is, with user and password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name in the cluster.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A connection for the test's own questions.
    pub fn session(&self) -> Session {
        Session::open(&self.url)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Whatever still is connected is not asked. A failing test must not fail again here.
        if let Ok(mut connection) = PgConnection::establish(&cluster()) {
            let _ = connection.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}

/// A connection of a test to look at the database, or to stand in the platform's way.
pub struct Session(PgConnection);

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Nullable<BigInt>)]
    value: Option<i64>,
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

impl Session {
    fn open(url: &str) -> Self {
        Self(PgConnection::establish(url).expect("the test's own connection to Postgres"))
    }

    /// Runs statements that return nothing of interest; several may be joined by `;`.
    pub fn execute(&mut self, sql: &str) {
        self.0
            .batch_execute(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The one number that a query returns; zero for NULL.
    pub fn number(&mut self, sql: &str) -> i64 {
        let wrapped = format!("SELECT ({sql})::bigint AS value");
        let row: Number = sql_query(&wrapped)
            .get_result(&mut self.0)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        row.value.unwrap_or_default()
    }

    /// The one text that a query returns; empty for NULL.
    pub fn text(&mut self, sql: &str) -> String {
        let wrapped = format!("SELECT ({sql})::text AS value");
        let row: Words = sql_query(&wrapped)
            .get_result(&mut self.0)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        row.value.unwrap_or_default()
    }

    /// Every value of the first column, which the query must name `value`.
    pub fn texts(&mut self, sql: &str) -> Vec<String> {
        let rows: Vec<Words> = sql_query(sql)
            .load(&mut self.0)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows.into_iter()
            .map(|row| row.value.unwrap_or_default())
            .collect()
    }

    /// The plan of a statement, as text.
    pub fn explain(&mut self, sql: &str) -> String {
        #[derive(QueryableByName)]
        struct Line {
            #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
            line: String,
        }
        let lines: Vec<Line> = sql_query(format!("EXPLAIN {sql}"))
            .load(&mut self.0)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        lines.into_iter().map(|line| line.line + "\n").collect()
    }

    /// Asks until at least `wanted` other connections of this database wait for a lock.
    pub fn await_waiting(&mut self, wanted: i64) {
        self.await_number(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
            |waiting| waiting >= wanted,
        );
    }

    /// Asks until nobody else is connected to this database.
    pub fn await_alone(&mut self) {
        self.await_number(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()",
            |others| others <= 1,
        );
    }

    /// Asks a query until its number is right. Asks, and does not sleep: each question is a round trip.
    pub fn await_number(&mut self, sql: &str, is_right: impl Fn(i64) -> bool) {
        const QUESTIONS: u32 = 200_000;
        let mut last = None;
        for _ in 0..QUESTIONS {
            let number = self.number(sql);
            if is_right(number) {
                return;
            }
            last = Some(number);
            // Others need the processor more.
            std::thread::yield_now();
        }
        panic!("in vain, last {last:?}: {sql}");
    }

    /// Ends the connections that wait for a lock. Returns how many.
    pub fn terminate_waiting(&mut self) -> i64 {
        self.number(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
    }

    /// Ends every other connection to this database. Returns how many.
    pub fn terminate_others(&mut self) -> i64 {
        self.number(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
    }
}

fn cluster() -> String {
    std::env::var("DATABASE_URL").expect("DATABASE_URL must name a Postgres; `make test` starts one")
}

/// The URL of another database of the cluster.
fn on_cluster(name: &str) -> String {
    let mut url = Url::parse(&cluster()).expect("DATABASE_URL as a postgres:// URL");
    url.set_path(name);
    url.into()
}

/// The name of the migrated template, made unless it is there.
fn template(migrate: fn(&str)) -> String {
    let name = format!("concordat_template_{:016x}", migrations());
    let mut session = Session::open(&cluster());
    // Released with the session.
    session.execute("SELECT pg_advisory_lock(hashtext('concordat test template'))");
    sweep(&mut session);
    if session.number(&format!(
        "SELECT count(*) FROM pg_database WHERE datname = '{name}'"
    )) == 0
    {
        let unfinished = format!("{name}_unfinished");
        session.execute(&format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"));
        session.execute(&format!("CREATE DATABASE {unfinished}"));
        migrate(&on_cluster(&unfinished));
        session.execute(&format!("ALTER DATABASE {unfinished} RENAME TO {name}"));
    }
    name
}

/// Drops what test processes of this machine left that are no more: the databases of values that live as long as their
/// process, and of processes that were killed.
fn sweep(session: &mut Session) {
    let processes = Path::new("/proc");
    if !processes.join("self").exists() {
        return;
    }
    for name in session
        .texts("SELECT datname::text AS value FROM pg_database WHERE datname LIKE 'concordat\\_test\\_%'")
    {
        let process = name.split('_').nth(2).unwrap_or_default();
        if !process.is_empty() && !processes.join(process).exists() {
            session.execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// A hash of the migrations as they lie in the work tree.
fn migrations() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut steps: Vec<_> = fs::read_dir(folder)
        .expect("the migrations")
        .map(|entry| entry.expect("an entry of the migrations").path().join("up.sql"))
        .filter(|step| step.exists())
        .collect();
    steps.sort();
    let mut hasher = DefaultHasher::new();
    for step in steps {
        fs::read(step).expect("a migration").hash(&mut hasher);
    }
    hasher.finish()
}
