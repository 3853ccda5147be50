//! The list of accounts and one account: what the grant shares of each, and nothing of others.

use domain::DataCluster::{AccountBasic, AccountDetailed, Balances, Transactions};
use serde_json::Value;

use crate::world::World;

fn ids(body: &Value) -> Vec<&str> {
    body["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| account["accountId"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn the_list_is_lightweight_unless_details_are_asked_for() {
    let world = World::new().await;
    let checking = world.account("alice", "0401");
    let shared = world
        .share(&[(&checking, &[AccountBasic, AccountDetailed])])
        .await;
    let light = world.get(&shared.token, "/core/accounts").await.ok();
    assert_eq!(light["accounts"][0]["accountNumberDisplay"], "****0401");
    assert_eq!(light["accounts"][0]["accountCategory"], "DEPOSIT_ACCOUNT");
    assert!(light["accounts"][0].get("currentBalance").is_none());
    assert_eq!(light["page"]["totalElements"], 1);
    assert!(light["page"].get("nextPageKey").is_none());
    assert_eq!(
        world
            .get(&shared.token, "/core/accounts?resultType=lightweight")
            .await
            .ok(),
        light
    );
    let details = world
        .get(&shared.token, "/core/accounts?resultType=details")
        .await
        .ok();
    assert!(details["accounts"][0]["currentBalance"].is_number());
}

#[actix_web::test]
async fn the_path_without_core_is_the_same() {
    let world = World::new().await;
    let checking = world.account("alice", "0401");
    let shared = world.share(&[(&checking, &[AccountDetailed])]).await;
    for path in ["/accounts".to_owned(), format!("/accounts/{checking}")] {
        let canonical = world.get(&shared.token, &format!("/core{path}")).await.ok();
        assert_eq!(world.get(&shared.token, &path).await.ok(), canonical);
    }
}

#[actix_web::test]
async fn each_account_shows_what_its_own_clusters_say() {
    let world = World::new().await;
    let (checking, savings) = (world.account("alice", "0401"), world.account("alice", "0402"));
    let card = world.account("alice", "1234");
    let shared = world
        .share(&[
            (&checking, &[AccountDetailed]),
            (&savings, &[AccountBasic]),
            (&card, &[Transactions]),
        ])
        .await;
    let body = world
        .get(&shared.token, "/core/accounts?resultType=details")
        .await
        .ok();
    assert_eq!(
        ids(&body),
        [checking.as_str(), savings.as_str()],
        "nothing of the card itself is shared"
    );
    assert!(body["accounts"][0]["currentBalance"].is_number());
    assert!(body["accounts"][1].get("currentBalance").is_none());
    let alone = world
        .get(&shared.token, &format!("/core/accounts/{savings}"))
        .await
        .ok();
    assert_eq!(alone, body["accounts"][1]);
    assert_eq!(
        world
            .get(&shared.token, &format!("/core/accounts/{card}"))
            .await
            .refusal(),
        (403, "403".into())
    );
}

#[actix_web::test]
async fn pages_follow_each_other_to_the_end() {
    let world = World::new().await;
    let accounts = world.accounts_of("alice");
    let clusters: &[_] = &[AccountBasic];
    let granted: Vec<_> = accounts.iter().map(|(id, _)| (id, clusters)).collect();
    let shared = world.share(&granted).await;
    let (mut found, mut path) = (vec![], "/core/accounts?limit=3".to_owned());
    loop {
        let body = world.get(&shared.token, &path).await.ok();
        assert_eq!(body["page"]["totalElements"], 4);
        found.extend(ids(&body).into_iter().map(str::to_owned));
        let Some(key) = body["page"]["nextPageKey"].as_str() else {
            break;
        };
        assert_eq!(body["page"]["nextOffset"], key);
        let link = body["links"]["next"]["href"].as_str().unwrap();
        path = link
            .strip_prefix("https://bank.example:8444/fdx/v6")
            .unwrap()
            .to_owned();
        assert!(path.contains(key));
    }
    let all: Vec<String> = accounts.iter().map(|(id, _)| id.to_string()).collect();
    assert_eq!(found, all);
}

#[actix_web::test]
async fn accounts_can_be_named() {
    let world = World::new().await;
    let (checking, savings) = (world.account("alice", "0401"), world.account("alice", "0402"));
    let unshared = world.account("alice", "1234");
    let shared = world
        .share(&[(&checking, &[AccountBasic]), (&savings, &[AccountBasic])])
        .await;
    let named = |ids: String| format!("/core/accounts?accountIds={ids}");
    assert_eq!(
        ids(&world.get(&shared.token, &named(savings.to_string())).await.ok()),
        [savings.as_str()]
    );
    // O10: what is not shared and what does not exist have the same answer, byte for byte.
    let not_shared = world
        .get(&shared.token, &named(format!("{checking},{unshared}")))
        .await;
    let not_there = world
        .get(&shared.token, &named(format!("{checking},nonsense")))
        .await;
    assert_eq!(not_shared.refusal(), (404, "1107".into()));
    assert_eq!(not_shared.text, not_there.text);
}

#[actix_web::test]
async fn o10_another_account_is_not_found_like_one_that_is_not_there() {
    let world = World::new().await;
    let checking = world.account("alice", "0401");
    let shared = world
        .share(&[(&checking, &[AccountDetailed, Transactions, Balances])])
        .await;
    for what in ["", "/transactions"] {
        let mut answers = vec![];
        for id in [
            world.account("bob", "0501").as_str(),
            "nonsense",
            "%00",
            "..%2F..%2Faccounts",
            "a;b=c",
            &"x".repeat(300),
        ] {
            let answer = world
                .get(&shared.token, &format!("/core/accounts/{id}{what}"))
                .await;
            assert_eq!(answer.refusal(), (404, "701".into()), "{id}");
            answers.push(answer.text);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1);
    }
}

#[actix_web::test]
async fn a_read_is_one_statement() {
    let world = World::new().await;
    let checking = world.account("alice", "0401");
    let shared = world
        .share(&[(&checking, &[AccountDetailed, Transactions])])
        .await;
    for path in [
        "/core/accounts",
        &format!("/core/accounts/{checking}"),
        &format!("/core/accounts/{checking}/transactions"),
    ] {
        // The first read prepares the statement of its connection; its record is written, and those of before.
        world.get(&shared.token, path).await.ok();
        world.store.accesses().flush().await.unwrap();
        let before = world.store.counts();
        world.get(&shared.token, path).await.ok();
        world.store.accesses().flush().await.unwrap();
        let after = world.store.counts();
        assert_eq!(
            after.statements - before.statements,
            2,
            "the read, and behind it its record: {path}"
        );
        assert_eq!(after.transactions, before.transactions, "{path}");
    }
}

#[actix_web::test]
async fn parameters_of_the_list_are_checked() {
    let world = World::new().await;
    let checking = world.account("alice", "0401");
    let shared = world.share(&[(&checking, &[AccountBasic])]).await;
    for (query, code) in [
        ("resultType=heavy", "401"),
        ("limit=0", "401"),
        ("limit=101", "401"),
        ("pageKey=forged", "401"),
        ("pageKey=a&offset=b", "401"),
        ("accountIds=", "401"),
        ("startDate=2026-11-32&endDate=2026-11-30", "702"),
        ("startDate=2026-11-30", "703"),
        ("startDate=2026-11-30&endDate=2026-11-01", "703"),
    ] {
        let answer = world.get(&shared.token, &format!("/core/accounts?{query}")).await;
        assert_eq!(answer.refusal(), (400, code.into()), "{query}");
    }
    world
        .get(
            &shared.token,
            "/core/accounts?startTime=2020-01-01&endTime=2020-01-02&unknown=x",
        )
        .await
        .ok();
}
