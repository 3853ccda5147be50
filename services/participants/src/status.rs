//! Where a consent stands, with the facts of that state.

use domain::{
    ConsentState, Instant,
    consent::{PartyType, UpdateReason},
};
use serde::{Deserialize, Serialize};

/// Where a consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
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

impl UserConsentStatus {
    /// The word of a row.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::OnHold => "ON_HOLD",
            Self::Revoked => "REVOKED",
            Self::Expired => "EXPIRED",
            Self::Consumed => "CONSUMED",
        }
    }
}

/// The facts of a state, sorted into the wire's members.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct StateFacts {
    pub(crate) hold_until: Option<Instant>,
    pub(crate) ended_time: Option<Instant>,
    pub(crate) initiator: Option<PartyType>,
    pub(crate) reason: Option<UpdateReason>,
}

/// A state as the wire tells it.
pub(crate) fn split(state: ConsentState) -> (UserConsentStatus, StateFacts) {
    let ended = |at| StateFacts {
        ended_time: Some(at),
        ..StateFacts::default()
    };
    match state {
        ConsentState::Active => (UserConsentStatus::Active, StateFacts::default()),
        ConsentState::OnHold { until } => (
            UserConsentStatus::OnHold,
            StateFacts {
                hold_until: until,
                ..StateFacts::default()
            },
        ),
        ConsentState::Expired { at } => (UserConsentStatus::Expired, ended(at)),
        ConsentState::Consumed { at } => (UserConsentStatus::Consumed, ended(at)),
        ConsentState::Revoked {
            at,
            initiator,
            reason,
        } => (
            UserConsentStatus::Revoked,
            StateFacts {
                initiator: Some(initiator),
                reason: Some(reason),
                ..ended(at)
            },
        ),
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
    fn the_word_of_a_row_is_that_of_the_wire() {
        for status in [
            UserConsentStatus::Active,
            UserConsentStatus::OnHold,
            UserConsentStatus::Revoked,
            UserConsentStatus::Expired,
            UserConsentStatus::Consumed,
        ] {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }
}
