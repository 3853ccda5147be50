//! The one clock that reads the machine's time.

use domain::{Clock, Instant};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge: everything else is handed the instant"
    )]
    fn now(&self) -> Instant {
        chrono::Utc::now()
    }
}
