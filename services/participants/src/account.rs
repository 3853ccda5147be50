//! An account of a consent, as its consumer knows it, with what its holders say.

use std::collections::{BTreeMap, BTreeSet};

use domain::{AccountId, AccountSummary, DataCluster, Instant, UserId, consent::GrantedAccount};
use serde::Serialize;
use store::approvals::Approval;

use crate::{role::Seen, time::whole_seconds};

/// The accounts that a consumer holds today, by id.
pub(crate) type Held = BTreeMap<AccountId, AccountSummary>;

/// An account of a consent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SharedAccount {
    /// As it is known today; the id alone when the consumer no longer holds it.
    #[serde(flatten)]
    summary: AccountSummary,
    /// What of it is shared.
    #[schema(value_type = Vec<DataCluster>)]
    data_clusters: BTreeSet<DataCluster>,
    /// What the consumer called it on the consent screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<String>,
    /// Where it stands with its holders, when it has several whose approval is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<AccountApproval>,
}

/// An account that was taken out of a consent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RemovedAccount {
    /// As it is known today.
    #[serde(flatten)]
    summary: AccountSummary,
    /// When it was taken out.
    #[schema(value_type = String, format = DateTime)]
    removed_time: Instant,
}

/// Where a joint account stands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccountApproval {
    status: ApprovalStatus,
    /// Everybody whose approval is needed.
    holders: Vec<HolderApproval>,
}

/// Whether anything of a joint account is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ApprovalStatus {
    /// No: an approval is missing.
    Awaiting,
    /// Yes: every holder has approved.
    Complete,
}

/// What one holder says.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct HolderApproval {
    #[schema(value_type = String)]
    user_id: UserId,
    /// When they last approved.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_time: Option<Instant>,
    /// When they took that back, or declined: then it does not count.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_time: Option<Instant>,
}

impl SharedAccount {
    pub(crate) fn new(account: &GrantedAccount, seen: &Seen, held: &Held) -> Self {
        let id = &account.account_id;
        let holders: Vec<_> = seen.approvals_of(id).map(HolderApproval::new).collect();
        let status = if account.is_served() {
            ApprovalStatus::Complete
        } else {
            ApprovalStatus::Awaiting
        };
        Self {
            summary: summary(id, held),
            data_clusters: account.data_clusters.clone(),
            nickname: account.nickname.clone(),
            approval: (!holders.is_empty()).then_some(AccountApproval { status, holders }),
        }
    }
}

impl RemovedAccount {
    pub(crate) fn new(account_id: &AccountId, removed_at: Instant, held: &Held) -> Self {
        Self {
            summary: summary(account_id, held),
            removed_time: whole_seconds(removed_at),
        }
    }
}

impl HolderApproval {
    fn new(approval: &Approval) -> Self {
        Self {
            user_id: approval.user_id.clone(),
            approved_time: approval.approved_at.map(whole_seconds),
            withdrawn_time: approval.withdrawn_at.map(whole_seconds),
        }
    }
}

fn summary(id: &AccountId, held: &Held) -> AccountSummary {
    held.get(id)
        .cloned()
        .unwrap_or_else(|| AccountSummary::of(id.clone(), &serde_json::Value::Null))
}
