//! The consent grant: what a consumer shares with a recipient, for how long; how that ends is in `state`.
//!
//! Expiry is a matter of the instant, not of a job that writes it down: ask [`ConsentGrant::state_at`], never the stored
//! state.

mod state;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Instant,
    cluster::DataCluster,
    id::{AccountId, ClientId, ConsentId, UserId},
    scope::Scopes,
};

pub use self::state::{AlreadyEnded, ConsentState, ConsentStatus, PartyType, UpdateReason};

/// How long a grant lives (FDX `ConsentDurationType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DurationType {
    /// One access token, no refresh token.
    OneTime,
    /// Until the consumer ends it, or the longest duration of the policy.
    Persistent,
    /// A number of days that the recipient asks for.
    TimeBound,
}

/// An account in a grant, and what of it may be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedAccount {
    /// Which account.
    pub account_id: AccountId,
    /// What of it; never empty.
    pub data_clusters: BTreeSet<DataCluster>,
    /// The name that the consumer gave it on the consent screen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub nickname: Option<String>,
    /// Holders whose approval is still missing. Nothing of the account is served until there is none.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub awaiting: u16,
}

impl GrantedAccount {
    /// Whether the account is served: every holder whose approval is needed has approved.
    pub const fn is_served(&self) -> bool {
        self.awaiting == 0
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(number: &u16) -> bool {
    *number == 0
}

/// How and when the consumer was authenticated, as the bank's consent application reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// The instant of the authentication (`auth_time`).
    pub authenticated_at: Instant,
    /// The authentication context class reached.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acr: Option<String>,
    /// The methods used (RFC 8176), possibly none named.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub amr: Vec<String>,
}

/// The lengths that were agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Kind of duration.
    pub duration_type: DurationType,
    /// Whole days from the grant to its end, at least 1.
    pub duration_days: u16,
    /// How far back a recipient may read, in whole days, counted from each request, at least 1.
    pub lookback_days: u16,
}

/// One consent grant as its row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentGrant {
    /// Its id.
    pub id: ConsentId,
    /// The recipient.
    pub client_id: ClientId,
    /// The consumer.
    pub user_id: UserId,
    /// The state as it was last written; see [`Self::state_at`].
    pub stored_state: ConsentState,
    /// When the consumer granted it.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// When it ends by itself.
    pub expires_at: Instant,
    /// When the one access token of a ONE_TIME grant ends, once it was issued.
    pub consumed_from: Option<Instant>,
    /// The lengths that were agreed.
    pub terms: Terms,
    /// The scopes of its tokens.
    pub scopes: Scopes,
    /// The accounts, in the order in which the consumer saw them, without those that were removed since; none for a
    /// grant of identity alone.
    pub accounts: Vec<GrantedAccount>,
    /// How the consumer was authenticated.
    pub authentication: Authentication,
    /// Counts the changes; the grant's ETag.
    pub version: i32,
    /// The grant that this one renewed.
    pub supersedes: Option<ConsentId>,
    /// The grant that renewed this one, which ended with that.
    pub superseded_by: Option<ConsentId>,
}

impl ConsentGrant {
    /// The state at `now`: time alone can end a grant or lift a hold.
    pub fn state_at(&self, now: Instant) -> ConsentState {
        self.stored_state
            .clone()
            .at(now, self.expires_at, self.consumed_from)
    }

    /// The accounts of which something may be read: none that still waits for a holder's approval.
    pub fn served_accounts(&self) -> impl Iterator<Item = &GrantedAccount> {
        self.accounts.iter().filter(|account| account.is_served())
    }

    /// Whether an account waits for the approval of another of its holders.
    pub fn is_partially_authorized(&self) -> bool {
        self.accounts.iter().any(|account| !account.is_served())
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn grant(stored_state: ConsentState) -> ConsentGrant {
        let start = Instant::from_timestamp(1_800_000_000, 0).unwrap();
        ConsentGrant {
            id: ConsentId::from_uuid(uuid::Uuid::nil()),
            client_id: "client".parse().unwrap(),
            user_id: "user".parse().unwrap(),
            stored_state,
            created_at: start,
            updated_at: start,
            expires_at: start + Duration::days(90),
            consumed_from: None,
            terms: Terms {
                duration_type: DurationType::TimeBound,
                duration_days: 90,
                lookback_days: 60,
            },
            scopes: Scopes::default(),
            accounts: vec![],
            authentication: Authentication {
                authenticated_at: start,
                acr: None,
                amr: vec![],
            },
            version: 1,
            supersedes: None,
            superseded_by: None,
        }
    }

    #[test]
    fn z05_expiry_is_decided_by_the_instant() {
        let grant = grant(ConsentState::Active);
        assert_eq!(
            grant.state_at(grant.expires_at - Duration::seconds(1)),
            ConsentState::Active
        );
        assert!(matches!(
            grant.state_at(grant.expires_at),
            ConsentState::Expired { .. }
        ));
    }

    #[test]
    fn a_hold_lifts_at_its_instant_and_not_past_the_end() {
        let until = grant(ConsentState::Active).created_at + Duration::days(1);
        let held = grant(ConsentState::OnHold { until: Some(until) });
        assert!(matches!(
            held.state_at(until - Duration::seconds(1)),
            ConsentState::OnHold { .. }
        ));
        assert_eq!(held.state_at(until), ConsentState::Active);
        assert!(matches!(
            held.state_at(held.expires_at),
            ConsentState::Expired { .. }
        ));
    }

    #[test]
    fn a_one_time_grant_ends_with_its_token() {
        let mut grant = grant(ConsentState::Active);
        let token_ends = grant.created_at + Duration::seconds(300);
        grant.consumed_from = Some(token_ends);
        assert_eq!(
            grant.state_at(token_ends - Duration::seconds(1)),
            ConsentState::Active
        );
        assert_eq!(
            grant.state_at(token_ends),
            ConsentState::Consumed { at: token_ends }
        );
    }

    #[test]
    fn an_account_that_awaits_an_approval_is_not_served() {
        let account = |id: &str, awaiting| GrantedAccount {
            account_id: id.parse().unwrap(),
            data_clusters: [DataCluster::AccountBasic].into(),
            nickname: None,
            awaiting,
        };
        let mut grant = grant(ConsentState::Active);
        grant.accounts = vec![account("own", 0), account("joint", 1)];
        assert!(grant.is_partially_authorized());
        let served: Vec<_> = grant
            .served_accounts()
            .map(|account| account.account_id.as_str())
            .collect();
        assert_eq!(served, ["own"]);
    }
}
