//! `[notifications]`: when and how often a recipient is told of an event.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    time::Duration,
};

use serde::Deserialize;

/// The workers that deliver.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Notifications {
    /// Who tells, as recipients read it (FDX `publisher`).
    pub publisher_name: String,
    /// Milliseconds between two looks for new events when there is nothing to do.
    pub poll_interval_ms: NonZeroU32,
    /// Subscriptions that one replica serves at a time.
    pub subscriptions_at_once: NonZeroUsize,
    /// Seconds after which the work of a replica that died is taken over.
    pub lease_seconds: NonZeroU32,
    /// Milliseconds until the first repetition; each further one waits about twice as long as the one before.
    pub first_retry_ms: NonZeroU32,
    /// Longest time between two attempts, seconds.
    pub longest_retry_seconds: NonZeroU32,
    /// Hours of attempts before an event is parked.
    pub retry_hours: NonZeroU32,
}

impl Default for Notifications {
    fn default() -> Self {
        const POLL_MS: NonZeroU32 = NonZeroU32::new(200).unwrap();
        const AT_ONCE: NonZeroUsize = NonZeroUsize::new(512).unwrap();
        const LEASE: NonZeroU32 = NonZeroU32::new(15).unwrap();
        const FIRST_MS: NonZeroU32 = NonZeroU32::new(2_000).unwrap();
        const HOUR: NonZeroU32 = NonZeroU32::new(3_600).unwrap();
        const THREE_DAYS: NonZeroU32 = NonZeroU32::new(72).unwrap();
        Self {
            publisher_name: "Data Provider".to_owned(),
            poll_interval_ms: POLL_MS,
            subscriptions_at_once: AT_ONCE,
            lease_seconds: LEASE,
            first_retry_ms: FIRST_MS,
            longest_retry_seconds: HOUR,
            retry_hours: THREE_DAYS,
        }
    }
}

impl Notifications {
    /// Time between two looks.
    pub fn poll_interval(&self) -> Duration {
        Duration::from_millis(self.poll_interval_ms.get().into())
    }

    /// How long a replica that says nothing keeps its work.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds.get().into())
    }

    /// Until the first repetition.
    pub fn first_retry(&self) -> Duration {
        Duration::from_millis(self.first_retry_ms.get().into())
    }

    /// Longest time between two attempts.
    pub fn longest_retry(&self) -> Duration {
        Duration::from_secs(self.longest_retry_seconds.get().into())
    }

    /// From an event to its parking.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(u64::from(self.retry_hours.get()) * 3_600)
    }
}
