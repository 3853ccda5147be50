//! diesel and r2d2: rows, queries, transactions. The only crate that knows SQL.
//!
//! Four ways to the database, and when to take which:
//! * [`Store::tx`]: a use case of several statements, serializable, run again when it meets another.
//! * [`Store::once`]: one statement that is its own transaction.
//! * [`Store::work`]: what a worker does with rows that it has locked.
//! * [`Store::combined`]: what many requests ask alike, one statement for all that wait.
//!
//! A query lives in the module of its table, takes a [`Tx`], and is a [`statement!`](statement). To add one:
//! declare the statement, wrap it in a function that speaks domain types, and let a row that does not fit be
//! [`StoreError::Corrupt`], never a panic.

mod combined;
mod combiner;
mod connect;
mod convert;
mod error;
mod metrics;
mod migrate;
mod statement;

pub mod accesses;
pub mod account_reads;
pub mod alone;
pub mod announcements;
pub mod approvals;
pub mod callbacks;
pub mod challenges;
pub mod clients;
pub mod codes;
pub mod consent_lists;
pub mod deliveries;
pub mod due;
pub mod fan_out;
pub mod grants;
pub mod history;
pub mod holders;
pub mod identities;
pub mod imports;
pub mod issue;
pub mod keys;
pub mod lists;
pub mod notifications;
pub mod outbox;
pub mod parked;
pub mod partitions;
pub mod refresh_tokens;
pub mod requests;
pub mod resources;
pub mod seed;
pub mod snapshots;
pub mod spend;
pub mod standing;
pub mod subscriptions;
pub mod tokens;
pub mod transaction_reads;
pub mod user_consents;
pub mod users;

use std::sync::{Arc, atomic::Ordering};

use config::Database;
use diesel::{Connection, PgConnection, connection::TransactionManager, r2d2::R2D2Connection};
use tokio::sync::Semaphore;

pub use combined::Combined;
pub use error::{StoreError, TxError};
pub use metrics::Counts;
pub use migrate::{MigrateError, Migrations};

use connect::{Connector, Manager};

/// The one way to the database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: r2d2::Pool<Manager>,
    /// As many permits as connections: who finds none waits without a thread.
    permits: Arc<Semaphore>,
    settings: Arc<Database>,
    metrics: Arc<metrics::Metrics>,
    combined: Arc<Combined>,
    accesses: Arc<accesses::Writer>,
}

/// An open transaction, or the right to one statement. Query functions take it and nothing else does.
pub struct Tx<'a> {
    connection: &'a mut PgConnection,
    keep_if_refused: bool,
}

impl<'a> Tx<'a> {
    const fn new(connection: &'a mut PgConnection) -> Self {
        Self {
            connection,
            keep_if_refused: false,
        }
    }

    /// What this transaction writes stays although the use case then refuses: for a refusal that is itself a fact to be
    /// kept, such as a change that came too late and stands in history.
    pub const fn keep_if_refused(&mut self) {
        self.keep_if_refused = true;
    }
}

/// Runs of a transaction that keeps meeting others before it is given up as unavailable.
const MOST_RUNS: u32 = 30;

impl Store {
    /// Opens the store. Connections are made when they are needed, so this succeeds while the database is away.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the pool cannot be built.
    pub fn open(settings: &Database) -> Result<Self, StoreError> {
        let metrics = Arc::new(metrics::Metrics::default());
        let connector = Arc::new(Connector::new(settings, Arc::clone(&metrics)));
        let pool = r2d2::Pool::builder()
            .max_size(settings.pool_size.get())
            .min_idle(Some(0))
            // A statement of its own before each of ours would double the traffic; a dead connection shows itself.
            .test_on_check_out(false)
            .connection_timeout(settings.connect_timeout())
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build_unchecked(Manager(Arc::clone(&connector)));
        let combined = Combined::start(&connector, settings);
        let accesses = accesses::Writer::new(&connector, settings.connect_timeout());
        Ok(Self {
            pool,
            permits: Arc::new(Semaphore::new(settings.pool_size.get() as usize)),
            settings: Arc::new(settings.clone()),
            metrics,
            combined: Arc::new(combined),
            accesses: Arc::new(accesses),
        })
    }

    /// What many requests ask alike.
    pub fn combined(&self) -> &Combined {
        &self.combined
    }

    /// Takes the records of what is read.
    pub fn accesses(&self) -> &accesses::Writer {
        &self.accesses
    }

    /// What the store counted since it was opened.
    pub fn counts(&self) -> Counts {
        self.metrics.counts()
    }

    /// Runs a use case in one serializable transaction, again from the start when it meets another: the closure
    /// must be safe to run twice. Nothing is written unless it returns `Ok`, or refuses after [`Tx::keep_if_refused`].
    ///
    /// # Errors
    /// What the closure refuses, or [`StoreError`].
    pub async fn tx<T, E, F>(&self, name: &'static str, mut use_case: F) -> Result<T, TxError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, TxError<E>> + Send + 'static,
    {
        self.on_a_connection(name, move |connection, metrics| {
            run_again(metrics, || {
                connection
                    .build_transaction()
                    .serializable()
                    .run(|connection| {
                        let mut tx = Tx::new(connection);
                        match use_case(&mut tx) {
                            Err(TxError::Refused(refusal)) if tx.keep_if_refused => Ok(Err(refusal)),
                            outcome => outcome.map(Ok),
                        }
                    })?
                    .map_err(TxError::Refused)
            })
        })
        .await
    }

    /// Runs one statement, which is its own transaction (READ COMMITTED).
    ///
    /// # Errors
    /// What the closure refuses, or [`StoreError`].
    pub async fn once<T, E, F>(&self, name: &'static str, mut query: F) -> Result<T, TxError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, TxError<E>> + Send + 'static,
    {
        self.on_a_connection(name, move |connection, _| query(&mut Tx::new(connection)))
            .await
    }

    /// Reads as much as it likes of one moment: a transaction that sees the database as it was when it began, and writes
    /// nothing.
    ///
    /// # Errors
    /// What the closure refuses, or [`StoreError`].
    pub async fn reading<T, E, F>(&self, name: &'static str, mut query: F) -> Result<T, TxError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, TxError<E>> + Send + 'static,
    {
        self.on_a_connection(name, move |connection, _| {
            connection
                .build_transaction()
                .repeatable_read()
                .read_only()
                .run(|connection| query(&mut Tx::new(connection)))
        })
        .await
    }

    /// Runs what a worker does in one READ COMMITTED transaction: each statement sees what was committed before it began,
    /// and rows are kept apart by locks. For queues, which would make serializable transactions fail each other, and with
    /// them those of the callers who fill the queue. The closure must be safe to run twice.
    ///
    /// # Errors
    /// What the closure refuses, or [`StoreError`].
    pub async fn work<T, E, F>(&self, name: &'static str, mut work: F) -> Result<T, TxError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, TxError<E>> + Send + 'static,
    {
        self.on_a_connection(name, move |connection, metrics| {
            run_again(metrics, || {
                connection
                    .build_transaction()
                    .read_committed()
                    .run(|connection| work(&mut Tx::new(connection)))
            })
        })
        .await
    }

    /// Whether the database answers, asked anew.
    pub async fn is_ready(&self) -> bool {
        self.once::<_, std::convert::Infallible, _>("ready", |tx| Ok(migrate::is_current(tx)?))
            .await
            .unwrap_or(false)
    }

    /// Runs `work` on the blocking pool with a connection of ours; again when the connection that the pool gave turns
    /// out to be dead, as all of them are after a failover. Everything run here is safe to run twice.
    async fn on_a_connection<T, E, F>(&self, name: &'static str, mut work: F) -> Result<T, TxError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnMut(&mut PgConnection, &metrics::Metrics) -> Result<T, TxError<E>> + Send + 'static,
    {
        let unavailable = || {
            self.metrics.unavailable.fetch_add(1, Ordering::Relaxed);
            TxError::Store(StoreError::Unavailable)
        };
        let permit = tokio::time::timeout(
            self.settings.connect_timeout(),
            Arc::clone(&self.permits).acquire_owned(),
        )
        .await
        .map_err(|_| unavailable())?
        .map_err(|_| unavailable())?;
        self.metrics.transactions.fetch_add(1, Ordering::Relaxed);
        let (pool, metrics) = (self.pool.clone(), Arc::clone(&self.metrics));
        let running = tokio::task::spawn_blocking(move || {
            // Held until the connection is back in the pool, whether or not anyone still waits for the answer.
            let _permit = permit;
            let mut outcome = Err(TxError::Store(StoreError::Unavailable));
            // All that the pool holds may be dead; the one after them is new.
            for _ in 0..=pool.max_size() {
                let Ok(mut connection) = pool.get() else { break };
                outcome = work(&mut connection, &metrics);
                let is_dead = matches!(&outcome, Err(TxError::Store(StoreError::Unavailable)))
                    && connection.ping().is_err();
                if !is_dead {
                    break;
                }
                discard(&mut connection);
            }
            outcome
        });
        // A server that is there and says nothing must not hold a request longer than a statement may take.
        let patience = self.settings.statement_timeout() + self.settings.connect_timeout();
        let outcome = tokio::time::timeout(patience, running)
            .await
            .map_err(|_| unavailable())?;
        match outcome {
            Ok(Err(TxError::Store(StoreError::Unavailable))) | Err(_) => Err(unavailable()),
            Ok(Err(TxError::Store(error))) => {
                tracing::error!(use_case = name, %error, cause = ?std::error::Error::source(&error), "the store failed");
                Err(TxError::Store(error))
            }
            Ok(outcome) => outcome,
        }
    }
}

/// Runs a transaction again for as long as it meets others, within reason.
fn run_again<T, E>(
    metrics: &metrics::Metrics,
    mut run: impl FnMut() -> Result<T, TxError<E>>,
) -> Result<T, TxError<E>> {
    for _ in 0..MOST_RUNS {
        match run() {
            Err(TxError::Store(StoreError::Failed(error))) if error::is_conflict(&error) => {
                metrics.conflicts.fetch_add(1, Ordering::Relaxed);
            }
            outcome => return outcome,
        }
    }
    Err(TxError::Store(StoreError::Unavailable))
}

/// Marks a dead connection so that the pool throws it away.
fn discard(connection: &mut PgConnection) {
    use diesel::connection::TransactionManagerStatus;
    let manager: &mut TransactionManagerStatus =
        <PgConnection as Connection>::TransactionManager::transaction_manager_status_mut(connection);
    manager.set_in_error();
}
