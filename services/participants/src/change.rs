//! What a dashboard may change of a consent.

use std::collections::BTreeSet;

use domain::{AccountId, Instant, consent::UpdateReason};
use lifecycle::Actor;
use serde::Deserialize;

/// Most accounts of one change: as many as one consent may have.
pub(crate) const MOST_ACCOUNTS: usize = lifecycle::decide::MOST_ACCOUNTS;

/// A change: a `status` that is wanted, or an `action` on accounts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub(crate) enum ConsentChange {
    /// Of the whole consent.
    Status(Change),
    /// Of accounts of it.
    Action(Action),
}

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

/// A change of accounts, told by the `action`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(tag = "action", rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Action {
    /// Take accounts out of the consent.
    RemoveAccounts(Removal),
    /// As a holder of joint accounts: they may be shared.
    Approve(Holding),
    /// As a holder of joint accounts: they may not, or no longer.
    Withdraw(Holding),
}

/// Which accounts are taken out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Removal {
    /// 1 to 200 accounts of the consent; one at least must stay.
    #[schema(value_type = Vec<String>)]
    pub(crate) account_ids: Vec<AccountId>,
    /// Why; USER_ACTION when absent.
    pub(crate) reason: Option<UpdateReason>,
    /// Who wants it; the consumer when absent.
    #[serde(default)]
    pub(crate) initiator: Initiator,
}

/// Which of the accounts that need this holder's approval.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Holding {
    /// 1 to 200; all of them when absent.
    #[schema(value_type = Option<Vec<String>>)]
    pub(crate) account_ids: Option<Vec<AccountId>>,
}

impl ConsentChange {
    /// That lists are not empty, not too long, and name nothing twice, and that a hold ends in the future.
    pub(crate) fn check(&self, now: Instant) -> Result<(), &'static str> {
        let accounts = match self {
            Self::Status(Change::OnHold(hold)) if hold.hold_until.is_some_and(|until| until <= now) => {
                return Err("holdUntil must be in the future");
            }
            Self::Status(_) => return Ok(()),
            Self::Action(Action::RemoveAccounts(removal)) => Some(&removal.account_ids),
            Self::Action(Action::Approve(holding) | Action::Withdraw(holding)) => {
                holding.account_ids.as_ref()
            }
        };
        let Some(accounts) = accounts else { return Ok(()) };
        let named: BTreeSet<_> = accounts.iter().collect();
        if named.len() != accounts.len() || accounts.is_empty() || accounts.len() > MOST_ACCOUNTS {
            return Err("accountIds must name 1 to 200 accounts, each once");
        }
        Ok(())
    }
}

/// The wire name of a reason, as history keeps it.
pub(crate) const fn word(reason: UpdateReason) -> &'static str {
    match reason {
        UpdateReason::BusinessRule => "BUSINESS_RULE",
        UpdateReason::UserAction => "USER_ACTION",
        UpdateReason::SecurityEvent => "SECURITY_EVENT",
        UpdateReason::Other => "OTHER",
    }
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
        let change = |body| match serde_json::from_value::<ConsentChange>(body) {
            Ok(ConsentChange::Status(change)) => Some(change),
            _ => None,
        };
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
            json!({"action": "REVOKE"}),
            json!({"action": "APPROVE", "userId": "bob"}),
            json!({"action": "APPROVE", "status": "ACTIVE"}),
            json!({"action": "REMOVE_ACCOUNTS"}),
            json!({"action": "REMOVE_ACCOUNTS", "accountIds": "a"}),
            json!({"status": "REVOKED", "action": "APPROVE"}),
        ] {
            assert!(
                serde_json::from_value::<ConsentChange>(body.clone()).is_err(),
                "{body}"
            );
        }
    }

    #[test]
    fn accounts_are_named_once_and_within_bounds() {
        let now = Instant::from_timestamp(1_800_000_000, 0).unwrap();
        let check = |body| {
            serde_json::from_value::<ConsentChange>(body)
                .unwrap()
                .check(now)
                .is_ok()
        };
        assert!(check(
            json!({"action": "REMOVE_ACCOUNTS", "accountIds": ["a", "b"]})
        ));
        assert!(check(json!({"action": "APPROVE"})));
        let many: Vec<_> = (0..=MOST_ACCOUNTS).map(|number| number.to_string()).collect();
        for accounts in [json!([]), json!(["a", "a"]), json!(many)] {
            assert!(!check(
                json!({"action": "REMOVE_ACCOUNTS", "accountIds": accounts})
            ));
            assert!(!check(json!({"action": "WITHDRAW", "accountIds": accounts})));
        }
        assert!(!check(json!({"status": "ON_HOLD", "holdUntil": now})));
        assert!(check(
            json!({"status": "ON_HOLD", "holdUntil": now + chrono::Duration::seconds(1)})
        ));
    }
}
