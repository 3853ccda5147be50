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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        Instant::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn said(account_id: &str, approved: Option<i64>, withdrawn: Option<i64>) -> Approval {
        Approval {
            account_id: account_id.parse().unwrap(),
            user_id: "bob".parse().unwrap(),
            approved_at: approved.map(at),
            withdrawn_at: withdrawn.map(at),
        }
    }

    fn new_to(
        theirs: &[Approval],
        answer: HolderAnswer,
        ids: Option<&[&str]>,
    ) -> Result<Vec<String>, ApproveError> {
        let with = Approve {
            consent_id: ConsentId::from_uuid(Uuid::nil()),
            user_id: "bob".parse().unwrap(),
            answer,
            account_ids: ids.map(|ids| ids.iter().map(|id| id.parse().unwrap()).collect()),
            channel: "test",
            now: at(9),
            event_id: Uuid::nil(),
        };
        let changing = changing(theirs, &with)?;
        Ok(changing.iter().map(|id| id.as_str().to_owned()).collect())
    }

    #[test]
    fn an_answer_is_new_where_it_was_not_given_before() {
        let theirs = [
            said("silent", None, None),
            said("approved", Some(1), None),
            said("withdrawn", Some(1), Some(2)),
            said("declined", None, Some(2)),
        ];
        let approve = new_to(&theirs, HolderAnswer::Approve, None);
        assert_eq!(approve.unwrap(), ["silent", "withdrawn", "declined"]);
        let withdraw = new_to(&theirs, HolderAnswer::Withdraw, None);
        assert_eq!(withdraw.unwrap(), ["silent", "approved"]);
        let one = new_to(&theirs, HolderAnswer::Approve, Some(&["silent"]));
        assert_eq!(one.unwrap(), ["silent"]);
        let none = new_to(&theirs, HolderAnswer::Approve, Some(&["approved"]));
        assert_eq!(none.unwrap(), Vec::<String>::new());
    }

    #[test]
    fn an_account_that_is_not_theirs_to_decide_on_is_refused() {
        let theirs = [said("joint", None, None)];
        for ids in [&["another"][..], &["joint", "another"], &[]] {
            let outcome = new_to(&theirs, HolderAnswer::Approve, Some(ids));
            assert_eq!(outcome, Err(ApproveError::NoSuchAccount));
        }
    }
}
