//! What was read and when.

use serde_json::json;

use super::{Dashboard, PROFILE, read};
use crate::{
    parties::{ALL_SCOPES, all},
    stage::TestPlatform,
};

#[tokio::test]
async fn who_read_what_and_when_is_told_read_by_read() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let shared = platform.share_scope(&recipient, &consumer, ALL_SCOPES).await;
    let (id, user) = (shared.consent_id.as_str(), consumer.user_id.as_str());
    let dashboard = Dashboard::of(&platform).await;
    let of = format!("/{id}?userId={user}");
    let found = dashboard.get(&of).await.expect(200);
    assert!(found.json.get("lastRead").is_none(), "nothing was read yet");

    let checking = &consumer.checking;
    let accounts = read(&recipient, &shared, "/fdx/v6/core/accounts", true)
        .await
        .expect(200);
    let one = format!("/fdx/v6/core/accounts/{checking}");
    platform.platform.clock.pass(1);
    read(&recipient, &shared, &one, false).await.expect(200);
    platform.platform.clock.pass(1);
    read(&recipient, &shared, &format!("{one}/transactions"), false)
        .await
        .expect(200);
    platform.platform.clock.pass(1);
    read(&recipient, &shared, &format!("{one}/contact"), false)
        .await
        .expect(200);
    // What is refused lets nothing out, and is no access.
    read(&recipient, &shared, "/fdx/v6/core/accounts/none", false)
        .await
        .refused_by_fdx(404, "701");
    read(
        &recipient,
        &shared,
        &format!("{one}/transactions?startTime=never"),
        false,
    )
    .await
    .expect(400);

    let listed = dashboard.accesses(id, user, "").await.expect(200);
    let accesses = listed.json["accesses"].as_array().unwrap();
    let told: Vec<_> = accesses
        .iter()
        .map(|access| {
            (
                access["operation"].as_str().unwrap(),
                access["attended"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("getAccountContact", false),
            ("searchForAccountTransactions", false),
            ("getAccount", false),
            ("searchForAccounts", true),
        ]
    );
    let first = &accesses[3];
    assert_eq!(first["accountIds"], json!([checking, consumer.savings]));
    assert_eq!(
        first["dataClusters"],
        json!(["ACCOUNT_BASIC", "ACCOUNT_DETAILED"])
    );
    assert_eq!(first["interactionId"], accounts.header("x-fapi-interaction-id"));
    assert_eq!(first["clientId"], recipient.client_id.as_str());
    assert_eq!(accesses[1]["dataClusters"], json!(["TRANSACTIONS"]));
    assert_eq!(accesses[0]["accountIds"], json!([checking]));

    let found = dashboard.get(&of).await.expect(200);
    assert_eq!(found.json["lastRead"]["operation"], "getAccountContact");
    assert_eq!(
        found.json["lastRead"]["accessedTime"],
        accesses[0]["accessedTime"]
    );

    // Page by page, and to nobody else.
    let page = dashboard.accesses(id, user, "&limit=3").await.expect(200);
    assert_eq!(page.json["accesses"].as_array().unwrap().len(), 3);
    let key = page.json["page"]["nextPageKey"].as_str().unwrap();
    let rest = dashboard
        .accesses(id, user, &format!("&limit=3&pageKey={key}"))
        .await
        .expect(200);
    assert_eq!(rest.json["accesses"], json!([first]));
    assert!(rest.json["page"].get("nextPageKey").is_none());
    let other = platform.consumer().await;
    dashboard
        .accesses(id, &other.user_id, "")
        .await
        .refused_by_fdx(404, "1107");
    dashboard
        .accesses(id, user, "&pageKey=x")
        .await
        .refused_by_fdx(400, "401");
}

/// What was handed over is written when the platform has stopped.
#[tokio::test]
async fn a_graceful_stop_writes_down_every_read() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let shared = platform.share(&recipient, &consumer).await;
    let reads = (0..40).map(|_| {
        let (recipient, shared) = (recipient.clone(), shared.clone());
        async move {
            read(&recipient, &shared, "/fdx/v6/core/accounts", false)
                .await
                .expect(200)
        }
    });
    assert_eq!(all(reads).await.len(), 40);
    let platform = tokio::task::spawn_blocking(move || {
        let mut platform = platform;
        platform.stop();
        platform
    })
    .await
    .unwrap();
    let mut session = platform.database.session();
    assert_eq!(session.number("SELECT count(*) FROM consent_accesses"), 40);
}
