//! A consent as its consumer reads it: unlike FDX's, with holds told from activity, and with accounts by name.

use std::collections::BTreeSet;

use domain::{
    AccountId, ConsentId, DataCluster, Instant, Party,
    client::ClientMetadata,
    consent::{DurationType, PartyType, UpdateReason},
    identity::Topic,
};
use serde::Serialize;

use crate::{
    access::LastRead,
    account::{Held, RemovedAccount, SharedAccount},
    history::HistoryEntry,
    role::{Role, Seen},
    status::{UserConsentStatus, split},
    time::whole_seconds,
};

/// One consent of a consumer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserConsent {
    /// Its id.
    consent_id: ConsentId,
    /// As whom the consumer looks at it.
    role: Role,
    /// Its state at the instant of the answer.
    status: UserConsentStatus,
    /// Whether an account waits for the approval of another of its holders.
    partially_authorized: bool,
    /// ON_HOLD: when the hold lifts by itself, if it does.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_until: Option<Instant>,
    /// REVOKED, EXPIRED, CONSUMED: when it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_time: Option<Instant>,
    /// REVOKED: who ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    initiator: Option<PartyType>,
    /// REVOKED: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<UpdateReason>,
    /// The recipient's client id.
    client_id: String,
    /// Who reads.
    recipient: Party,
    /// Who stands between the recipient and the bank.
    intermediaries: Vec<Party>,
    /// When the consumer granted it.
    #[schema(value_type = String, format = DateTime)]
    created_time: Instant,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_time: Instant,
    /// When it ends, or would have ended, by itself.
    #[schema(value_type = String, format = DateTime)]
    expiration_time: Instant,
    /// Kind of duration.
    duration_type: DurationType,
    /// Whole days from the grant to the end.
    duration_period: u16,
    /// Whole days back from each read.
    lookback_period: u16,
    /// The consent that this one renewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    supersedes: Option<ConsentId>,
    /// The consent that renewed this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<ConsentId>,
    /// Everything that is shared of any account, for people.
    data_clusters: Vec<SharedCluster>,
    /// What the recipient may learn of the consumer themself, for people. Only where the one who granted it reads it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    identity: Vec<Topic>,
    /// The accounts, in the order in which the consumer saw them.
    accounts: Vec<SharedAccount>,
    /// When and what was last read; absent when nothing ever was. Only where one consent is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_read: Option<LastRead>,
    /// The accounts that were taken out of it. Only where one consent is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_accounts: Option<Vec<RemovedAccount>>,
    /// What happened to it, oldest first, the newest 200. Only where one consent is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<HistoryEntry>>,
}

/// A data cluster with the words that a consumer reads.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct SharedCluster {
    /// FDX name.
    data_cluster: DataCluster,
    /// Its name for people.
    label: &'static str,
    /// What is really shared.
    description: &'static str,
}

impl UserConsent {
    /// A grant in wire form, as one consumer sees it at `now`.
    pub(crate) fn new(seen: &Seen, recipient: &ClientMetadata, held: &Held, now: Instant) -> Self {
        let grant = &seen.grant;
        let (status, facts) = split(grant.state_at(now));
        let clusters: BTreeSet<DataCluster> = seen
            .accounts()
            .flat_map(|account| account.data_clusters.iter().copied())
            .collect();
        Self {
            consent_id: grant.id,
            role: seen.role,
            status,
            partially_authorized: seen.accounts().any(|account| !account.is_served()),
            hold_until: facts.hold_until.map(whole_seconds),
            ended_time: facts.ended_time.map(whole_seconds),
            initiator: facts.initiator,
            reason: facts.reason,
            client_id: grant.client_id.to_string(),
            recipient: Party::recipient(recipient),
            intermediaries: Party::intermediaries(recipient),
            created_time: whole_seconds(grant.created_at),
            updated_time: whole_seconds(grant.updated_at),
            expiration_time: whole_seconds(grant.expires_at),
            duration_type: grant.terms.duration_type,
            duration_period: grant.terms.duration_days,
            lookback_period: grant.terms.lookback_days,
            supersedes: grant.supersedes,
            superseded_by: grant.superseded_by,
            data_clusters: clusters.into_iter().map(SharedCluster::new).collect(),
            identity: vec![],
            accounts: seen
                .accounts()
                .map(|account| SharedAccount::new(account, seen, held))
                .collect(),
            last_read: None,
            removed_accounts: None,
            history: None,
        }
    }

    /// With what happened to it, what is no longer in it, when it was last read, and what it tells of the consumer.
    #[must_use]
    pub(crate) fn in_full(
        self,
        history: Vec<HistoryEntry>,
        removed: &[(AccountId, Instant)],
        held: &Held,
        (last_read, identity): (Option<LastRead>, Vec<Topic>),
    ) -> Self {
        let removed = removed
            .iter()
            .map(|(account_id, at)| RemovedAccount::new(account_id, *at, held));
        Self {
            history: Some(history),
            removed_accounts: Some(removed.collect()),
            last_read,
            identity,
            ..self
        }
    }
}

impl SharedCluster {
    fn new(data_cluster: DataCluster) -> Self {
        Self {
            data_cluster,
            label: data_cluster.label(),
            description: data_cluster.description(),
        }
    }
}
