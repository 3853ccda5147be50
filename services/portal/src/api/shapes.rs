//! What the solution APIs answer, as far as a page needs it. Members that we do not know are skipped: an API may grow.

use std::collections::BTreeSet;

use domain::{AccountId, ConsentId, DataCluster, Instant, ResourceId, UserId, consent::DurationType};
use serde::Deserialize;

/// A decision that waits.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resource {
    pub(crate) resource_id: ResourceId,
    pub(crate) status: ResourceStatus,
    pub(crate) recipient: Party,
    #[serde(default)]
    pub(crate) intermediaries: Vec<Party>,
    pub(crate) consent_request: RequestedConsent,
    /// What the recipient says that it is for.
    pub(crate) purpose: Option<String>,
    /// The connection that this one renews.
    pub(crate) replaces: Option<ConsentId>,
    /// Standard claims that the recipient would learn of the consumer.
    #[serde(default)]
    pub(crate) claims: Vec<String>,
    /// The same, by topic.
    #[serde(default)]
    pub(crate) identity: Vec<Topic>,
    pub(crate) login_hint: Option<String>,
    #[serde(default)]
    pub(crate) ui_locales: Vec<String>,
    pub(crate) continue_url: Option<String>,
    /// Its version, as the header said.
    #[serde(skip)]
    pub(crate) etag: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ResourceStatus {
    Lodged,
    Approved,
    Rejected,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestedConsent {
    pub(crate) duration_type: DurationType,
    pub(crate) duration_period: u16,
    pub(crate) lookback_period: u16,
    pub(crate) data_clusters: Vec<Cluster>,
}

/// A data cluster in English; pages in other languages have words of their own for those that they know.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cluster {
    pub(crate) data_cluster: DataCluster,
    pub(crate) label: String,
    pub(crate) description: String,
}

/// What of the consumer themself is asked or shared.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Topic {
    pub(crate) scope: String,
    /// In English.
    pub(crate) label: String,
    pub(crate) claims: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Party {
    pub(crate) name: String,
    pub(crate) registry: Option<String>,
    pub(crate) registered_entity_name: Option<String>,
    pub(crate) registered_entity_id: Option<String>,
}

impl Resource {
    /// Whether the recipient would learn the consumer's name, which is all that the portal itself tells of them.
    pub(crate) fn asks_for_the_name(&self) -> bool {
        self.claims.iter().any(|claim| claim == "name")
    }
}

/// An account on a screen.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    pub(crate) account_id: AccountId,
    pub(crate) account_category: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) account_number_display: Option<String>,
    /// Other holders who must agree before anything of it is shared.
    #[serde(default)]
    pub(crate) awaiting_approvals: usize,
    /// What of it can be chosen; in a connection, what of it is shared.
    #[serde(default)]
    pub(crate) data_clusters: BTreeSet<DataCluster>,
}

#[derive(Deserialize)]
pub(super) struct Accounts {
    pub(super) accounts: Vec<Account>,
}

/// What would leave, account by account.
#[derive(Deserialize)]
pub(crate) struct Preview {
    pub(crate) accounts: Vec<PreviewedAccount>,
    /// And of the consumer themself.
    #[serde(default)]
    pub(crate) identity: Vec<PreviewedTopic>,
}

#[derive(Deserialize)]
pub(crate) struct PreviewedTopic {
    pub(crate) scope: String,
    pub(crate) label: String,
    pub(crate) members: Vec<PreviewedMember>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreviewedAccount {
    pub(crate) account_id: AccountId,
    pub(crate) transactions: Option<PreviewedTransactions>,
    pub(crate) data_clusters: Vec<PreviewedCluster>,
}

/// The transactions that could be read today.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreviewedTransactions {
    pub(crate) since_time: Instant,
    pub(crate) count: usize,
    pub(crate) has_more: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreviewedCluster {
    pub(crate) data_cluster: DataCluster,
    pub(crate) members: Vec<PreviewedMember>,
}

/// A member of an FDX entity, with a value that gives nothing away.
#[derive(Deserialize)]
pub(crate) struct PreviewedMember {
    pub(crate) name: String,
    pub(crate) example: String,
}

/// One connection of a consumer.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserConsent {
    pub(crate) consent_id: ConsentId,
    pub(crate) status: UserConsentStatus,
    /// What this consumer is to it.
    #[serde(default)]
    pub(crate) role: Role,
    pub(crate) hold_until: Option<Instant>,
    pub(crate) ended_time: Option<Instant>,
    pub(crate) recipient: Party,
    #[serde(default)]
    pub(crate) intermediaries: Vec<Party>,
    pub(crate) client_id: String,
    pub(crate) created_time: Instant,
    pub(crate) expiration_time: Instant,
    pub(crate) lookback_period: u16,
    pub(crate) data_clusters: Vec<Cluster>,
    /// What it tells of the consumer themself.
    #[serde(default)]
    pub(crate) identity: Vec<Topic>,
    pub(crate) accounts: Vec<SharedAccount>,
    #[serde(default)]
    pub(crate) removed_accounts: Vec<RemovedAccount>,
    #[serde(default)]
    pub(crate) history: Vec<HistoryEntry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum UserConsentStatus {
    Active,
    OnHold,
    Revoked,
    Expired,
    Consumed,
}

/// What a consumer is to a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Role {
    /// They made it.
    #[default]
    Grantor,
    /// They hold an account of it with the one who made it.
    Holder,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SharedAccount {
    #[serde(flatten)]
    pub(crate) account: Account,
    pub(crate) nickname: Option<String>,
    /// Of an account that needs the agreement of several.
    pub(crate) approval: Option<Approvals>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RemovedAccount {
    #[serde(flatten)]
    pub(crate) account: Account,
    pub(crate) removed_time: Option<Instant>,
}

/// Who must agree.
#[derive(Clone, Deserialize)]
pub(crate) struct Approvals {
    pub(crate) status: ApprovalStatus,
    #[serde(default)]
    pub(crate) holders: Vec<Holder>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ApprovalStatus {
    Awaiting,
    Complete,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Holder {
    pub(crate) user_id: UserId,
    pub(crate) approved_time: Option<Instant>,
    pub(crate) withdrawn_time: Option<Instant>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryEntry {
    pub(crate) sequence: u64,
    pub(crate) changed_time: Instant,
    pub(crate) action: String,
    pub(crate) actor: String,
}

/// A page of connections, newest first.
#[derive(Clone, Deserialize)]
pub(crate) struct ConsentPage {
    pub(crate) consents: Vec<UserConsent>,
    pub(crate) page: NextPage,
}

/// Who read what, newest first.
#[derive(Clone, Deserialize)]
pub(crate) struct AccessPage {
    pub(crate) accesses: Vec<Access>,
    pub(crate) page: NextPage,
}

/// One read.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Access {
    pub(crate) accessed_time: Instant,
    #[serde(default)]
    pub(crate) account_ids: Vec<AccountId>,
    #[serde(default)]
    pub(crate) data_clusters: Vec<DataCluster>,
    /// The consumer was using the recipient's application.
    pub(crate) attended: bool,
}

#[derive(Deserialize)]
pub(super) struct ReceiptPage {
    pub(super) receipts: Vec<ListedReceipt>,
    pub(super) page: NextPage,
}

/// A signed row of history.
#[derive(Deserialize)]
pub(super) struct ListedReceipt {
    pub(super) sequence: u64,
    pub(super) receipt: String,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NextPage {
    pub(crate) next_page_key: Option<String>,
}
