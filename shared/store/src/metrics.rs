//! What the store counts about itself.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::connect::read;

/// Counters since start; made once, shared by every connection.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) statements: AtomicU64,
    pub(crate) transactions: AtomicU64,
    pub(crate) conflicts: AtomicU64,
    pub(crate) unavailable: AtomicU64,
    batches: AtomicU64,
    questions: AtomicU64,
    batch_microseconds: AtomicU64,
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Statements sent, `BEGIN` and `COMMIT` among them.
    pub statements: u64,
    /// Transactions and single statements asked for, each counted once however often it was run.
    pub transactions: u64,
    /// Transactions that met another and were run again.
    pub conflicts: u64,
    /// Requests refused because the database was away or busy.
    pub unavailable: u64,
    /// Batches run by the combiners.
    pub batches: u64,
    /// Questions in those batches.
    pub questions: u64,
    /// Time that those batches took together, microseconds.
    pub batch_microseconds: u64,
}

impl Metrics {
    pub(crate) fn observe(&self, questions: usize, took: Duration) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.questions.fetch_add(questions as u64, Ordering::Relaxed);
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.batch_microseconds.fetch_add(microseconds, Ordering::Relaxed);
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            statements: read(&self.statements),
            transactions: read(&self.transactions),
            conflicts: read(&self.conflicts),
            unavailable: read(&self.unavailable),
            batches: read(&self.batches),
            questions: read(&self.questions),
            batch_microseconds: read(&self.batch_microseconds),
        }
    }
}
