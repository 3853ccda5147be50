//! `[maintenance]`: the workers that write down what time has already made true.
//!
//! Nothing waits for them: expiry is decided when a row is read, and a late worker delays only events and the purge.

use std::{num::NonZeroU32, time::Duration};

use serde::Deserialize;

/// How often, and how long things are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Maintenance {
    /// Seconds between two looks for grants that have expired.
    pub expiry_interval_seconds: NonZeroU32,
    /// Seconds between two looks for partitions to create or to drop.
    pub partition_interval_seconds: NonZeroU32,
}

impl Default for Maintenance {
    fn default() -> Self {
        const MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();
        const HOUR: NonZeroU32 = NonZeroU32::new(3600).unwrap();
        Self {
            expiry_interval_seconds: MINUTE,
            partition_interval_seconds: HOUR,
        }
    }
}

impl Maintenance {
    /// Time between two looks for grants that have expired.
    pub fn expiry_interval(&self) -> Duration {
        Duration::from_secs(self.expiry_interval_seconds.get().into())
    }

    /// Time between two looks at the partitions.
    pub fn partition_interval(&self) -> Duration {
        Duration::from_secs(self.partition_interval_seconds.get().into())
    }
}
