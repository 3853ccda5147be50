//! The body of a decision, parsed: only what an application may say, within bounds (O05).

use std::collections::BTreeSet;

use domain::{
    AccountId, DataCluster, IdentityClaims, Instant, Scopes, UserId,
    consent::{Authentication, GrantedAccount},
};
use lifecycle::decide::{Approval, Decision, MOST_ACCOUNTS};
use serde::Deserialize;
use serde_json::json;

use crate::{error::Refusal, evidence};

/// Longest text of the application that is kept, characters.
const LONGEST_TEXT: usize = 256;

/// Most authentication methods (RFC 8176 registers about twenty).
const MOST_METHODS: usize = 16;

/// What the consumer decided, told by `status`. Unknown members are refused, and so are those that only the
/// platform sets.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum DecisionBody {
    /// The consumer shares.
    Approved(Box<ApprovalBody>),
    /// The consumer does not share.
    Rejected(RejectionBody),
}

/// Who shares what, and how the application knows.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ApprovalBody {
    /// Who, as the bank names them.
    user_id: UserId,
    /// How the application knows that it was they (O03).
    authentication: AuthenticationBody,
    /// The accounts chosen: at least one when data clusters were asked, none when none was.
    #[serde(default)]
    accounts: Vec<AccountBody>,
    /// Of the scopes in `identity` of the resource, those that the consumer allows, with spaces between; all when absent. What
    /// is not here is neither granted nor told.
    #[schema(value_type = Option<String>, example = "profile email")]
    identity_scopes: Option<Scopes>,
    /// Who they are, in the standard claims of OpenID Connect, where the application knows better than the bank's record of the
    /// customer. Those that the recipient asked for (`claims` of the resource) are kept and told to it, no others.
    #[serde(default)]
    #[schema(value_type = Object)]
    claims: IdentityClaims,
    /// Version of the terms that the consumer was shown.
    terms_and_conditions_version: Option<String>,
    /// When the consumer acknowledged them. Not in the future.
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<Instant>,
    /// A compact JWS of at most 16 KiB that the bank wants kept with the consent, such as what the consumer signed.
    signed_evidence: Option<String>,
}

/// Why the consumer does not share.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RejectionBody {
    /// For the bank's records; the recipient is told `access_denied` and nothing more.
    reason: Option<String>,
}

/// How and when the consumer was authenticated.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AuthenticationBody {
    /// When; goes to the recipient as `auth_time`.
    #[schema(value_type = String, format = DateTime)]
    authenticated_at: Instant,
    /// The context class reached.
    acr: Option<String>,
    /// The methods used (RFC 8176).
    #[serde(default)]
    amr: Vec<String>,
}

/// A chosen account.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AccountBody {
    /// One that the consumer holds.
    account_id: AccountId,
    /// What the consumer calls it; at most 64 characters.
    nickname: Option<String>,
    /// What of it is shared, some of what was asked; all of that when absent.
    #[schema(value_type = Option<Vec<DataCluster>>)]
    data_clusters: Option<BTreeSet<DataCluster>>,
}

impl DecisionBody {
    /// The decision for a request that asks for these clusters.
    ///
    /// # Errors
    /// [`Refusal::Input`]. Whether it goes beyond the request is not judged here.
    pub(crate) fn to_decision(
        &self,
        asked: &BTreeSet<DataCluster>,
        now: Instant,
    ) -> Result<Decision, Refusal> {
        match self {
            Self::Approved(approval) => Ok(Decision::Approved(Box::new(
                approval.clone().into_approval(asked, now)?,
            ))),
            Self::Rejected(RejectionBody { reason }) => Ok(Decision::Rejected {
                reason: reason.clone().map(bounded).transpose()?,
            }),
        }
    }
}

impl ApprovalBody {
    fn into_approval(self, asked: &BTreeSet<DataCluster>, now: Instant) -> Result<Approval, Refusal> {
        // The application's clock may run a little ahead of ours.
        if self
            .acknowledged_at
            .is_some_and(|at| at > now + chrono::Duration::seconds(10))
        {
            return Err(Refusal::Input("acknowledgedAt is in the future"));
        }
        if self.accounts.len() > MOST_ACCOUNTS {
            return Err(Refusal::Input("too many accounts"));
        }
        Ok(Approval {
            user_id: self.user_id,
            authentication: self.authentication.into_authentication()?,
            accounts: self
                .accounts
                .into_iter()
                .map(|account| account.into_granted(asked))
                .collect(),
            identity_scopes: self.identity_scopes,
            claims: self.claims,
            evidence: json!({
                "termsAndConditionsVersion": self.terms_and_conditions_version.map(bounded).transpose()?,
                "acknowledgedAt": self.acknowledged_at,
                "signedEvidence": self.signed_evidence.map(evidence::parse).transpose()?,
            }),
        })
    }
}

impl AuthenticationBody {
    fn into_authentication(self) -> Result<Authentication, Refusal> {
        if self.amr.len() > MOST_METHODS {
            return Err(Refusal::Input("amr has too many methods"));
        }
        Ok(Authentication {
            authenticated_at: self.authenticated_at,
            acr: self.acr.map(bounded).transpose()?,
            amr: self.amr.into_iter().map(bounded).collect::<Result<_, _>>()?,
        })
    }
}

impl AccountBody {
    pub(crate) fn into_granted(self, asked: &BTreeSet<DataCluster>) -> GrantedAccount {
        GrantedAccount {
            account_id: self.account_id,
            nickname: self.nickname.filter(|name| !name.trim().is_empty()),
            data_clusters: self.data_clusters.unwrap_or_else(|| asked.clone()),
            awaiting: 0,
        }
    }
}

fn bounded(text: String) -> Result<String, Refusal> {
    if text.chars().count() > LONGEST_TEXT || text.chars().any(char::is_control) {
        return Err(Refusal::Input("a text is over 256 characters or unprintable"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        Instant::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn approved() -> serde_json::Value {
        json!({"status": "APPROVED", "userId": "alice",
            "authentication": {"authenticatedAt": now(), "acr": "urn:bank:password", "amr": ["pwd"]},
            "accounts": [{"accountId": "1", "nickname": "Bills"}, {"accountId": "2", "dataClusters": ["ACCOUNT_BASIC"]}],
            "termsAndConditionsVersion": "2026-11", "acknowledgedAt": now()})
    }

    fn decision(body: serde_json::Value) -> Result<Decision, Option<Refusal>> {
        let asked = [DataCluster::AccountBasic, DataCluster::Transactions].into();
        serde_json::from_value::<DecisionBody>(body)
            .map_err(|_| None)?
            .to_decision(&asked, now())
            .map_err(Some)
    }

    #[test]
    fn an_account_without_clusters_gives_all_that_was_asked() {
        let Ok(Decision::Approved(approval)) = decision(approved()) else {
            panic!("approved")
        };
        let [first, second] = &approval.accounts[..] else {
            panic!("two accounts")
        };
        assert_eq!(
            first.data_clusters,
            [DataCluster::AccountBasic, DataCluster::Transactions].into()
        );
        assert_eq!(second.data_clusters, [DataCluster::AccountBasic].into());
        assert_eq!(approval.evidence["termsAndConditionsVersion"], "2026-11");
    }

    #[test]
    fn o05_only_what_an_application_may_say() {
        for (member, value) in [
            ("clientId", json!("a")),
            ("createdTime", json!(now())),
            ("state", json!("x")),
        ] {
            let mut body = approved();
            body[member] = value;
            assert!(matches!(decision(body), Err(None)), "{member}");
        }
        for body in [
            json!({"status": "REJECTED", "userId": "alice"}),
            json!({"status": "COMPLETED"}),
            json!({"reason": "no"}),
            json!([]),
        ] {
            assert!(matches!(decision(body), Err(None)));
        }
    }

    #[test]
    fn o03_an_approval_names_the_user_and_the_authentication() {
        for member in ["userId", "authentication"] {
            let mut body = approved();
            body.as_object_mut().unwrap().remove(member);
            assert!(matches!(decision(body), Err(None)), "{member}");
        }
        let mut body = approved();
        body["userId"] = json!("");
        assert!(matches!(decision(body), Err(None)));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let long = json!("x".repeat(257));
        let mut version = approved();
        version["termsAndConditionsVersion"] = long.clone();
        let mut methods = approved();
        methods["authentication"]["amr"] = json!(vec!["pwd"; 17]);
        let mut evidence = approved();
        evidence["signedEvidence"] = json!("not a JWS");
        let mut early = approved();
        early["acknowledgedAt"] = json!(now() + chrono::Duration::minutes(1));
        for body in [
            version,
            methods,
            evidence,
            early,
            json!({"status": "REJECTED", "reason": long}),
        ] {
            assert!(matches!(decision(body), Err(Some(Refusal::Input(_)))));
        }
    }
}
