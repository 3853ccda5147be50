//! What the holders of joint accounts say to grants of them.
//!
//! `consent_accounts.awaiting` counts the approvals that are missing, so that a read looks at one number; it is written
//! here and nowhere else, in the statement that writes the approval itself.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{AccountId, ConsentId, Instant, UserId};
use uuid::Uuid;

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

const TABLE: Table = Table("consent_approvals");

/// One holder's word on one account of a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The account.
    pub account_id: AccountId,
    /// The holder.
    pub user_id: UserId,
    /// When they last approved.
    pub approved_at: Option<Instant>,
    /// When they withdrew that, or declined.
    pub withdrawn_at: Option<Instant>,
}

impl Approval {
    /// Whether the holder approves now.
    pub const fn stands(&self) -> bool {
        self.approved_at.is_some() && self.withdrawn_at.is_none()
    }
}

statement! {
    Insert -> BigInt ;
    "WITH inserted AS (
        INSERT INTO consent_approvals (consent_id, account_id, user_id, granted_at, approved_at)
        SELECT g.consent_id, n.account_id, n.user_id, g.granted_at, CASE WHEN n.user_id = g.user_id THEN g.granted_at END
        FROM unnest(" (account_ids: Array<Text> = Vec<&'a str>) "," (user_ids: Array<Text> = Vec<&'a str>)
    ") AS n(account_id, user_id), (SELECT " (consent_id: SqlUuid = Uuid) "::uuid AS consent_id, "
    (grantor: Text = &'a str) "::text AS user_id, " (granted_at: Timestamptz = Instant) "::timestamptz AS granted_at) g
        RETURNING 1)
     SELECT count(*) FROM inserted"
}

statement! {
    /// Of accounts that are still in the grant.
    List -> (Text, Text, Nullable<Timestamptz>, Nullable<Timestamptz>) ;
    "SELECT p.account_id, p.user_id, p.approved_at, p.withdrawn_at
     FROM consent_approvals p JOIN consent_accounts a USING (consent_id, account_id)
     WHERE p.consent_id = " (consent_id: SqlUuid = Uuid) " AND a.removed_at IS NULL ORDER BY a.position, p.user_id"
}

statement! {
    /// Writes one holder's word, and counts anew what is missing of each account that it changed.
    Save -> Integer ;
    "WITH change AS (SELECT " (consent_id: SqlUuid = Uuid) "::uuid AS consent_id, " (version: Integer = i32)
    "::integer AS version, " (user_id: Text = &'a str) "::text AS user_id, " (approves: Bool = bool)
    "::boolean AS approves, " (account_ids: Array<Text> = Vec<&'a str>) "::text[] AS account_ids, "
    (now: Timestamptz = Instant) "::timestamptz AS now),
    saved AS (UPDATE consent_grants g SET version = g.version + 1, updated_at = change.now FROM change
        WHERE g.consent_id = change.consent_id AND g.version = change.version
        RETURNING g.consent_id, g.version),
    said AS (UPDATE consent_approvals p SET
            approved_at = CASE WHEN change.approves THEN change.now ELSE p.approved_at END,
            withdrawn_at = CASE WHEN change.approves THEN NULL ELSE change.now END
        FROM change, saved WHERE p.consent_id = saved.consent_id AND p.user_id = change.user_id
          AND p.account_id = ANY(change.account_ids)
        RETURNING p.account_id),
    -- The word of this holder is not visible to this statement yet: the others', and this one.
    counted AS (UPDATE consent_accounts a SET awaiting =
            (SELECT count(*) FROM consent_approvals p WHERE p.consent_id = a.consent_id AND p.account_id = a.account_id
                AND p.user_id <> change.user_id AND (p.approved_at IS NULL OR p.withdrawn_at IS NOT NULL))
            + CASE WHEN change.approves THEN 0 ELSE 1 END
        FROM change, said WHERE a.consent_id = change.consent_id AND a.account_id = said.account_id)
    SELECT version FROM saved"
}

/// Writes whose approval a new grant needs, (account, holder) each; the grantor's own stands at once.
///
/// # Errors
/// [`StoreError`].
pub fn insert(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    grantor: &UserId,
    needed: &[(AccountId, UserId)],
    granted_at: Instant,
) -> Result<(), StoreError> {
    if needed.is_empty() {
        return Ok(());
    }
    Insert::new(
        needed.iter().map(|(account_id, _)| account_id.as_str()).collect(),
        needed.iter().map(|(_, user_id)| user_id.as_str()).collect(),
        consent_id.uuid(),
        grantor.as_str(),
        granted_at,
    )
    .get_result::<i64>(tx.connection)?;
    Ok(())
}

/// What the holders of the accounts of a grant say, in the order of its accounts; nothing of accounts that need none.
///
/// # Errors
/// [`StoreError`].
pub fn list(tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Vec<Approval>, StoreError> {
    List::new(consent_id.uuid())
        .load::<(String, String, Option<Instant>, Option<Instant>)>(tx.connection)?
        .into_iter()
        .map(|(account_id, user_id, approved_at, withdrawn_at)| {
            Ok(Approval {
                account_id: TABLE.parse("account_id", &account_id)?,
                user_id: TABLE.parse("user_id", &user_id)?,
                approved_at,
                withdrawn_at,
            })
        })
        .collect()
}

/// Writes what a holder says to those accounts, over the version of the grant that was read. Returns whether that version
/// was still there.
///
/// # Errors
/// [`StoreError`].
pub fn save(
    tx: &mut Tx<'_>,
    (consent_id, version): (ConsentId, i32),
    user_id: &UserId,
    approves: bool,
    account_ids: &[AccountId],
    now: Instant,
) -> Result<bool, StoreError> {
    let saved = Save::new(
        consent_id.uuid(),
        version,
        user_id.as_str(),
        approves,
        account_ids.iter().map(AccountId::as_str).collect(),
        now,
    )
    .get_result::<i32>(tx.connection)
    .optional()?;
    Ok(saved.is_some())
}
