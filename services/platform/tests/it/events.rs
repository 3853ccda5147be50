//! Subscriptions to events: taken, changed, listed, tested and ended by their recipient alone. What then arrives is in
//! `delivery.rs`, what can be asked for again in `events_poll.rs`.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{answer::Answer, jws::Key};

use crate::{
    parties::{ALL_SCOPES, all},
    stage::TestPlatform,
    subscriber::{HOLD, REVOKE, Subscriber},
    table::Table,
};

const SUBSCRIPTIONS: &str = "/notification-subscriptions";

/// Nobody listens there: what is shown here needs nobody who does.
const CALLBACK: &str = "https://localhost:9/hook";

/// A subscription that is taken.
fn subscription(change: &Value) -> Value {
    let mut body = json!({
        "type": REVOKE, "category": "CONSENT", "callbackUrl": CALLBACK,
        "subscriber": {"name": "Budget", "type": "DATA_RECIPIENT"},
    });
    for (member, value) in change.as_object().unwrap() {
        body[member] = value.clone();
    }
    body
}

async fn post(subscriber: &Subscriber, change: Value) -> Answer {
    subscriber
        .call(Method::POST, SUBSCRIPTIONS, Some(&subscription(&change)))
        .await
}

async fn get(subscriber: &Subscriber, path: &str) -> Answer {
    subscriber.call(Method::GET, path, None).await
}

#[tokio::test]
async fn a_subscription_is_kept_as_it_was_asked_for_until_it_is_ended() {
    let platform = TestPlatform::shared().await;
    let subscriber = platform.subscriber().await;
    let party = json!({"name": "Budget", "type": "DATA_RECIPIENT", "homeUri": "https://budget.example/",
        "registry": "GLEIF", "registeredEntityName": "Budget Inc.", "registeredEntityId": "5493"});
    let day = platform.now().date_naive();
    let answer = post(
        &subscriber,
        json!({"subscriptionId": "mine", "subscriber": party, "effectiveDate": day}),
    )
    .await
    .expect(201);
    let location = format!("{}/fdx/v6/events{SUBSCRIPTIONS}/mine", platform.platform.mutual);
    assert_eq!(answer.header("location"), location);
    assert_eq!(
        answer.json,
        json!({
            "subscriptionId": "mine", "type": REVOKE, "category": "CONSENT", "callbackUrl": CALLBACK,
            "subscriber": party, "effectiveDate": day, "callbackStatus": "PENDING", "lastSequence": 0,
        })
    );
    let path = format!("{SUBSCRIPTIONS}/mine");
    assert_eq!(get(&subscriber, &path).await.expect(200).json, answer.json);
    let listed = get(&subscriber, SUBSCRIPTIONS).await.expect(200);
    assert_eq!(listed.json["notificationSubscriptions"], json!([answer.json]));
    assert_eq!(listed.json["page"]["totalElements"], 1);

    subscriber.call(Method::DELETE, &path, None).await.expect(204);
    for method in [Method::GET, Method::DELETE] {
        subscriber
            .call(method, &path, None)
            .await
            .refused_by_fdx(404, "1107");
    }
    assert_eq!(
        get(&subscriber, SUBSCRIPTIONS).await.json["notificationSubscriptions"],
        json!([])
    );
}

/// FDX's own paths have no `/events`.
#[tokio::test]
async fn fdx_s_own_paths_serve_alike() {
    let platform = TestPlatform::shared().await;
    let subscriber = platform.subscriber().await;
    post(&subscriber, json!({"subscriptionId": "mine"}))
        .await
        .expect(201);
    for path in [
        "/notification-subscriptions/mine",
        SUBSCRIPTIONS,
        "/notifications",
        "/notification-subscriptions/mine/deliveries",
    ] {
        let here = get(&subscriber, path).await.expect(200);
        let there = subscriber
            .call(Method::GET, &format!("/..{path}"), None)
            .await
            .expect(200);
        if path != "/notifications" {
            assert_eq!(here.json, there.json, "{path}");
        }
    }
}

#[tokio::test]
async fn what_is_no_subscription_is_refused() {
    let platform = TestPlatform::shared().await;
    let subscriber = platform.subscriber().await;
    let far = platform.now().date_naive() + chrono::Duration::days(400);
    let mut table = Table::default();
    for change in [
        json!({"type": "BALANCE"}),
        json!({"category": "MAINTENANCE"}),
        json!({"type": "CONSENT_INVENTED"}),
        json!({"type": "consent_revoked"}),
        json!({"type": null}),
        json!({"category": "EVERYTHING"}),
        json!({"subscriber": null}),
        json!({"subscriber": {"name": "", "type": "DATA_RECIPIENT"}}),
        json!({"subscriber": {"name": "Budget", "type": "DATA_PROVIDER"}}),
        json!({"subscriber": {"name": "Budget", "type": "DATA_RECIPIENT", "secret": "x"}}),
        json!({"subscriber": {"name": "x".repeat(257), "type": "DATA_RECIPIENT"}}),
        json!({"subscriptionId": ""}),
        json!({"subscriptionId": "a/b"}),
        json!({"subscriptionId": "x".repeat(65)}),
        json!({"subscriptionId": "a\r\nb"}),
        json!({"effectiveDate": "2026-1-2"}),
        json!({"effectiveDate": "tomorrow"}),
        json!({"effectiveDate": far}),
        json!({"callbackUrl": null}),
        json!({"callbackUrl": ""}),
        // O05: what only we say.
        json!({"callbackStatus": "VERIFIED"}),
        json!({"lastSequence": 7}),
        json!({"clientId": "another"}),
    ] {
        let answer = post(&subscriber, change.clone()).await;
        let fits = answer.status == 400 && answer.json["code"] == "401";
        table.holds(&change.to_string(), fits, || {
            format!("{} {}", answer.status, answer.text)
        });
    }
    table.done();
    assert_eq!(
        get(&subscriber, SUBSCRIPTIONS).await.json["notificationSubscriptions"],
        json!([])
    );
}

#[tokio::test]
async fn a_later_callback_for_the_same_subscription_takes_the_place_of_the_earlier() {
    let platform = TestPlatform::shared().await;
    let subscriber = platform.subscriber().await;
    let other = json!("https://localhost:9/another");
    // The same name.
    post(&subscriber, json!({"subscriptionId": "mine"}))
        .await
        .expect(201);
    let named = post(
        &subscriber,
        json!({"subscriptionId": "mine", "callbackUrl": other}),
    )
    .await
    .expect(201);
    assert_eq!(named.json["callbackUrl"], other);
    // No name: the same type and category.
    let first = post(&subscriber, json!({"type": HOLD})).await.expect(201);
    let second = post(&subscriber, json!({"type": HOLD, "callbackUrl": other}))
        .await
        .expect(201);
    assert_eq!(second.json["subscriptionId"], first.json["subscriptionId"]);
    assert_eq!(second.json["callbackUrl"], other);
    // The same name for something else is a mistake.
    let conflict = json!({"subscriptionId": "mine", "type": "CONSENT_EXPIRED"});
    post(&subscriber, conflict).await.refused_by_fdx(409, "409");
    let listed = get(&subscriber, SUBSCRIPTIONS).await.json;
    assert_eq!(listed["page"]["totalElements"], 2);
}

#[tokio::test]
async fn fifty_that_subscribe_at_once_make_one_subscription() {
    let platform = TestPlatform::shared().await;
    let subscriber = std::sync::Arc::new(platform.subscriber().await);
    let answers = all((0..50).map(|_| {
        let subscriber = std::sync::Arc::clone(&subscriber);
        async move { post(&subscriber, json!({})).await }
    }))
    .await;
    let ids: std::collections::BTreeSet<_> = answers
        .into_iter()
        // One that met others too often may be told to come again.
        .filter(|answer| answer.status != 503)
        .map(|answer| answer.expect(201).member("subscriptionId").to_owned())
        .collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(
        get(&subscriber, SUBSCRIPTIONS).await.json["page"]["totalElements"],
        1
    );
}

#[tokio::test]
async fn a_recipient_has_a_hundred_subscriptions_at_most() {
    let platform = TestPlatform::shared().await;
    let subscriber = platform.subscriber().await;
    for number in 0..100 {
        post(&subscriber, json!({"subscriptionId": format!("s{number}")}))
            .await
            .expect(201);
    }
    let answer = post(&subscriber, json!({"subscriptionId": "one-too-many"})).await;
    answer.refused_by_fdx(429, "1207");
    assert_eq!(answer.header("retry-after"), "1");
    // One that is there can still be changed, and one that goes makes room.
    post(&subscriber, json!({"subscriptionId": "s0"}))
        .await
        .expect(201);
    subscriber
        .call(Method::DELETE, &format!("{SUBSCRIPTIONS}/s0"), None)
        .await
        .expect(204);
    post(&subscriber, json!({"subscriptionId": "one-more"}))
        .await
        .expect(201);
}

#[tokio::test]
async fn o15_another_recipients_subscription_is_absent() {
    let platform = TestPlatform::shared().await;
    let (owner, other) = (platform.subscriber().await, platform.subscriber().await);
    post(&owner, json!({"subscriptionId": "mine"})).await.expect(201);
    let consents = platform.consents(&other, 1).await;
    for (method, path) in [
        (Method::GET, "/notification-subscriptions/ID"),
        (Method::DELETE, "/notification-subscriptions/ID"),
        (Method::POST, "/notification-subscriptions/ID/test"),
        (Method::GET, "/notification-subscriptions/ID/deliveries"),
        (Method::GET, "/notifications?subscriptionId=ID"),
        (Method::DELETE, "/CONSENT/revocation/ID"),
    ] {
        let path = path.replace("CONSENT", &consents[0]);
        let theirs = other
            .call(method.clone(), &path.replace("ID", "mine"), None)
            .await;
        theirs.refused_by_fdx(404, "1107");
        let absent = other.call(method, &path.replace("ID", "absent"), None).await;
        assert_eq!(theirs.text, absent.text, "{path}");
    }
    // The same name is each recipient's own.
    post(&other, json!({"subscriptionId": "mine", "type": HOLD}))
        .await
        .expect(201);
    let path = format!("{SUBSCRIPTIONS}/mine");
    assert_eq!(get(&owner, &path).await.expect(200).json["type"], REVOKE);
}

#[tokio::test]
async fn the_way_by_a_consent_ends_a_subscription_to_consents_alone() {
    let platform = TestPlatform::shared().await;
    let (owner, other) = (platform.subscriber().await, platform.subscriber().await);
    let (mine, theirs) = (
        platform.consents(&owner, 1).await,
        platform.consents(&other, 1).await,
    );
    post(&owner, json!({"subscriptionId": "consents"}))
        .await
        .expect(201);
    let outage = json!({"subscriptionId": "outage", "type": "PLANNED_OUTAGE", "category": "MAINTENANCE"});
    post(&owner, outage).await.expect(201);
    for (consent, subscription) in [
        (theirs[0].as_str(), "consents"),
        ("00000000-0000-4000-8000-000000000000", "consents"),
        ("no-consent", "consents"),
        (mine[0].as_str(), "outage"),
        (mine[0].as_str(), "absent"),
    ] {
        owner
            .call(
                Method::DELETE,
                &format!("/{consent}/revocation/{subscription}"),
                None,
            )
            .await
            .refused_by_fdx(404, "1107");
    }
    // One that has ended is still theirs.
    platform.revoke(&mine[0]).await;
    owner
        .call(Method::DELETE, &format!("/{}/revocation/consents", mine[0]), None)
        .await
        .expect(204);
    assert_eq!(get(&owner, SUBSCRIPTIONS).await.json["page"]["totalElements"], 1);
}

/// Only what a recipient got for itself, with the scope.
#[tokio::test]
async fn a_token_without_the_scope_and_a_consumers_token_open_nothing() {
    let platform = TestPlatform::shared().await;
    let subscriber = platform.subscriber().await;
    let shared = platform
        .share(&subscriber.recipient, &platform.consumer().await)
        .await;
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "fdx:accountbasic:read"),
    ];
    let without = subscriber
        .recipient
        .post("/fdx/auth/v1/token", &form)
        .tokens()
        .await;
    for token in [&shared.tokens.access_token, &without.access_token] {
        let answer = subscriber
            .recipient
            .get("/fdx/v6/events/notifications", token)
            .await;
        answer.refused_by_fdx(403, "403");
        assert!(answer.header("www-authenticate").contains("insufficient_scope"));
    }
    // Nor is it given to a client that did not register it.
    let recipient = platform.recipient("fapi2-security").await;
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "fdx:notifications:subscribe"),
    ];
    recipient
        .post("/fdx/auth/v1/token", &form)
        .send()
        .await
        .refused(400, "invalid_scope");
}

/// The event API takes tokens that are bound to a key as well (RFC 9449).
#[tokio::test]
async fn a_recipient_with_dpop_polls_too() {
    let platform = TestPlatform::shared().await;
    let scope = format!("{ALL_SCOPES} fdx:notifications:subscribe");
    let more = json!({"scope": scope, "sender_constraint": "dpop"});
    let recipient = platform
        .recipient_with("fapi2-security", Key::p256("signing"), more)
        .await;
    let key = Key::p256("a key");
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "fdx:notifications:subscribe"),
    ];
    let post = recipient.post("/fdx/auth/v1/token", &form);
    let proof = recipient.proof(&key, "POST", &post.url, None);
    let token = post.proving(proof).tokens().await.access_token;
    let url = format!("{}/fdx/v6/events/notifications", platform.platform.mutual);
    let ask = |proof: Option<String>| {
        let request = platform
            .platform
            .request(&recipient.without_certificate(), Method::GET, &url)
            .header("Authorization", format!("DPoP {token}"));
        Answer::to(match proof {
            Some(proof) => request.header("DPoP", proof),
            None => request,
        })
    };
    let proof = recipient.proof(&key, "GET", &url, Some(&token)).compact();
    assert_eq!(
        ask(Some(proof)).await.expect(200).json["notifications"],
        json!([])
    );
    ask(None).await.refused_by_fdx(401, "603");
}
