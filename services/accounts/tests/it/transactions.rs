//! The transactions of an account: window, lookback, pages.

use domain::{
    AccountId,
    DataCluster::{AccountBasic, Transactions},
    Scopes,
};
use serde_json::Value;

use crate::world::{Shared, World};

fn ids(body: &Value) -> Vec<String> {
    let transactions = body["transactions"].as_array().unwrap();
    transactions
        .iter()
        .map(|transaction| transaction["transactionId"].as_str().unwrap().to_owned())
        .collect()
}

fn days(body: &Value) -> Vec<&str> {
    let transactions = body["transactions"].as_array().unwrap();
    transactions
        .iter()
        .map(|transaction| &transaction["postedTimestamp"].as_str().unwrap()[..10])
        .collect()
}

async fn checking(lookback_days: u16) -> (World, AccountId, Shared) {
    let world = World::new().await;
    let account = world.account("alice", "0401");
    let scopes: Scopes = [Transactions.scope()].into_iter().collect();
    let shared = world
        .share_with(
            &[(&account, &[Transactions])],
            lookback_days,
            &scopes,
            "recipient",
        )
        .await;
    (world, account, shared)
}

#[actix_web::test]
async fn without_dates_the_last_seven_days_are_read() {
    let (world, account, shared) = checking(90).await;
    let body = world
        .get(&shared.token, &format!("/core/accounts/{account}/transactions"))
        .await
        .ok();
    assert_eq!(days(&body), ["2026-11-20"]);
    let first = &body["transactions"][0];
    assert_eq!(
        (&first["accountId"], &first["accountCategory"]),
        (&account.as_str().into(), &"DEPOSIT_ACCOUNT".into())
    );
    assert_eq!(first["debitCreditMemo"], "DEBIT");
    assert!(first["amount"].as_f64().unwrap() > 0.0);
}

#[actix_web::test]
async fn dates_by_both_names_are_inclusive() {
    let (world, account, shared) = checking(90).await;
    let path = |query: &str| format!("/core/accounts/{account}/transactions?limit=100&{query}");
    let body = world
        .get(&shared.token, &path("startDate=2026-10-10&endDate=2026-10-15"))
        .await
        .ok();
    let found = days(&body);
    assert!(found.contains(&"2026-10-10") && found.contains(&"2026-10-15"));
    assert!(
        found
            .iter()
            .all(|day| ("2026-10-10"..="2026-10-15").contains(day))
    );
    assert!(found.is_sorted_by(|one, next| one >= next), "newest first");
    let alias = world
        .get(&shared.token, &path("startTime=2026-10-10&endTime=2026-10-15"))
        .await
        .ok();
    assert_eq!(alias, body);
    let day = world
        .get(&shared.token, &path("startDate=2026-10-12&endDate=2026-10-12"))
        .await
        .ok();
    assert!(days(&day).iter().all(|day| *day == "2026-10-12"));
}

#[actix_web::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let (world, account, shared) = checking(90).await;
    let path = format!("/core/accounts/{account}/transactions?startDate=2026-09-01&endDate=2026-11-22");
    let whole = ids(&world.get(&shared.token, &format!("{path}&limit=100")).await.ok());
    assert!(whole.len() > 20);
    let (mut found, mut next) = (vec![], format!("{path}&limit=7"));
    loop {
        let body = world.get(&shared.token, &next).await.ok();
        found.extend(ids(&body));
        let Some(key) = body["page"]["nextPageKey"].as_str() else {
            break;
        };
        assert_eq!(ids(&body).len(), 7);
        // The cursor keeps the dates, by either of its names.
        let name = if found.len() % 2 == 0 { "offset" } else { "pageKey" };
        next = format!("/accounts/{account}/transactions?{name}={key}&limit=7");
    }
    assert_eq!(found, whole);
}

#[actix_web::test]
async fn n05_a_cursor_is_good_for_its_list_and_its_grant_alone() {
    let (world, account, shared) = checking(90).await;
    let savings = world.account("alice", "0402");
    let scopes: Scopes = [Transactions.scope(), AccountBasic.scope()].into_iter().collect();
    let accounts: &[(&AccountId, &[_])] = &[
        (&account, &[Transactions, AccountBasic]),
        (&savings, &[Transactions]),
    ];
    let other = world.share_with(accounts, 90, &scopes, "other-recipient").await;
    let path = |account: &AccountId| format!("/core/accounts/{account}/transactions");
    let first = world
        .get(
            &shared.token,
            &format!(
                "{}?startDate=2026-09-01&endDate=2026-11-22&limit=2",
                path(&account)
            ),
        )
        .await
        .ok();
    let key = first["page"]["nextPageKey"].as_str().unwrap();
    assert!(
        key.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'),
        "opaque"
    );
    world
        .get(&shared.token, &format!("{}?pageKey={key}", path(&account)))
        .await
        .ok();
    let changed = format!("{}A{}", &key[..20], &key[21..]);
    for (token, account, key) in [
        (&other.token, path(&account), key),
        (&other.token, path(&savings), key),
        (&other.token, "/core/accounts".to_owned(), key),
        (&shared.token, path(&account), "AAAA"),
        (&shared.token, path(&account), &changed),
        (&shared.token, path(&account), &key[..30]),
    ] {
        let answer = world.get(token, &format!("{account}?pageKey={key}")).await;
        assert_eq!(answer.refusal(), (400, "401".into()));
    }
    let other_dates = format!(
        "{}?pageKey={key}&startDate=2026-09-02&endDate=2026-11-22",
        path(&account)
    );
    assert_eq!(
        world.get(&shared.token, &other_dates).await.refusal(),
        (400, "401".into())
    );
}

#[actix_web::test]
async fn o13_nothing_before_the_lookback_is_read_and_asking_for_it_is_refused() {
    let (world, account, shared) = checking(30).await;
    let path = |query: &str| format!("/core/accounts/{account}/transactions?limit=100&{query}");
    let too_far = world
        .get(&shared.token, &path("startDate=2026-10-22&endDate=2026-11-22"))
        .await;
    assert_eq!(too_far.refusal(), (400, "703".into()));
    // The first day is read from the hour on at which the lookback begins: noon, thirty days ago.
    let body = world
        .get(&shared.token, &path("startDate=2026-10-23&endDate=2026-11-22"))
        .await
        .ok();
    assert!(days(&body).iter().all(|day| *day >= "2026-10-23"));
}

#[actix_web::test]
async fn o13_a_cursor_reaches_no_further_as_time_passes() {
    let (world, account, shared) = checking(30).await;
    let path =
        format!("/core/accounts/{account}/transactions?startDate=2026-10-23&endDate=2026-11-22&limit=4");
    let first = world.get(&shared.token, &path).await.ok();
    let key = first["page"]["nextPageKey"].as_str().unwrap();
    let rest = format!("/core/accounts/{account}/transactions?limit=100&pageKey={key}");
    assert!(!ids(&world.get(&shared.token, &rest).await.ok()).is_empty());
    // Thirty days later the same cursor, under a new token of the same grant, finds nothing that it may show.
    world.clock.pass(30 * 86_400);
    let scopes: Scopes = [Transactions.scope()].into_iter().collect();
    let token = world.token(&"recipient".parse().unwrap(), Some(shared.consent_id), &scopes);
    assert!(ids(&world.get(&token, &rest).await.ok()).is_empty());
}

#[actix_web::test]
async fn dates_are_told_apart_from_ranges() {
    let (world, account, shared) = checking(90).await;
    for (query, code) in [
        ("startDate=20261101&endDate=2026-11-02", "702"),
        ("startDate=2026-11-01&endDate=soon", "702"),
        ("startDate=2026-11-01", "703"),
        ("endDate=2026-11-01", "703"),
        ("startDate=2026-11-02&endDate=2026-11-01", "703"),
        (
            "startDate=2026-11-01&startTime=2026-11-02&endDate=2026-11-02",
            "401",
        ),
        ("limit=1000", "401"),
    ] {
        let answer = world
            .get(
                &shared.token,
                &format!("/core/accounts/{account}/transactions?{query}"),
            )
            .await;
        assert_eq!(answer.refusal(), (400, code.into()), "{query}");
    }
}

#[actix_web::test]
async fn an_empty_window_is_an_empty_list() {
    let (world, account, shared) = checking(90).await;
    let path = format!("/core/accounts/{account}/transactions?startDate=2026-11-21&endDate=2026-11-22");
    let body = world.get(&shared.token, &path).await.ok();
    assert!(ids(&body).is_empty());
}

#[actix_web::test]
async fn an_account_that_shares_no_transactions_refuses_them() {
    let world = World::new().await;
    let (checking, savings) = (world.account("alice", "0401"), world.account("alice", "0402"));
    let shared = world
        .share(&[(&checking, &[Transactions]), (&savings, &[AccountBasic])])
        .await;
    let answer = world
        .get(&shared.token, &format!("/core/accounts/{savings}/transactions"))
        .await;
    assert_eq!(answer.refusal(), (403, "403".into()));
}
