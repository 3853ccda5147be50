//! Takes accounts out of a grant: from the commit on nothing of them is read. A grant is never widened; a consumer who
//! wants to share more is asked again.

use std::collections::BTreeSet;

use domain::{AccountId, ConsentGrant, ConsentId, Instant};
use store::{StoreError, Tx, TxError};
use uuid::Uuid;

use crate::{
    complete::granted_scopes,
    ledger::{self, Actor, Change, Circumstance, TooLate},
};

/// Which accounts are taken out of which grant, and by whom.
#[derive(Debug, Clone)]
pub struct Narrow {
    /// Which grant.
    pub consent_id: ConsentId,
    /// Which of its accounts.
    pub account_ids: Vec<AccountId>,
    /// Who.
    pub actor: Actor,
    /// Through which API.
    pub channel: &'static str,
    /// Why, when a reason was given.
    pub reason: Option<String>,
    /// When.
    pub now: Instant,
    /// The id of the event.
    pub event_id: Uuid,
}

/// Why nothing is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NarrowError {
    /// No such grant, or not one of the caller's.
    #[error("no such consent")]
    NotFound,
    /// An account is not in the grant, or no longer, or none was named.
    #[error("an account is not in the consent")]
    NoSuchAccount,
    /// It has ended.
    #[error("the consent has already ended")]
    AlreadyEnded,
    /// Nothing would be left.
    #[error("the last account cannot be removed: end the consent instead")]
    LastAccount,
}

/// Takes accounts out of a grant that `is_the_callers`: a new version, with the scopes that the rest needs.
///
/// # Errors
/// [`NarrowError`].
pub fn narrow(
    tx: &mut Tx<'_>,
    narrow: &Narrow,
    is_the_callers: impl Fn(&ConsentGrant) -> bool,
) -> Result<ConsentGrant, TxError<NarrowError>> {
    let grant = store::grants::lock(tx, narrow.consent_id)?
        .filter(is_the_callers)
        .ok_or(TxError::Refused(NarrowError::NotFound))?;
    let circumstance = Circumstance {
        actor: narrow.actor,
        channel: narrow.channel,
        reason: narrow.reason.clone(),
        at: narrow.now,
        event_id: narrow.event_id,
    };
    if grant.state_at(narrow.now).is_final() {
        let attempted = (Change::Modified.as_str(), TooLate::AlreadyEnded);
        ledger::refuse(tx, grant.id, attempted, &circumstance)?;
        return Err(TxError::Refused(NarrowError::AlreadyEnded));
    }
    let out: BTreeSet<&AccountId> = narrow.account_ids.iter().collect();
    let (removed, kept): (Vec<_>, Vec<_>) = grant
        .accounts
        .iter()
        .cloned()
        .partition(|account| out.contains(&account.account_id));
    if out.is_empty() || removed.len() != out.len() {
        return Err(TxError::Refused(NarrowError::NoSuchAccount));
    }
    if kept.is_empty() {
        return Err(TxError::Refused(NarrowError::LastAccount));
    }
    let scopes = granted_scopes(&grant.scopes, &kept);
    if !store::grants::remove_accounts(tx, &grant, &narrow.account_ids, &scopes, narrow.now)? {
        return Err(TxError::Refused(NarrowError::AlreadyEnded));
    }
    let grant = store::grants::find(tx, grant.id)?.ok_or(StoreError::Corrupt {
        table: "consent_grants",
        column: "consent_id",
    })?;
    ledger::record(tx, &grant, Change::Modified, &circumstance)?;
    Ok(grant)
}
