//! Ends a grant for good. From the commit on no request of any replica reads data and no refresh succeeds.

use domain::{
    ConsentGrant, ConsentId, Instant,
    consent::{PartyType, UpdateReason},
};
use store::{Tx, TxError};
use uuid::Uuid;

use crate::ledger::{self, Actor, Change, Circumstance, TooLate};

/// Who ends it, and why.
#[derive(Debug, Clone)]
pub struct Revoke {
    /// Which grant.
    pub consent_id: ConsentId,
    /// Who called.
    pub actor: Actor,
    /// Who wanted it, as FDX shows it; a recipient may act for the consumer.
    pub initiator: PartyType,
    /// Why.
    pub reason: UpdateReason,
    /// Through which API.
    pub channel: &'static str,
    /// When.
    pub now: Instant,
    /// The id of the event.
    pub event_id: Uuid,
}

/// Why a grant is not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RevokeError {
    /// No such grant, or not one of the caller's.
    #[error("no such consent")]
    NotFound,
    /// It has ended before.
    #[error("the consent has already ended")]
    AlreadyEnded,
}

/// Ends a grant that `is_the_callers`. What is absent and what is another's get the same answer (O08). Of two that race
/// the second is refused, and history says so.
///
/// # Errors
/// [`RevokeError`].
pub fn revoke(
    tx: &mut Tx<'_>,
    revoke: &Revoke,
    is_the_callers: impl Fn(&ConsentGrant) -> bool,
) -> Result<ConsentGrant, TxError<RevokeError>> {
    let mut grant = store::grants::lock(tx, revoke.consent_id)?
        .filter(is_the_callers)
        .ok_or(TxError::Refused(RevokeError::NotFound))?;
    let circumstance = Circumstance {
        actor: revoke.actor,
        channel: revoke.channel,
        reason: serde_json::to_value(revoke.reason)
            .ok()
            .and_then(|reason| reason.as_str().map(Into::into)),
        at: revoke.now,
        event_id: revoke.event_id,
    };
    let Ok(state) = grant
        .state_at(revoke.now)
        .revoke(revoke.now, revoke.initiator, revoke.reason)
    else {
        ledger::refuse(
            tx,
            grant.id,
            (Change::Revoked.as_str(), TooLate::AlreadyEnded),
            &circumstance,
        )?;
        return Err(TxError::Refused(RevokeError::AlreadyEnded));
    };
    if !store::grants::save_state(tx, grant.id, grant.version, &state, revoke.now)? {
        return Err(TxError::Refused(RevokeError::AlreadyEnded));
    }
    grant.stored_state = state;
    grant.version += 1;
    grant.updated_at = revoke.now;
    ledger::record(tx, &grant, Change::Revoked, &circumstance)?;
    Ok(grant)
}
