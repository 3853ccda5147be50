//! In which span of time the rows of a consent lie, so that of the partitions by month those alone are opened in which there can be
//! one.

use chrono::{Duration, Months};
use domain::{ConsentGrant, ConsentState, Instant};

/// How far replicas' clocks may lie apart: rows that one wrote are looked for in a span that another's row tells.
const APART: Duration = Duration::days(1);

/// From an instant on, and before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub(crate) from: Instant,
    pub(crate) until: Instant,
}

impl Span {
    /// Of all rows that there can be.
    pub const EVER: Self = Self {
        from: Instant::UNIX_EPOCH,
        until: Instant::MAX_UTC,
    };

    /// The month that begins then.
    pub(crate) fn month(from: Instant) -> Self {
        Self {
            from,
            until: from + Months::new(1),
        }
    }

    /// Of what happened to a consent until `told_until`, the instant of its last change; the last can be as late as now where that
    /// is not known.
    pub fn of_history(grant: &ConsentGrant, told_until: Instant) -> Self {
        Self {
            from: begins(grant),
            until: told_until.max(grant.created_at) + APART,
        }
    }

    /// Of the reads under a consent: none before it was granted, none after it has ended.
    pub fn of_accesses(grant: &ConsentGrant, now: Instant) -> Self {
        let ended_at = match &grant.stored_state {
            ConsentState::Active | ConsentState::OnHold { .. } => grant.expires_at,
            ConsentState::Revoked { at, .. }
            | ConsentState::Expired { at }
            | ConsentState::Consumed { at } => *at,
        };
        Self {
            from: begins(grant),
            until: ended_at.min(now).max(grant.created_at) + APART,
        }
    }
}

fn begins(grant: &ConsentGrant) -> Instant {
    grant.created_at.min(grant.updated_at) - APART
}
