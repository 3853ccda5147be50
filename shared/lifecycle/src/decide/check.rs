//! An approval narrows what was asked and never widens it (O01), and is of somebody whom the bank has just authenticated.

use std::collections::BTreeSet;

use domain::{AccountId, DataCluster, Instant, consent::GrantedAccount};

use super::{Approval, DecideError};
use crate::request::AuthorizationRequest;

/// Most accounts of one grant.
pub const MOST_ACCOUNTS: usize = 200;

/// What must hold of an approval, whatever the database says.
pub(super) fn check(
    approval: &Approval,
    request: &AuthorizationRequest,
    lodged_at: Instant,
    now: Instant,
) -> Result<(), DecideError> {
    check_accounts(&approval.accounts, &request.data_clusters())?;
    if let Some(allowed) = &approval.identity_scopes
        && !request.identity_scopes().contains_all(allowed)
    {
        return Err(DecideError::Beyond("a scope was not asked"));
    }
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
        IdentityClaims, Scopes,
        authorization_details::ConsentRequest,
        consent::{Authentication, DurationType, Terms},
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
            identity_scopes: None,
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
    fn o01_what_a_consumer_tells_of_themself_narrows_and_never_widens() {
        let request = AuthorizationRequest {
            scope: Scopes::parse("openid profile email").unwrap(),
            claims: domain::ClaimsRequest::from_json(
                &serde_json::json!({"userinfo": {"phone_number": null, "name": null}}),
            )
            .unwrap(),
            ..request()
        };
        let allowing = |scopes: &str| Approval {
            identity_scopes: Some(Scopes::parse(scopes).unwrap()),
            ..approval(vec![account("1", &[DataCluster::AccountBasic])])
        };
        for (allowed, scope, named) in [
            (
                "profile email phone",
                "openid profile email",
                vec!["name", "phone_number"],
            ),
            ("email", "openid email", vec![]),
            ("phone", "openid", vec!["phone_number"]),
            ("", "openid", vec![]),
        ] {
            let approval = allowing(allowed);
            assert_eq!(check(&approval, &request, now(), now()), Ok(()), "{allowed}");
            let kept = request.clone().allowing(approval.identity_scopes.as_ref());
            assert_eq!(kept.scope.to_string(), scope);
            assert_eq!(kept.claims.for_userinfo().collect::<Vec<_>>(), named);
        }
        assert_eq!(request.clone().allowing(None), request);
        for beyond in ["address", "email address", "openid", "fdx:accountbasic:read"] {
            assert!(matches!(
                check(&allowing(beyond), &request, now(), now()),
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
