//! What changes in a grant's row once it is there. Each change is conditional on the version that was read, or on nothing
//! having been there before; whoever changes a grant writes history in the same transaction.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{AccountId, ConsentGrant, ConsentId, ConsentState, Instant, Scopes};
use uuid::Uuid;

use super::row::StateColumns;
use crate::{Tx, error::StoreError, statement::statement};

/// Most changes that came too late which history keeps of one grant.
const MOST_REFUSED: i32 = 16;

statement! {
    /// Only the version that was read.
    SaveState -> Integer ;
    "UPDATE consent_grants SET version = version + 1, state = " (state: Text = String) ", hold_until = "
    (hold_until: Nullable<Timestamptz> = Option<Instant>) ", ended_at = "
    (ended_at: Nullable<Timestamptz> = Option<Instant>) ", ended_by = "
    (ended_by: Nullable<Text> = Option<String>) ", ended_reason = "
    (ended_reason: Nullable<Text> = Option<String>) ", updated_at = " (now: Timestamptz = Instant)
    " WHERE consent_id = " (consent_id: SqlUuid = Uuid) " AND version = " (version: Integer = i32)
    " RETURNING version"
}

statement! {
    VoidTokens -> SqlUuid ;
    "UPDATE consent_grants SET tokens_void_before = " (now: Timestamptz = Instant) " WHERE consent_id = "
    (consent_id: SqlUuid = Uuid) " RETURNING consent_id"
}

statement! {
    /// Only while it has no other successor.
    Supersede -> SqlUuid ;
    "UPDATE consent_grants SET version = version + 1, superseded_by = " (superseded_by: SqlUuid = Uuid) " WHERE consent_id = "
    (consent_id: SqlUuid = Uuid) " AND superseded_by IS NULL RETURNING consent_id"
}

statement! {
    /// Removes the accounts that are still in the grant, and writes what the rest needs.
    RemoveAccounts -> Integer ;
    "WITH change AS (SELECT " (consent_id: SqlUuid = Uuid) "::uuid AS consent_id, " (version: Integer = i32)
    "::integer AS version, " (now: Timestamptz = Instant) "::timestamptz AS now, "
    (account_ids: Array<Text> = Vec<&'a str>) "::text[] AS account_ids, " (scope: Text = String) "::text AS scope),
    saved AS (UPDATE consent_grants g SET version = g.version + 1, updated_at = change.now, scope = change.scope
        FROM change WHERE g.consent_id = change.consent_id AND g.version = change.version
        RETURNING g.consent_id, g.version),
    removed AS (UPDATE consent_accounts a SET removed_at = change.now FROM change, saved
        WHERE a.consent_id = saved.consent_id AND a.account_id = ANY(change.account_ids) AND a.removed_at IS NULL)
    SELECT version FROM saved"
}

statement! {
    CountRefused -> Integer ;
    "UPDATE consent_grants SET refused_changes = refused_changes + 1 WHERE consent_id = "
    (consent_id: SqlUuid = Uuid) " AND refused_changes < " (most: Integer = i32) " RETURNING refused_changes"
}

/// Writes a new state over the version that was read. Returns whether that version was still there.
///
/// # Errors
/// [`StoreError`].
pub fn save_state(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    version: i32,
    state: &ConsentState,
    now: Instant,
) -> Result<bool, StoreError> {
    let columns = StateColumns::of(state);
    let saved = SaveState::new(
        columns.state,
        columns.hold_until,
        columns.ended_at,
        columns.ended_by,
        columns.ended_reason,
        now,
        consent_id.uuid(),
        version,
    )
    .get_result::<i32>(tx.connection)
    .optional()?;
    Ok(saved.is_some())
}

/// Notes which grant renewed this one. Returns whether this call did it: of two renewals one wins.
///
/// # Errors
/// [`StoreError`].
pub fn supersede(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    superseded_by: ConsentId,
) -> Result<bool, StoreError> {
    let noted = Supersede::new(superseded_by.uuid(), consent_id.uuid())
        .get_result::<Uuid>(tx.connection)
        .optional()?;
    Ok(noted.is_some())
}

/// Removes accounts from the version that was read, and leaves the grant these scopes. Returns whether that version was
/// still there.
///
/// # Errors
/// [`StoreError`].
pub fn remove_accounts(
    tx: &mut Tx<'_>,
    grant: &ConsentGrant,
    account_ids: &[AccountId],
    scopes: &Scopes,
    now: Instant,
) -> Result<bool, StoreError> {
    let saved = RemoveAccounts::new(
        grant.id.uuid(),
        grant.version,
        now,
        account_ids.iter().map(AccountId::as_str).collect(),
        scopes.to_string(),
    )
    .get_result::<i32>(tx.connection)
    .optional()?;
    Ok(saved.is_some())
}

/// Counts a change that came too late. Returns whether history still has room for it.
///
/// # Errors
/// [`StoreError`].
pub fn count_refused(tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<bool, StoreError> {
    let counted = CountRefused::new(consent_id.uuid(), MOST_REFUSED)
        .get_result::<i32>(tx.connection)
        .optional()?;
    Ok(counted.is_some())
}

/// Kills every token of the grant that was issued up to `now`.
///
/// # Errors
/// [`StoreError`].
pub fn void_tokens(tx: &mut Tx<'_>, consent_id: ConsentId, now: Instant) -> Result<(), StoreError> {
    VoidTokens::new(now, consent_id.uuid()).get_result::<Uuid>(tx.connection)?;
    Ok(())
}
