//! A consent as its consumer reads it: unlike FDX's, with holds told from activity, and with accounts by name.

use std::collections::{BTreeMap, BTreeSet};

use chrono::SubsecRound;
use domain::{
    AccountId, AccountSummary, Client, ConsentGrant, ConsentId, ConsentState, DataCluster, Instant, Party,
    consent::{DurationType, GrantedAccount, PartyType, UpdateReason},
};
use serde::Serialize;

use crate::history::HistoryEntry;

/// One consent of a consumer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserConsent {
    /// Its id.
    consent_id: ConsentId,
    /// Its state at the instant of the answer.
    status: UserConsentStatus,
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
    /// Everything that is shared of any account, for people.
    data_clusters: Vec<SharedCluster>,
    /// The accounts, in the order in which the consumer saw them.
    accounts: Vec<SharedAccount>,
    /// What happened to it, oldest first. Only where one consent is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<HistoryEntry>>,
}

/// Where a consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum UserConsentStatus {
    /// Serves data.
    Active,
    /// Serves nothing for a while.
    OnHold,
    /// Ended by a party.
    Revoked,
    /// Ended by time.
    Expired,
    /// Its one use is over.
    Consumed,
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

/// An account of a consent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct SharedAccount {
    /// As it is known today; the id alone when the consumer no longer holds it.
    #[serde(flatten)]
    summary: AccountSummary,
    /// What of it is shared.
    #[schema(value_type = Vec<DataCluster>)]
    data_clusters: BTreeSet<DataCluster>,
    /// What the consumer called it on the consent screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<String>,
}

/// The facts of a state, sorted into the wire's members.
#[derive(Default)]
struct StateFacts {
    hold_until: Option<Instant>,
    ended_time: Option<Instant>,
    initiator: Option<PartyType>,
    reason: Option<UpdateReason>,
}

/// The accounts that a consumer holds today, by id.
pub(crate) type Held = BTreeMap<AccountId, AccountSummary>;

impl UserConsent {
    /// A grant in wire form, as it stands at `now`.
    pub(crate) fn new(grant: &ConsentGrant, client: &Client, held: &Held, now: Instant) -> Self {
        let (status, facts) = split(grant.state_at(now));
        let clusters: BTreeSet<DataCluster> = grant
            .accounts
            .iter()
            .flat_map(|account| account.data_clusters.iter().copied())
            .collect();
        Self {
            consent_id: grant.id,
            status,
            hold_until: facts.hold_until.map(whole_seconds),
            ended_time: facts.ended_time.map(whole_seconds),
            initiator: facts.initiator,
            reason: facts.reason,
            client_id: grant.client_id.to_string(),
            recipient: Party::recipient(&client.metadata),
            intermediaries: Party::intermediaries(&client.metadata),
            created_time: whole_seconds(grant.created_at),
            updated_time: whole_seconds(grant.updated_at),
            expiration_time: whole_seconds(grant.expires_at),
            duration_type: grant.terms.duration_type,
            duration_period: grant.terms.duration_days,
            lookback_period: grant.terms.lookback_days,
            data_clusters: clusters.into_iter().map(SharedCluster::new).collect(),
            accounts: grant
                .accounts
                .iter()
                .map(|account| SharedAccount::new(account, held))
                .collect(),
            history: None,
        }
    }

    /// With what happened to it.
    #[must_use]
    pub(crate) fn with_history(self, history: Vec<HistoryEntry>) -> Self {
        Self {
            history: Some(history),
            ..self
        }
    }
}

fn split(state: ConsentState) -> (UserConsentStatus, StateFacts) {
    let none = StateFacts::default();
    match state {
        ConsentState::Active => (UserConsentStatus::Active, none),
        ConsentState::OnHold { until } => (
            UserConsentStatus::OnHold,
            StateFacts {
                hold_until: until,
                ..none
            },
        ),
        ConsentState::Expired { at } => (
            UserConsentStatus::Expired,
            StateFacts {
                ended_time: Some(at),
                ..none
            },
        ),
        ConsentState::Consumed { at } => (
            UserConsentStatus::Consumed,
            StateFacts {
                ended_time: Some(at),
                ..none
            },
        ),
        ConsentState::Revoked {
            at,
            initiator,
            reason,
        } => (
            UserConsentStatus::Revoked,
            StateFacts {
                ended_time: Some(at),
                initiator: Some(initiator),
                reason: Some(reason),
                ..none
            },
        ),
    }
}

/// Times of consent entities have no fraction: clients in the field expect none.
pub(crate) fn whole_seconds(instant: Instant) -> Instant {
    instant.trunc_subsecs(0)
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

impl SharedAccount {
    fn new(account: &GrantedAccount, held: &Held) -> Self {
        let id = &account.account_id;
        Self {
            summary: held
                .get(id)
                .cloned()
                .unwrap_or_else(|| AccountSummary::of(id.clone(), &serde_json::Value::Null)),
            data_clusters: account.data_clusters.clone(),
            nickname: account.nickname.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_shows_its_facts() {
        let at = Instant::from_timestamp(1_800_000_000, 0).unwrap();
        let (status, facts) = split(ConsentState::OnHold { until: Some(at) });
        assert_eq!(
            (status, facts.hold_until, facts.ended_time),
            (UserConsentStatus::OnHold, Some(at), None)
        );
        let (status, facts) = split(ConsentState::Revoked {
            at,
            initiator: PartyType::Individual,
            reason: UpdateReason::UserAction,
        });
        assert_eq!((status, facts.ended_time), (UserConsentStatus::Revoked, Some(at)));
        assert_eq!(
            (facts.initiator, facts.reason),
            (Some(PartyType::Individual), Some(UpdateReason::UserAction))
        );
        assert_eq!(split(ConsentState::Consumed { at }).1.ended_time, Some(at));
    }

    #[test]
    fn an_account_that_is_no_longer_held_keeps_its_place() {
        let account = GrantedAccount {
            account_id: "1".parse().unwrap(),
            data_clusters: [DataCluster::AccountBasic].into(),
            nickname: Some("Bills".into()),
        };
        assert_eq!(
            serde_json::to_value(SharedAccount::new(&account, &Held::new())).unwrap(),
            serde_json::json!({"accountId": "1", "dataClusters": ["ACCOUNT_BASIC"], "nickname": "Bills"})
        );
    }
}
