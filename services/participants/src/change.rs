//! What a dashboard may change of a consent.

use domain::{Instant, consent::UpdateReason};
use lifecycle::Actor;
use serde::Deserialize;

/// A change, told by the `status` that is wanted. Unknown members are refused, and so are those that only the
/// platform sets (O05).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Change {
    /// End it for good.
    Revoked(Revocation),
    /// Serve nothing for a while.
    OnHold(Hold),
    /// Serve again.
    Active(Resumption),
}

/// How a consent is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Revocation {
    /// Why; USER_ACTION when absent.
    pub(crate) reason: Option<UpdateReason>,
    /// Who wants it; the consumer when absent.
    #[serde(default)]
    pub(crate) initiator: Initiator,
}

/// How a consent is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Hold {
    /// When the hold lifts by itself; never when absent. In the future.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) hold_until: Option<Instant>,
    /// Who wants it; the consumer when absent.
    #[serde(default)]
    pub(crate) initiator: Initiator,
}

/// How a consent is resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Resumption {
    /// Who wants it; the consumer when absent.
    #[serde(default)]
    pub(crate) initiator: Initiator,
}

/// Who wants a change, as the application reports it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Initiator {
    /// The consumer.
    #[default]
    Individual,
    /// Somebody at the bank.
    DataProvider,
}

impl Initiator {
    /// The same in the ledger's words.
    pub(crate) const fn actor(self) -> Actor {
        match self {
            Self::Individual => Actor::Consumer,
            Self::DataProvider => Actor::BankOperator,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_status_is_enough() {
        let change = |body| serde_json::from_value::<Change>(body).ok();
        let initiator = Initiator::Individual;
        assert_eq!(
            change(json!({"status": "REVOKED"})),
            Some(Change::Revoked(Revocation {
                reason: None,
                initiator
            }))
        );
        assert_eq!(
            change(json!({"status": "ON_HOLD"})),
            Some(Change::OnHold(Hold {
                hold_until: None,
                initiator
            }))
        );
        assert_eq!(
            change(json!({"status": "ACTIVE"})),
            Some(Change::Active(Resumption { initiator }))
        );
    }

    #[test]
    fn o05_o06_nothing_else_can_be_set() {
        for body in [
            json!({"status": "EXPIRED"}),
            json!({"status": "CONSUMED"}),
            json!({"status": "ACTIVE", "expirationTime": "2030-01-01T00:00:00Z"}),
            json!({"status": "REVOKED", "userId": "bob"}),
            json!({"status": "ACTIVE", "holdUntil": "2030-01-01T00:00:00Z"}),
            json!({"status": "REVOKED", "initiator": "DATA_RECIPIENT"}),
            json!({}),
        ] {
            assert!(serde_json::from_value::<Change>(body.clone()).is_err(), "{body}");
        }
    }
}
