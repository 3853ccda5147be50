//! As whom a consumer looks at a consent: they granted it, or they hold an account of it together with who did.

use std::collections::BTreeSet;

use domain::{AccountId, ConsentGrant, ConsentId, UserId, consent::GrantedAccount};
use serde::Serialize;
use store::{StoreError, Tx, approvals::Approval};

/// Whose consent it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Role {
    /// The consumer granted it.
    Grantor,
    /// Another did, and an account of it needs this consumer's approval.
    Holder,
}

/// A grant as one consumer may see it.
pub(crate) struct Seen {
    pub(crate) grant: ConsentGrant,
    pub(crate) role: Role,
    /// Of all joint accounts for who granted, of their own for another holder.
    pub(crate) approvals: Vec<Approval>,
}

impl Seen {
    /// The grant of that id as that consumer may see it; `None` when it is absent or does not concern them.
    pub(crate) fn find(
        tx: &mut Tx<'_>,
        consent_id: ConsentId,
        user_id: &UserId,
    ) -> Result<Option<Self>, StoreError> {
        let Some(grant) = store::grants::find(tx, consent_id)? else {
            return Ok(None);
        };
        let approvals = store::approvals::list(tx, consent_id)?;
        Ok(Self::new(grant, approvals, user_id))
    }

    /// A grant, with all approvals that it needs, as that consumer may see it; `None` when it does not concern them.
    pub(crate) fn new(grant: ConsentGrant, approvals: Vec<Approval>, user_id: &UserId) -> Option<Self> {
        let mut approvals = approvals;
        let role = if grant.user_id == *user_id {
            Role::Grantor
        } else {
            let own: BTreeSet<AccountId> = approvals
                .iter()
                .filter(|approval| approval.user_id == *user_id)
                .map(|approval| approval.account_id.clone())
                .collect();
            if own.is_empty() {
                return None;
            }
            approvals.retain(|approval| own.contains(&approval.account_id));
            Role::Holder
        };
        Some(Self {
            grant,
            role,
            approvals,
        })
    }

    /// The accounts that this consumer may see: a holder never sees the others of who granted.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &GrantedAccount> {
        self.grant
            .accounts
            .iter()
            .filter(|account| self.may_see(&account.account_id))
    }

    /// Whether this consumer may see that account.
    pub(crate) fn may_see(&self, account_id: &AccountId) -> bool {
        match self.role {
            Role::Grantor => true,
            Role::Holder => self
                .approvals
                .iter()
                .any(|approval| approval.account_id == *account_id),
        }
    }

    /// What the holders of an account say, in the order of their ids.
    pub(crate) fn approvals_of<'a>(
        &'a self,
        account_id: &'a AccountId,
    ) -> impl Iterator<Item = &'a Approval> {
        self.approvals
            .iter()
            .filter(move |approval| approval.account_id == *account_id)
    }
}
