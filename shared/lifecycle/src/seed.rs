//! Many consents with whole chains at once, for measuring: `concordat seed consents`.
//!
//! Each batch lives as a grant does: it is written, and the ledger tells it as it stands in the database; some of it is then
//! revoked, and told again. So what `verify` recomputes of it is what was really there.

use std::collections::BTreeMap;

use chrono::Duration;
use domain::{ConsentId, Instant};
use store::{
    StoreError, Tx,
    history::HistoryRow,
    seed::{Common, Seed},
};

use crate::ledger::{Actor, Change, canonical, content_of, row_hash};

/// How long after its grant a consent that is seeded as revoked ended.
const LIVED: Duration = Duration::hours(1);

/// Writes some consents with accounts, accesses and history. Every fourth is revoked an hour after it was granted. There is
/// no event for them: nobody is to be told.
///
/// # Errors
/// [`StoreError`].
pub fn seed(tx: &mut Tx<'_>, seeds: &[Seed], common: &Common) -> Result<(), StoreError> {
    store::seed::insert(tx, seeds, common)?;
    let ids: Vec<ConsentId> = seeds.iter().map(|seed| seed.consent_id).collect();
    let granted: BTreeMap<ConsentId, Instant> = seeds
        .iter()
        .map(|seed| (seed.consent_id, seed.created_at))
        .collect();
    let first = rows(tx, &ids, (Change::Granted, "authorize"), |id| {
        (granted.get(&id).copied().unwrap_or_default(), None)
    })?;
    store::seed::insert_history(tx, &first)?;

    let ended: Vec<(ConsentId, Instant)> = seeds
        .iter()
        .step_by(4)
        .map(|seed| (seed.consent_id, seed.created_at + LIVED))
        .collect();
    store::seed::revoke(tx, &ended)?;
    let before: BTreeMap<ConsentId, &HistoryRow> = first.iter().map(|(id, row)| (*id, row)).collect();
    let ids: Vec<ConsentId> = ended.iter().map(|(id, _)| *id).collect();
    let second = rows(tx, &ids, (Change::Revoked, "participant-user"), |id| {
        let at = granted.get(&id).copied().unwrap_or_default() + LIVED;
        (at, before.get(&id).copied())
    })?;
    store::seed::insert_history(tx, &second)
}

/// A row for each, of the grant as it stands, after the row before.
fn rows<'a>(
    tx: &mut Tx<'_>,
    ids: &[ConsentId],
    (change, channel): (Change, &str),
    place: impl Fn(ConsentId) -> (Instant, Option<&'a HistoryRow>),
) -> Result<Vec<(ConsentId, HistoryRow)>, StoreError> {
    let snapshots = store::snapshots::of(tx, ids)?;
    let row = |snapshot: store::snapshots::Snapshot| {
        let id = snapshot.consent_id;
        let (happened_at, before) = place(id);
        let content = content_of(snapshot);
        let mut row = HistoryRow {
            sequence: before.map_or(1, |before| before.sequence + 1),
            happened_at,
            action: change.as_str().into(),
            actor: Actor::Consumer.as_str().into(),
            channel: channel.into(),
            reason: before.map(|_| "USER_ACTION".into()),
            content_hash: jose::sha256(canonical(&content)).to_vec(),
            content,
            previous_hash: before.map_or_else(|| vec![0; 32], |before| before.row_hash.clone()),
            row_hash: vec![],
        };
        row.row_hash = row_hash(id.uuid(), &row).to_vec();
        (id, row)
    };
    Ok(snapshots.into_iter().map(row).collect())
}
