//! Every change of a grant: one row of history chained to the one before, and one event in the outbox.

mod change;
mod hash;

use domain::{ClientId, ConsentGrant, ConsentId, UserId};
use serde_json::{Value, json};
use store::{StoreError, Tx, history::HistoryRow, outbox::Event, snapshots::Snapshot};

pub use self::{
    change::{Actor, Change, Circumstance, TooLate},
    hash::{canonical, instant, row_hash},
};

/// The member of a row's content that holds the SHA-256 of the decision's evidence, base64url.
pub const EVIDENCE_HASH: &str = "evidenceHash";

/// Writes the row of history and the event of a change that has just been written to the grant's row, which is
/// locked by this transaction (or was created by it).
///
/// # Errors
/// [`StoreError`].
pub fn record(
    tx: &mut Tx<'_>,
    grant: &ConsentGrant,
    change: Change,
    circumstance: &Circumstance,
) -> Result<(), StoreError> {
    let content = content(tx, grant.id)?;
    append(tx, grant.id, change.as_str(), content, circumstance)?;
    tell(tx, grant.id, &grant.client_id, change.event_type(), circumstance)
}

/// Writes that a change was refused because another was first: of those that race for a grant, history shows the loser too.
/// The grant stays as it is and nobody else is told, so there is no event; nor is there a row beyond the number that is
/// kept of one grant. The grant's row must be locked. What is written stays although the use case refuses.
///
/// # Errors
/// [`StoreError`].
pub fn refuse(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    (attempted, too_late): (&str, TooLate),
    circumstance: &Circumstance,
) -> Result<(), StoreError> {
    if store::grants::count_refused(tx, consent_id)? {
        let content = content(tx, consent_id)?;
        let circumstance = Circumstance {
            reason: Some(format!("{attempted}: {}", too_late.as_str())),
            ..circumstance.clone()
        };
        append(tx, consent_id, "REFUSED", content, &circumstance)?;
    }
    tx.keep_if_refused();
    Ok(())
}

/// Writes that there is no grant: the consumer said no, or may not share with this recipient again. The id is one that
/// names nothing else: history and event hang on it, and no grant will ever have it.
///
/// # Errors
/// [`StoreError`].
pub fn reject(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    (client_id, user_id): (&ClientId, Option<&UserId>),
    circumstance: &Circumstance,
) -> Result<(), StoreError> {
    let content = json!({"state": "REJECTED", "clientId": client_id, "userId": user_id});
    append(tx, consent_id, "REJECTED", content, circumstance)?;
    tell(tx, consent_id, client_id, "CONSENT_REJECTED", circumstance)
}

/// Writes one row after the last one.
fn append(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    action: &'static str,
    content: Value,
    circumstance: &Circumstance,
) -> Result<(), StoreError> {
    let (sequence, previous_hash) = match store::history::last(tx, consent_id)? {
        Some((sequence, hash)) => (sequence + 1, hash),
        None => (1, vec![0; 32]),
    };
    let mut row = HistoryRow {
        sequence,
        happened_at: circumstance.at,
        action: action.into(),
        actor: circumstance.actor.as_str().into(),
        channel: circumstance.channel.into(),
        reason: circumstance.reason.clone(),
        content_hash: jose::sha256(canonical(&content)).to_vec(),
        content,
        previous_hash,
        row_hash: vec![],
    };
    row.row_hash = row_hash(consent_id.uuid(), &row).to_vec();
    store::history::insert(tx, consent_id, &row)
}

/// Puts the event in the outbox.
fn tell(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    client_id: &ClientId,
    event_type: &'static str,
    circumstance: &Circumstance,
) -> Result<(), StoreError> {
    let event = Event {
        event_id: circumstance.event_id,
        consent_id,
        client_id: client_id.clone(),
        event_type,
        payload: json!({
            "id": consent_id,
            "idType": "CONSENT",
            "customFields": {"name": "INITIATOR", "value": circumstance.actor.party()},
        }),
    };
    store::outbox::push(tx, &event, circumstance.at)
}

/// The grant as it stands in the database now, in the form that history keeps: see `store::snapshots`. What the consent
/// application reported is there by its hash.
fn content(tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Value, StoreError> {
    store::snapshots::of(tx, &[consent_id])?
        .into_iter()
        .next()
        .map(content_of)
        .ok_or(StoreError::Corrupt {
            table: "consent_grants",
            column: "consent_id",
        })
}

/// The same of a snapshot.
pub fn content_of(snapshot: Snapshot) -> Value {
    let mut content = snapshot.content;
    let hash = jose::base64url(jose::sha256(canonical(&snapshot.evidence)));
    if let Some(members) = content.as_object_mut() {
        members.insert(EVIDENCE_HASH.into(), hash.into());
    }
    content
}
