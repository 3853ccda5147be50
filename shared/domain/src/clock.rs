//! Time and chance, handed in. The edge reads each once per request and passes it down.

use chrono::{DateTime, Utc};

/// A point in time, UTC.
pub type Instant = DateTime<Utc>;

/// Tells the time. One real implementation (in `http`) and one for tests exist.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Instant;
}

/// Gives unpredictable bytes, fit for secrets.
pub trait Random: Send + Sync {
    /// Fills `bytes`, every bit unpredictable.
    fn fill(&self, bytes: &mut [u8]);
}
