//! Writes down what time has already done, and tells it: a grant that ended, a hold that lapsed. Late without harm, and safe
//! with many replicas: the state at an instant never depends on it.

use domain::{ConsentId, ConsentState, Instant};
use store::{Tx, TxError};
use uuid::Uuid;

use crate::ledger::{self, Actor, Change, Circumstance};

/// Writes what time has done to one grant, unless it was written before or another replica has it in hand. Returns whether
/// this call did.
///
/// # Errors
/// [`store::StoreError`].
pub fn expire(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    now: Instant,
    event_id: Uuid,
) -> Result<bool, TxError<std::convert::Infallible>> {
    let Some(mut grant) = store::grants::lock_unless_busy(tx, consent_id)? else {
        return Ok(false);
    };
    let state = grant.state_at(now);
    let change = match (&grant.stored_state, &state) {
        (stored, _) if stored.is_final() => return Ok(false),
        (_, ConsentState::Expired { .. }) => Change::Expired,
        (_, ConsentState::Consumed { .. }) => Change::Consumed,
        (ConsentState::OnHold { .. }, ConsentState::Active) => Change::Resumed,
        _ => return Ok(false),
    };
    if !store::grants::save_state(tx, consent_id, grant.version, &state, now)? {
        return Ok(false);
    }
    grant.stored_state = state;
    grant.version += 1;
    let circumstance = Circumstance {
        actor: Actor::System,
        channel: "expiry",
        reason: None,
        at: now,
        event_id,
    };
    ledger::record(tx, &grant, change, &circumstance)?;
    Ok(true)
}
