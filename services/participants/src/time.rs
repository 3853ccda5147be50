//! Times as consent entities show them.

use chrono::SubsecRound;
use domain::Instant;

/// Times of consent entities have no fraction: clients in the field expect none.
pub(crate) fn whole_seconds(instant: Instant) -> Instant {
    instant.trunc_subsecs(0)
}
