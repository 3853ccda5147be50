//! diesel and r2d2: rows, queries, transactions. The only crate that knows SQL.
//!
//! Five ways to the database, and when to take which:
//! * [`Store::tx`]: a use case of several statements, serializable, run again when it meets another.
//! * [`Store::once`]: one statement that is its own transaction.
//! * [`Store::reading`]: several reads of one moment, which must agree.
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
mod transaction;

pub mod accesses;
pub mod account_reads;
pub mod alone;
pub mod announcements;
pub mod approvals;
pub mod backlog;
pub mod callbacks;
pub mod challenges;
pub mod clients;
pub mod codes;
pub mod consent_lists;
pub mod customers;
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
pub mod spans;
pub mod spend;
pub mod standing;
pub mod subscriptions;
pub mod tokens;
pub mod transaction_reads;
pub mod user_consents;
pub mod users;

use std::sync::Arc;

use config::Database;
use tokio::sync::Semaphore;

pub use combined::Combined;
pub use error::{StoreError, TxError};
pub use metrics::Counts;
pub use migrate::{MigrateError, Migrations};
pub use transaction::Tx;

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
}
