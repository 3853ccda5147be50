//! The callbacks that this process serves at this moment, and until when it may.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::time::Instant as Stopwatch;
use uuid::Uuid;

/// What is leased.
#[derive(Debug, Default)]
pub(super) struct Leases(Mutex<HashMap<Uuid, Lease>>);

#[derive(Debug)]
struct Lease {
    host: String,
    until: Stopwatch,
}

impl Leases {
    /// Takes one in. `until` was reckoned before the database was asked, so ours ends first.
    pub(super) fn insert(&self, callback_id: Uuid, host: String, until: Stopwatch) {
        self.lock().insert(callback_id, Lease { host, until });
    }

    /// Lets it go.
    pub(super) fn remove(&self, callback_id: Uuid) {
        self.lock().remove(&callback_id);
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Which.
    pub(super) fn all(&self) -> Vec<Uuid> {
        self.lock().keys().copied().collect()
    }

    /// Hosts that have as many as they may.
    pub(super) fn busy_hosts(&self, most: usize) -> Vec<String> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let leases = self.lock();
        for lease in leases.values() {
            *counts.entry(&lease.host).or_default() += 1;
        }
        let busy = counts.into_iter().filter(|(_, count)| *count >= most);
        busy.map(|(host, _)| host.to_owned()).collect()
    }

    /// These were renewed.
    pub(super) fn renew(&self, callbacks: &[Uuid], until: Stopwatch) {
        let mut leases = self.lock();
        for callback_id in callbacks {
            if let Some(lease) = leases.get_mut(callback_id) {
                lease.until = until;
            }
        }
    }

    /// Whether it is still ours: nothing is sent once it may be another's.
    pub(super) fn holds(&self, callback_id: Uuid) -> bool {
        self.lock()
            .get(&callback_id)
            .is_some_and(|lease| Stopwatch::now() < lease.until)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Lease>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
