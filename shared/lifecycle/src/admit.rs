//! Decides whether a token, as it stands now, opens its grant. The one place where every read is judged, and the one from
//! which the record of a read comes.

use domain::{AccountId, ClientId, ConsentState, DataCluster, Instant};
use store::{
    accesses::Access,
    standing::{GrantStanding, Standing, TokenRef},
};
use uuid::Uuid;

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Never issued, expired, revoked, of another client, or its client or grant has ended: 401.
    #[error("the access token is not valid")]
    Invalid,
    /// The consumer or the bank holds the grant: 403.
    #[error("the consent is on hold")]
    OnHold,
}

/// Proof that a token was judged good at one moment. Only [`admit`] makes one.
#[derive(Debug, Clone)]
pub struct Admitted {
    token: TokenRef,
    client_id: ClientId,
    grant: Option<GrantStanding>,
    at: Instant,
}

/// What a read that was admitted lets out, and the exchange in which it does.
#[derive(Debug, Clone)]
pub struct LetOut {
    /// The id of the record.
    pub access_id: Uuid,
    /// The FDX operation.
    pub operation: &'static str,
    /// The accounts of which something is let out.
    pub account_ids: Vec<AccountId>,
    /// What of them, taken together.
    pub data_clusters: Vec<DataCluster>,
    /// Whether the consumer is there, as the recipient says.
    pub attended: bool,
    /// The exchange.
    pub interaction_id: String,
}

impl Admitted {
    /// The grant that the token opens; `None` for a token that its client got for itself.
    pub const fn grant(&self) -> Option<&GrantStanding> {
        self.grant.as_ref()
    }

    /// The record of a read under the grant; `None` for a token that its client got for itself, which reads nobody's data.
    pub fn access(&self, let_out: LetOut) -> Option<Access> {
        let grant = self.grant.as_ref()?;
        Some(Access {
            access_id: let_out.access_id,
            accessed_at: self.at,
            consent_id: grant.consent_id,
            client_id: self.client_id.clone(),
            token_id: self.token.token_id,
            operation: let_out.operation.into(),
            account_ids: let_out.account_ids,
            data_clusters: let_out.data_clusters,
            attended: let_out.attended,
            interaction_id: let_out.interaction_id,
        })
    }
}

/// Judges a token by its own row, its client's and its grant's, all as they are now.
///
/// # Errors
/// [`Refusal`]; what the statement read beside the standing must then be thrown away.
pub fn admit(
    token: TokenRef,
    client_id: &ClientId,
    standing: Option<&Standing>,
    now: Instant,
) -> Result<Admitted, Refusal> {
    let standing = standing.ok_or(Refusal::Invalid)?;
    let good = standing.client_approved
        && !standing.token_revoked
        && now < standing.token_expires_at
        && standing.client_id == *client_id;
    if !good {
        return Err(Refusal::Invalid);
    }
    let admitted = |grant| Admitted {
        token,
        client_id: client_id.clone(),
        grant,
        at: now,
    };
    let Some(grant) = &standing.grant else {
        return Ok(admitted(None));
    };
    if grant
        .tokens_void_before
        .is_some_and(|void| token.issued_at <= void)
    {
        return Err(Refusal::Invalid);
    }
    match grant
        .stored_state
        .clone()
        .at(now, grant.expires_at, grant.consumed_from)
    {
        ConsentState::Active => Ok(admitted(Some(grant.clone()))),
        ConsentState::OnHold { .. } => Err(Refusal::OnHold),
        ConsentState::Revoked { .. } | ConsentState::Expired { .. } | ConsentState::Consumed { .. } => {
            Err(Refusal::Invalid)
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use domain::{
        ConsentId, Scopes, TokenId,
        consent::{PartyType, UpdateReason},
    };

    use super::*;

    fn start() -> Instant {
        Instant::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn token() -> TokenRef {
        TokenRef {
            token_id: TokenId::from_uuid(uuid::Uuid::nil()),
            issued_at: start(),
        }
    }

    fn standing(state: ConsentState) -> Standing {
        Standing {
            token_expires_at: start() + Duration::seconds(300),
            token_revoked: false,
            client_id: "client".parse().unwrap(),
            client_approved: true,
            grant: Some(GrantStanding {
                consent_id: ConsentId::from_uuid(uuid::Uuid::nil()),
                user_id: "user".parse().unwrap(),
                stored_state: state,
                expires_at: start() + Duration::days(1),
                consumed_from: None,
                tokens_void_before: None,
                lookback_days: 90,
                scopes: Scopes::default(),
            }),
        }
    }

    fn judge(standing: &Standing, now: Instant) -> Result<(), Refusal> {
        admit(token(), &"client".parse().unwrap(), Some(standing), now).map(drop)
    }

    #[test]
    fn a_living_grant_is_open() {
        assert_eq!(judge(&standing(ConsentState::Active), start()), Ok(()));
    }

    #[test]
    fn everything_that_ends_a_token_closes_it() {
        let now = start();
        let with = |change: fn(&mut Standing)| {
            let mut standing = standing(ConsentState::Active);
            change(&mut standing);
            judge(&standing, now)
        };
        assert_eq!(with(|s| s.token_revoked = true), Err(Refusal::Invalid));
        assert_eq!(with(|s| s.client_approved = false), Err(Refusal::Invalid));
        assert_eq!(
            with(|s| s.client_id = "other".parse().unwrap()),
            Err(Refusal::Invalid)
        );
        assert_eq!(with(|s| s.token_expires_at = start()), Err(Refusal::Invalid));
        assert_eq!(
            with(|s| s.grant.as_mut().unwrap().tokens_void_before = Some(start())),
            Err(Refusal::Invalid)
        );
        assert_eq!(
            with(|s| s.grant.as_mut().unwrap().expires_at = start()),
            Err(Refusal::Invalid)
        );
        assert_eq!(
            with(|s| s.grant.as_mut().unwrap().consumed_from = Some(start())),
            Err(Refusal::Invalid)
        );
        assert_eq!(
            admit(token(), &"client".parse().unwrap(), None, now).map(drop),
            Err(Refusal::Invalid)
        );
    }

    #[test]
    fn a_hold_is_told_from_an_end() {
        let held = ConsentState::OnHold {
            until: Some(start() + Duration::hours(1)),
        };
        assert_eq!(judge(&standing(held.clone()), start()), Err(Refusal::OnHold));
        let mut lifted = standing(held);
        lifted.token_expires_at = start() + Duration::hours(2);
        assert_eq!(judge(&lifted, start() + Duration::hours(1)), Ok(()));
        let revoked = ConsentState::Revoked {
            at: start(),
            initiator: PartyType::Individual,
            reason: UpdateReason::UserAction,
        };
        assert_eq!(judge(&standing(revoked), start()), Err(Refusal::Invalid));
    }
}
