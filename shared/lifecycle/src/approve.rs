//! A holder of a joint account approves a grant of it, or takes that back. Until every holder whose approval is needed has
//! approved, nothing of the account is served; the grant's other accounts are.

use domain::{AccountId, ConsentGrant, ConsentId, Instant, UserId};
use store::{StoreError, Tx, TxError, approvals::Approval};
use uuid::Uuid;

use crate::ledger::{self, Actor, Change, Circumstance, TooLate};

/// What a holder says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderAnswer {
    /// The account may be shared.
    Approve,
    /// It may not, or no longer.
    Withdraw,
}

/// Which holder says what to which grant.
#[derive(Debug, Clone)]
pub struct Approve {
    /// Which grant.
    pub consent_id: ConsentId,
    /// The holder.
    pub user_id: UserId,
    /// What they say.
    pub answer: HolderAnswer,
    /// To which of its accounts; to all that need their approval when `None`.
    pub account_ids: Option<Vec<AccountId>>,
    /// Through which API.
    pub channel: &'static str,
    /// When.
    pub now: Instant,
    /// The id of the event.
    pub event_id: Uuid,
}

/// Why nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApproveError {
    /// No such grant, or none that needs this holder's approval.
    #[error("no such consent")]
    NotFound,
    /// An account does not need this holder's approval, or is not in the grant.
    #[error("an account is not in the consent, or does not need the approval of that user")]
    NoSuchAccount,
    /// It has ended.
    #[error("the consent has already ended")]
    AlreadyEnded,
    /// The holder has said so before.
    #[error("the approval is so already")]
    Unchanged,
}

/// Writes what a holder says. The grant that comes back is whole: a holder may be shown their own accounts of it.
///
/// # Errors
/// [`ApproveError`].
pub fn approve(tx: &mut Tx<'_>, with: &Approve) -> Result<ConsentGrant, TxError<ApproveError>> {
    let grant = store::grants::lock(tx, with.consent_id)?.ok_or(TxError::Refused(ApproveError::NotFound))?;
    let theirs: Vec<Approval> = store::approvals::list(tx, grant.id)?
        .into_iter()
        .filter(|approval| approval.user_id == with.user_id)
        .collect();
    if theirs.is_empty() {
        return Err(TxError::Refused(ApproveError::NotFound));
    }
    let changing = changing(&theirs, with).map_err(TxError::Refused)?;
    let circumstance = Circumstance {
        actor: Actor::Consumer,
        channel: with.channel,
        reason: None,
        at: with.now,
        event_id: with.event_id,
    };
    let attempted = match with.answer {
        HolderAnswer::Approve => Change::Approved,
        HolderAnswer::Withdraw => Change::Withdrawn,
    };
    let too_late = if grant.state_at(with.now).is_final() {
        Some((TooLate::AlreadyEnded, ApproveError::AlreadyEnded))
    } else if changing.is_empty() {
        Some((TooLate::Unchanged, ApproveError::Unchanged))
    } else {
        None
    };
    if let Some((too_late, refusal)) = too_late {
        ledger::refuse(tx, grant.id, (attempted.as_str(), too_late), &circumstance)?;
        return Err(TxError::Refused(refusal));
    }
    // Who is a holder no longer has no say any more, but may always say no.
    if with.answer == HolderAnswer::Approve
        && !store::holders::holds_all(tx, &with.user_id, &changing.iter().collect::<Vec<_>>())?
    {
        return Err(TxError::Refused(ApproveError::NoSuchAccount));
    }
    let approves = with.answer == HolderAnswer::Approve;
    if !store::approvals::save(
        tx,
        (grant.id, grant.version),
        &with.user_id,
        approves,
        &changing,
        with.now,
    )? {
        return Err(TxError::Refused(ApproveError::Unchanged));
    }
    let grant = store::grants::find(tx, grant.id)?.ok_or(StoreError::Corrupt {
        table: "consent_grants",
        column: "consent_id",
    })?;
    let change = match with.answer {
        HolderAnswer::Withdraw => Change::Withdrawn,
        HolderAnswer::Approve if grant.is_partially_authorized() => Change::Approved,
        HolderAnswer::Approve => Change::FullyApproved,
    };
    ledger::record(tx, &grant, change, &circumstance)?;
    Ok(grant)
}

/// The accounts to which the answer is a new one.
fn changing(theirs: &[Approval], with: &Approve) -> Result<Vec<AccountId>, ApproveError> {
    let named = |approval: &&Approval| {
        with.account_ids
            .as_ref()
            .is_none_or(|ids| ids.contains(&approval.account_id))
    };
    if let Some(ids) = &with.account_ids {
        let is_theirs = |id: &AccountId| theirs.iter().any(|approval| approval.account_id == *id);
        if ids.is_empty() || !ids.iter().all(is_theirs) {
            return Err(ApproveError::NoSuchAccount);
        }
    }
    let is_new = |approval: &&Approval| match with.answer {
        HolderAnswer::Approve => !approval.stands(),
        // To decline what was never approved is an answer too.
        HolderAnswer::Withdraw => approval.withdrawn_at.is_none(),
    };
    Ok(theirs
        .iter()
        .filter(named)
        .filter(is_new)
        .map(|approval| approval.account_id.clone())
        .collect())
}
