//! What a refresh may ask for, and what it is given.

use chrono::Duration;
use domain::{
    ConsentId, Instant,
    consent::{Authentication, DurationType},
};
use serde_json::{Value, json};

use super::*;

fn given() -> Given {
    let start = Instant::from_timestamp(1_800_000_000, 0).unwrap();
    let account = |id: &str, clusters: &[DataCluster]| GrantedAccount {
        account_id: id.parse().unwrap(),
        data_clusters: clusters.iter().copied().collect(),
        nickname: None,
        awaiting: 0,
    };
    let all = [DataCluster::AccountBasic, DataCluster::Transactions];
    Given {
        consent_id: ConsentId::from_uuid(uuid::Uuid::nil()),
        user_id: "ada".parse().unwrap(),
        terms: Terms {
            duration_type: DurationType::TimeBound,
            duration_days: 90,
            lookback_days: 60,
        },
        scopes: Scopes::parse("openid fdx:accountbasic:read fdx:transactions:read").unwrap(),
        authentication: Authentication {
            authenticated_at: start,
            acr: None,
            amr: vec![],
        },
        grant_expires_at: start + Duration::days(90),
        accounts: vec![account("1", &all), account("2", &all), account("3", &all[..1])],
        context: Value::Null,
    }
}

fn resources(resources: &Value) -> Value {
    json!([{"type": "fdx_v1.0", "consentRequest": {"resources": resources}}])
}

fn narrow(scope: Option<&str>, details: Option<Value>) -> Result<Narrowed, &'static str> {
    let wanted = Wanted {
        scope: scope.map(|scope| Scopes::parse(scope).unwrap()),
        details: details.map(|json| AuthorizationDetails::wanted(json).unwrap()),
    };
    let registered = Scopes::parse("openid fdx:accountbasic:read fdx:transactions:read").unwrap();
    wanted
        .applied_to(&given(), &registered)
        .map_err(|error| error.error())
}

fn ids(narrowed: &Narrowed) -> Vec<&str> {
    narrowed
        .accounts
        .iter()
        .map(|account| account.account_id.as_str())
        .collect()
}

#[test]
fn without_a_wish_all_of_it() {
    let narrowed = narrow(None, None).unwrap();
    assert_eq!(narrowed.scopes, given().scopes);
    assert_eq!(narrowed.accounts, given().accounts);
    assert_eq!(narrowed.only, None);
}

#[test]
fn fewer_scopes_are_fewer_clusters() {
    let narrowed = narrow(Some("fdx:transactions:read"), None).unwrap();
    assert_eq!(narrowed.scopes.to_string(), "fdx:transactions:read");
    assert_eq!(ids(&narrowed), ["1", "2"]);
    assert_eq!(narrow(Some("fdx:balances:read"), None), Err("invalid_scope"));
}

#[test]
fn rfc9396_6_fewer_clusters_are_fewer_scopes() {
    let basic = json!([{"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC"]}]);
    let narrowed = narrow(None, Some(resources(&basic))).unwrap();
    assert_eq!(narrowed.scopes.to_string(), "openid fdx:accountbasic:read");
    assert_eq!(ids(&narrowed), ["1", "2", "3"]);
    assert_eq!(narrowed.only, None);
}

#[test]
fn rfc9396_6_fewer_accounts_are_named_in_the_token() {
    let one = json!([{"resourceType": "ACCOUNT", "resourceId": "2", "dataClusters": ["ACCOUNT_BASIC", "TRANSACTIONS"]}]);
    let narrowed = narrow(None, Some(resources(&one))).unwrap();
    assert_eq!(ids(&narrowed), ["2"]);
    assert_eq!(narrowed.only, Some(vec!["2".parse().unwrap()]));
}

#[test]
fn what_was_given_may_be_asked_again() {
    let asked = [DataCluster::AccountBasic, DataCluster::Transactions].into();
    let whole =
        domain::authorization_details::granted(given().consent_id, &given().terms, &given().accounts, &asked);
    let narrowed = narrow(None, Some(whole)).unwrap();
    assert_eq!(narrowed.accounts, given().accounts);
    assert_eq!(narrowed.only, None);
}

#[test]
fn o01_a_refresh_never_widens() {
    for beyond in [
        json!([{"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC", "BALANCES"]}]),
        json!([{"resourceType": "ACCOUNT", "resourceId": "9", "dataClusters": ["ACCOUNT_BASIC"]}]),
        json!([{"resourceType": "ACCOUNT", "resourceId": "3", "dataClusters": ["TRANSACTIONS"]}]),
        // Each account by itself would be granted; one token cannot say it.
        json!([{"resourceType": "ACCOUNT", "resourceId": "1", "dataClusters": ["ACCOUNT_BASIC"]},
               {"resourceType": "ACCOUNT", "resourceId": "2", "dataClusters": ["TRANSACTIONS"]}]),
    ] {
        assert_eq!(
            narrow(None, Some(resources(&beyond))),
            Err("invalid_authorization_details"),
            "{beyond}"
        );
    }
    let mut longer = resources(&json!([{"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC"]}]));
    longer[0]["consentRequest"]["lookbackPeriod"] = json!(365);
    assert_eq!(narrow(None, Some(longer)), Err("invalid_authorization_details"));
}

#[test]
fn o21_scope_and_details_say_the_same() {
    let basic = resources(&json!([{"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC"]}]));
    assert!(narrow(Some("openid fdx:accountbasic:read"), Some(basic.clone())).is_ok());
    for scope in [
        "fdx:transactions:read",
        "fdx:accountbasic:read fdx:transactions:read",
    ] {
        assert_eq!(
            narrow(Some(scope), Some(basic.clone())),
            Err("invalid_scope"),
            "{scope}"
        );
    }
}
