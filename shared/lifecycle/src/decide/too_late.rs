//! A decision that another was before: refused, and noted where the history of the grant will show it or does.

use domain::Instant;
use store::{
    StoreError, Tx, TxError,
    resources::{RefusedDecision, Resource},
};
use uuid::Uuid;

use super::{CHANNEL, DecideError, Decision};
use crate::ledger::{self, Actor, Circumstance, TooLate};

/// Notes it; gives what its caller is told.
pub(super) fn too_late(
    tx: &mut Tx<'_>,
    resource: &Resource,
    decision: &Decision,
    now: Instant,
) -> Result<TxError<DecideError>, StoreError> {
    let attempted = match decision {
        Decision::Approved(_) => "APPROVED",
        Decision::Rejected { .. } => "REJECTED",
    };
    match resource.consent_id {
        Some(consent_id) => {
            if store::grants::lock(tx, consent_id)?.is_some() {
                let circumstance = Circumstance {
                    actor: Actor::Consumer,
                    channel: CHANNEL,
                    reason: None,
                    at: now,
                    // There is no event.
                    event_id: Uuid::nil(),
                };
                ledger::refuse(
                    tx,
                    consent_id,
                    (attempted, TooLate::AlreadyDecided),
                    &circumstance,
                )?;
            }
        }
        None => {
            let refused = RefusedDecision {
                decision: attempted.into(),
                at: now,
            };
            store::resources::refuse(tx, resource.resource_id, &refused)?;
            tx.keep_if_refused();
        }
    }
    Ok(TxError::Refused(if resource.request_completed {
        DecideError::NotFound
    } else {
        DecideError::AlreadyDecided
    }))
}
