//! The bank's consent application decides an authentication resource for the consumer: allow or deny.
//!
//! A decision narrows what was asked and never widens it (O01).

use std::collections::BTreeSet;

use domain::{
    AccountId, DataCluster, IdentityClaims, Instant, ResourceId, UserId,
    consent::{Authentication, GrantedAccount},
};
use serde::{Deserialize, Serialize};
use store::{
    StoreError, Tx, TxError,
    resources::{RefusedDecision, Resource, ResourceState},
};
use uuid::Uuid;

use crate::{
    ledger::{self, Actor, Circumstance, TooLate},
    request::AuthorizationRequest,
};

/// The channel of decisions in history.
pub(crate) const CHANNEL: &str = "external-auth";

/// Most accounts of one grant.
pub const MOST_ACCOUNTS: usize = 200;

/// What the consumer decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decision {
    /// Share.
    Approved(Approval),
    /// Do not.
    Rejected {
        /// Why, for the bank's records.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    },
}

/// Who shares what, and how the bank knows that it was they.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub user_id: UserId,
    /// How and when they were authenticated.
    pub authentication: Authentication,
    /// Which accounts, with what of each.
    pub accounts: Vec<GrantedAccount>,
    /// What the application tells of who they are.
    #[serde(skip_serializing_if = "IdentityClaims::is_empty", default)]
    pub claims: IdentityClaims,
    /// What else the application reports: version of the terms, instant of the acknowledgement.
    #[serde(default)]
    pub evidence: serde_json::Value,
}

/// Why a decision is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// No such resource, or it has lapsed.
    #[error("no such resource, or its time is over")]
    NotFound,
    /// Somebody decided before.
    #[error("the resource is already decided")]
    AlreadyDecided,
    /// The caller has seen another version.
    #[error("the resource was changed since it was read")]
    Stale,
    /// More than was asked, or an account twice, or none.
    #[error("the decision goes beyond what was asked: {0}")]
    Beyond(&'static str),
    /// An account that is not this consumer's.
    #[error("an account is not held by that user")]
    NotHeld,
    /// The grant that it is to replace is another consumer's.
    #[error("the consent that is to be replaced is not one of that user")]
    NotReplaceable,
    /// Authenticated in the future, or longer ago than the recipient accepts.
    #[error("the authentication is not one that the request accepts")]
    Authentication,
}

/// Reads a resource that can still be decided or completed.
///
/// # Errors
/// [`DecideError::NotFound`] when there is none, or it has lapsed.
pub fn find(
    tx: &mut Tx<'_>,
    resource_id: ResourceId,
    now: Instant,
) -> Result<Resource, TxError<DecideError>> {
    store::resources::find(tx, resource_id)?
        .filter(|resource| now < resource.expires_at && !resource.request_completed)
        .ok_or(TxError::Refused(DecideError::NotFound))
}

/// Reads a resource that waits for a decision, or was decided and has not lapsed.
///
/// # Errors
/// [`DecideError::NotFound`] when there is none, or it has lapsed.
pub fn find_in_time(
    tx: &mut Tx<'_>,
    resource_id: ResourceId,
    now: Instant,
) -> Result<Resource, TxError<DecideError>> {
    store::resources::find(tx, resource_id)?
        .filter(|resource| now < resource.expires_at)
        .ok_or(TxError::Refused(DecideError::NotFound))
}

/// The request that a resource is about.
///
/// # Errors
/// [`StoreError::Corrupt`] when the row does not hold one.
pub fn request_of(resource: &Resource) -> Result<AuthorizationRequest, StoreError> {
    serde_json::from_value(resource.parameters.clone()).map_err(|_| StoreError::Corrupt {
        table: "authorization_requests",
        column: "parameters",
    })
}

/// Takes a decision. Of two that race one is taken, and the other is told. Returns the new version.
///
/// # Errors
/// [`DecideError`].
pub fn decide(
    tx: &mut Tx<'_>,
    resource_id: ResourceId,
    version: Option<i32>,
    decision: &Decision,
    now: Instant,
) -> Result<i32, TxError<DecideError>> {
    let resource = find_in_time(tx, resource_id, now)?;
    if resource.state != ResourceState::Lodged || resource.request_completed {
        return Err(too_late(tx, &resource, decision, now)?);
    }
    if version.is_some_and(|version| version != resource.version) {
        return Err(TxError::Refused(DecideError::Stale));
    }
    let state = match decision {
        Decision::Rejected { .. } => ResourceState::Rejected,
        Decision::Approved(approval) => {
            let request = request_of(&resource)?;
            check(approval, &request, resource.created_at, now).map_err(TxError::Refused)?;
            let account_ids: Vec<_> = approval
                .accounts
                .iter()
                .map(|account| &account.account_id)
                .collect();
            if !store::holders::holds_all(tx, &approval.user_id, &account_ids)? {
                return Err(TxError::Refused(DecideError::NotHeld));
            }
            if let Some(replaced) = request.replaces {
                store::grants::find(tx, replaced)?
                    .filter(|replaced| replaced.user_id == approval.user_id)
                    .ok_or(TxError::Refused(DecideError::NotReplaceable))?;
            }
            ResourceState::Approved
        }
    };
    let json = serde_json::to_value(decision).map_err(|_| StoreError::Corrupt {
        table: "authentication_resources",
        column: "decision",
    })?;
    store::resources::decide(tx, resource_id, resource.version, state, &json, now)?
        .ok_or(TxError::Refused(DecideError::AlreadyDecided))
}

/// Notes a decision that another was before, where the history of the grant will show it or does.
fn too_late(
    tx: &mut Tx<'_>,
    resource: &Resource,
    decision: &Decision,
    now: Instant,
) -> Result<TxError<DecideError>, StoreError> {
    let attempted = match decision {
        Decision::Approved(_) => "APPROVED",
        Decision::Rejected { .. } => "REJECTED",
    };
    match resource.consent_id {
        Some(consent_id) => {
            if store::grants::lock(tx, consent_id)?.is_some() {
                let circumstance = Circumstance {
                    actor: Actor::Consumer,
                    channel: CHANNEL,
                    reason: None,
                    at: now,
                    // There is no event.
                    event_id: Uuid::nil(),
                };
                ledger::refuse(
                    tx,
                    consent_id,
                    (attempted, TooLate::AlreadyDecided),
                    &circumstance,
                )?;
            }
        }
        None => {
            let refused = RefusedDecision {
                decision: attempted.into(),
                at: now,
            };
            store::resources::refuse(tx, resource.resource_id, &refused)?;
            tx.keep_if_refused();
        }
    }
    Ok(TxError::Refused(if resource.request_completed {
        DecideError::NotFound
    } else {
        DecideError::AlreadyDecided
    }))
}

/// What must hold of an approval, whatever the database says.
fn check(
    approval: &Approval,
    request: &AuthorizationRequest,
    lodged_at: Instant,
    now: Instant,
) -> Result<(), DecideError> {
    check_accounts(&approval.accounts, &request.data_clusters())?;
    let authenticated_at = approval.authentication.authenticated_at;
    // Who was authenticated for this very request is fresh, however long they then took to decide (OIDC Core 3.1.2.1).
    let oldest = request
        .max_age
        .map(|seconds| lodged_at.min(now - chrono::Duration::seconds(seconds.into())));
    // The application's clock may run a little ahead of ours.
    if authenticated_at > now + chrono::Duration::seconds(10)
        || oldest.is_some_and(|oldest| authenticated_at < oldest)
    {
        return Err(DecideError::Authentication);
    }
    Ok(())
}

/// That a choice of accounts stays within what was asked (O01). Whose they are is not looked at here.
///
/// # Errors
/// [`DecideError::Beyond`].
pub fn check_accounts(accounts: &[GrantedAccount], asked: &BTreeSet<DataCluster>) -> Result<(), DecideError> {
    if asked.is_empty() != accounts.is_empty() {
        return Err(DecideError::Beyond(
            "accounts are chosen exactly when data clusters were asked",
        ));
    }
    if accounts.len() > MOST_ACCOUNTS {
        return Err(DecideError::Beyond("too many accounts"));
    }
    let mut seen = BTreeSet::<&AccountId>::new();
    for account in accounts {
        if !seen.insert(&account.account_id) {
            return Err(DecideError::Beyond("an account is named twice"));
        }
        if account.data_clusters.is_empty() || !account.data_clusters.is_subset(asked) {
            return Err(DecideError::Beyond("a data cluster was not asked"));
        }
        if account
            .nickname
            .as_ref()
            .is_some_and(|name| !domain::readable::is_readable(name, 64))
        {
            return Err(DecideError::Beyond(
                "a nickname is over 64 characters or unprintable",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::{
        Scopes,
        authorization_details::ConsentRequest,
        consent::{DurationType, Terms},
        profile::{ResponseMode, ResponseType},
    };

    use super::*;

    fn now() -> Instant {
        Instant::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn request() -> AuthorizationRequest {
        let clusters = [DataCluster::AccountBasic, DataCluster::Transactions];
        AuthorizationRequest {
            response_type: ResponseType::Code,
            response_mode: ResponseMode::Jwt,
            redirect_uri: "https://recipient.example/cb".into(),
            state: None,
            nonce: None,
            scope: Scopes::default(),
            code_challenge: None,
            dpop_jkt: None,
            consent_request: Some(ConsentRequest::for_accounts(
                DurationType::TimeBound,
                Some(90),
                None,
                clusters.into(),
            )),
            terms: Terms {
                duration_type: DurationType::TimeBound,
                duration_days: 90,
                lookback_days: 90,
            },
            code_seconds: 60,
            had_authorization_details: true,
            acr_values: vec![],
            prompt: crate::request::Prompt::Needed,
            claims: domain::ClaimsRequest::default(),
            subjects: vec![],
            max_age: Some(600),
            login_hint: None,
            ui_locales: vec![],
            purpose: None,
            replaces: None,
        }
    }

    fn account(id: &str, clusters: &[DataCluster]) -> GrantedAccount {
        GrantedAccount {
            account_id: id.parse().unwrap(),
            data_clusters: clusters.iter().copied().collect(),
            nickname: None,
            awaiting: 0,
        }
    }

    fn approval(accounts: Vec<GrantedAccount>) -> Approval {
        Approval {
            user_id: "user".parse().unwrap(),
            authentication: Authentication {
                authenticated_at: now(),
                acr: None,
                amr: vec![],
            },
            accounts,
            claims: IdentityClaims::default(),
            evidence: serde_json::Value::Null,
        }
    }

    #[test]
    fn o01_a_decision_narrows_and_never_widens() {
        let basic = [DataCluster::AccountBasic];
        assert_eq!(
            check(&approval(vec![account("1", &basic)]), &request(), now(), now()),
            Ok(())
        );
        for beyond in [
            vec![],
            vec![account("1", &[])],
            vec![account("1", &[DataCluster::PaymentSupport])],
            vec![account("1", &basic), account("1", &basic)],
        ] {
            assert!(matches!(
                check(&approval(beyond), &request(), now(), now()),
                Err(DecideError::Beyond(_))
            ));
        }
    }

    #[test]
    fn an_authentication_that_is_too_old_or_yet_to_come_does_not_count() {
        let mut approval = approval(vec![account("1", &[DataCluster::AccountBasic])]);
        for seconds in [-601, 11] {
            approval.authentication.authenticated_at = now() + chrono::Duration::seconds(seconds);
            assert_eq!(
                check(&approval, &request(), now(), now()),
                Err(DecideError::Authentication)
            );
        }
    }

    #[test]
    fn an_authentication_for_this_request_is_fresh() {
        let mut request = request();
        request.max_age = Some(1);
        let mut approval = approval(vec![account("1", &[DataCluster::AccountBasic])]);
        let lodged_at = now() - chrono::Duration::minutes(4);
        approval.authentication.authenticated_at = lodged_at + chrono::Duration::seconds(20);
        assert_eq!(check(&approval, &request, lodged_at, now()), Ok(()));
        approval.authentication.authenticated_at = lodged_at - chrono::Duration::seconds(1);
        assert_eq!(
            check(&approval, &request, lodged_at, now()),
            Err(DecideError::Authentication)
        );
    }
}
