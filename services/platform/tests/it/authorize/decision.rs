//! What the consent application decides, and what comes of it.

use serde_json::json;
use testkit::{answer::Answer, bank::RESOURCES, recipient::parameter};

use super::PROFILE;
use crate::{parties::SCOPE, stage::TestPlatform};

/// O01, O03, O05: what the bank's application may not say.
#[tokio::test]
async fn o01_a_decision_narrows_and_never_widens() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer, other) = (
        platform.recipient(PROFILE).await,
        platform.consumer().await,
        platform.consumer().await,
    );
    let pushed = recipient.push(SCOPE).pushed().await;
    let resource_id = platform
        .begin(
            &mut platform.browser(),
            &recipient.authorize_url(&pushed.request_uri),
        )
        .await;
    let bank = platform.bank();
    let token = bank
        .token("external:resources:read external:resources:write")
        .await;
    let version = bank
        .resource(&token, &resource_id)
        .await
        .header("etag")
        .to_owned();
    let approval = || bank.approval(&consumer.user_id, &[&consumer.checking]);
    let with = |member: &str, value: serde_json::Value| {
        let mut body = approval();
        body[member] = value;
        body
    };
    let without = |member: &str| {
        let mut body = approval();
        body.as_object_mut().unwrap().remove(member);
        body
    };
    let account = |value: serde_json::Value| with("accounts", json!([value]));
    let past = platform.now() - chrono::Duration::days(2);
    let future = platform.now() + chrono::Duration::hours(1);
    let rows = [
        (
            "O01 another's account",
            account(json!({"accountId": other.checking})),
        ),
        ("O01 an unknown account", account(json!({"accountId": "unknown"}))),
        (
            "O01 a cluster that was not asked",
            account(json!({"accountId": consumer.checking, "dataClusters": ["BALANCES"]})),
        ),
        (
            "no cluster",
            account(json!({"accountId": consumer.checking, "dataClusters": []})),
        ),
        (
            "an account twice",
            with(
                "accounts",
                json!([{"accountId": consumer.checking}, {"accountId": consumer.checking}]),
            ),
        ),
        ("no account", with("accounts", json!([]))),
        ("O03 no user", without("userId")),
        ("O03 no authentication", without("authentication")),
        (
            "authenticated in the future",
            with("authentication", json!({"authenticatedAt": future})),
        ),
        (
            "acknowledged in the future",
            with("acknowledgedAt", json!(future)),
        ),
        ("O05 an unknown member", with("clientId", json!("x"))),
        ("O05 a longer life", with("durationPeriod", json!(3650))),
        ("O05 a state of our own", with("status", json!("COMPLETED"))),
        (
            "a nickname that is a page",
            account(json!({"accountId": consumer.checking, "nickname": "x".repeat(10_000)})),
        ),
    ];
    for (name, body) in rows {
        let answer = bank.decide(&token, &resource_id, &version, &body).await;
        assert!(
            [400, 403].contains(&answer.status),
            "{name}: {} {}",
            answer.status,
            answer.text
        );
        assert!(answer.json["code"].is_string(), "{name}: {}", answer.text);
    }
    assert!(past < platform.now());
    for (name, if_match, status) in [("stale", "\"7\"", 412), ("none", "", 428)] {
        let request = bank.request(
            reqwest::Method::PATCH,
            &format!("{RESOURCES}/{resource_id}"),
            &token,
        );
        let request = if if_match.is_empty() {
            request
        } else {
            request.header("if-match", if_match)
        };
        assert_eq!(
            Answer::to(request.json(&approval())).await.status,
            status,
            "{name}"
        );
    }
    // J28, O05: bodies that are no JSON of ours.
    for body in [
        "{\"status\": \"REJECTED\", \"status\": \"APPROVED\"}",
        "[",
        "",
        "null",
        &"[".repeat(100_000),
    ] {
        let request = bank.request(
            reqwest::Method::PATCH,
            &format!("{RESOURCES}/{resource_id}"),
            &token,
        );
        let request = request
            .header("if-match", &version)
            .header("content-type", "application/json")
            .body(body.to_owned());
        assert_eq!(
            Answer::to(request).await.status,
            400,
            "{}",
            body.get(..40).unwrap_or(body)
        );
    }
    bank.decide(&token, &resource_id, &version, &approval())
        .await
        .expect(200);
    bank.decide(&token, &resource_id, "\"2\"", &approval())
        .await
        .refused_by_fdx(409, "409");
}

/// A browser that comes back before anybody decided.
#[tokio::test]
async fn an_undecided_authorization_is_not_finished() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let pushed = recipient.push(SCOPE).pushed().await;
    let mut browser = platform.browser();
    let resource_id = platform
        .begin(&mut browser, &recipient.authorize_url(&pushed.request_uri))
        .await;
    let back = format!(
        "{}/fdx/auth/v1/authorize/{resource_id}/continue",
        platform.platform.public
    );
    browser.open(&back).await.error_page("invalid_request");
}

/// O25: never an eleventh consent of one consumer with one recipient.
#[tokio::test]
async fn o25_at_most_ten_consents() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    for _ in 0..10 {
        platform.code(&recipient, &consumer, SCOPE).await;
    }
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = platform
        .allow(
            &mut platform.browser(),
            &recipient.authorize_url(&pushed.request_uri),
            &consumer,
        )
        .await;
    assert_eq!(
        parameter(&url, "error").as_deref(),
        Some("access_denied"),
        "{url}"
    );
}
