//! Holds a grant and resumes it: while it is held it serves nothing and refreshes nothing, and its tokens live on.

use domain::{ConsentGrant, ConsentId, Instant};
use store::{Tx, TxError};
use uuid::Uuid;

use crate::{
    ledger::{self, Actor, Change, Circumstance, TooLate},
    revoke::RevokeError,
};

/// Hold or resume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspension {
    /// Serve nothing, until the instant if there is one.
    Hold {
        /// Lifts by itself then.
        until: Option<Instant>,
    },
    /// Serve again.
    Resume,
}

/// Who holds or resumes which grant.
#[derive(Debug, Clone)]
pub struct Suspend {
    /// Which grant.
    pub consent_id: ConsentId,
    /// What to do.
    pub suspension: Suspension,
    /// Who.
    pub actor: Actor,
    /// Through which API.
    pub channel: &'static str,
    /// When.
    pub now: Instant,
    /// The id of the event.
    pub event_id: Uuid,
}

/// Holds or resumes a grant that `is_the_callers`.
///
/// # Errors
/// [`RevokeError`]: not found, or ended.
pub fn suspend(
    tx: &mut Tx<'_>,
    suspend: &Suspend,
    is_the_callers: impl Fn(&ConsentGrant) -> bool,
) -> Result<ConsentGrant, TxError<RevokeError>> {
    let mut grant = store::grants::lock(tx, suspend.consent_id)?
        .filter(is_the_callers)
        .ok_or(TxError::Refused(RevokeError::NotFound))?;
    let circumstance = Circumstance {
        actor: suspend.actor,
        channel: suspend.channel,
        reason: None,
        at: suspend.now,
        event_id: suspend.event_id,
    };
    let state = grant.state_at(suspend.now);
    let (state, change) = match suspend.suspension {
        Suspension::Hold { until } => (state.hold(until), Change::Held),
        Suspension::Resume => (state.resume(), Change::Resumed),
    };
    let Ok(state) = state else {
        ledger::refuse(
            tx,
            grant.id,
            (change.as_str(), TooLate::AlreadyEnded),
            &circumstance,
        )?;
        return Err(TxError::Refused(RevokeError::AlreadyEnded));
    };
    if !store::grants::save_state(tx, grant.id, grant.version, &state, suspend.now)? {
        return Err(TxError::Refused(RevokeError::AlreadyEnded));
    }
    grant.stored_state = state;
    grant.version += 1;
    grant.updated_at = suspend.now;
    ledger::record(tx, &grant, change, &circumstance)?;
    Ok(grant)
}
