//! A renewal: a new grant takes the place of an old one, which ends with its birth.

use domain::{ClientId, ConsentGrant, ConsentId, UserId, consent::UpdateReason};
use store::{StoreError, Tx, TxError};

use super::Complete;
use crate::{
    ledger::{self, Actor, Change, Circumstance},
    revoke::{Revoke, revoke},
};

/// The grant that is to be replaced, locked; `None` when it is not this recipient's and consumer's, or was replaced before.
pub(super) fn lock(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    client_id: &ClientId,
    user_id: &UserId,
) -> Result<Option<ConsentGrant>, StoreError> {
    Ok(store::grants::lock(tx, consent_id)?
        .filter(|old| old.client_id == *client_id && old.user_id == *user_id && old.superseded_by.is_none()))
}

/// Ends the grant that a new one replaces, or notes the successor of one that has ended.
pub(super) fn end(tx: &mut Tx<'_>, with: &Complete<'_>, replaced: &ConsentGrant) -> Result<(), StoreError> {
    let lost = || StoreError::Corrupt {
        table: "consent_grants",
        column: "superseded_by",
    };
    if !store::grants::supersede(tx, replaced.id, with.consent_id)? {
        return Err(lost());
    }
    let actor = Actor::Consumer;
    if replaced.state_at(with.now).is_final() {
        let circumstance = Circumstance {
            actor,
            channel: "authorize",
            reason: None,
            at: with.now,
            event_id: with.replaced_event_id,
        };
        return ledger::record(tx, replaced, Change::Superseded, &circumstance);
    }
    let end = Revoke {
        consent_id: replaced.id,
        actor,
        initiator: actor.party(),
        reason: UpdateReason::UserAction,
        channel: "authorize",
        now: with.now,
        event_id: with.replaced_event_id,
    };
    match revoke(tx, &end, |_| true) {
        Ok(_) => Ok(()),
        Err(TxError::Store(error)) => Err(error),
        // It is locked, and it lives.
        Err(TxError::Refused(_)) => Err(lost()),
    }
}
