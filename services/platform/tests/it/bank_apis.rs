//! The two solution APIs, as a bank's own consent application and dashboard meet them: who may ask, what a decision may
//! hold, what a consumer's consents show, and which changes are refused.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    bank::{Application, CONSENTS, RESOURCES},
};

use crate::{
    parties::{BANK_SCOPES, Consumer, SCOPE, all},
    stage::TestPlatform,
};

/// A resource that waits for that consumer's decision, at the bank's application.
struct Lodged {
    bank: Application,
    token: String,
    consumer: Consumer,
    resource_id: String,
    version: String,
}

impl Lodged {
    async fn on(platform: &TestPlatform, scope: &str) -> Self {
        let recipient = platform.recipient("fapi2-security").await;
        let pushed = recipient.push(scope).pushed().await;
        let mut browser = platform.browser();
        let resource_id = platform
            .begin(&mut browser, &recipient.authorize_url(&pushed.request_uri))
            .await;
        let bank = platform.bank();
        let token = bank.token(BANK_SCOPES).await;
        let version = bank
            .resource(&token, &resource_id)
            .await
            .expect(200)
            .header("etag")
            .to_owned();
        Self {
            bank,
            token,
            consumer: platform.consumer().await,
            resource_id,
            version,
        }
    }

    fn approval(&self) -> Value {
        self.bank
            .approval(&self.consumer.user_id, &[&self.consumer.checking])
    }

    async fn decide(&self, decision: &Value) -> Answer {
        self.bank
            .decide(&self.token, &self.resource_id, &self.version, decision)
            .await
    }
}

#[tokio::test]
async fn a_resource_tells_all_that_a_consent_screen_needs() {
    let platform = TestPlatform::shared().await;
    let lodged = Lodged::on(platform, SCOPE).await;
    let found = lodged
        .bank
        .resource(&lodged.token, &lodged.resource_id)
        .await
        .expect(200);
    assert_eq!(found.header("cache-control"), "no-store");
    let resource = &found.json;
    assert_eq!(resource["resourceId"], lodged.resource_id.as_str());
    assert_eq!(resource["status"], "LODGED");
    assert_eq!(
        resource["recipient"],
        json!({"name": "A recipient", "type": "DATA_RECIPIENT"})
    );
    assert_eq!(resource["intermediaries"], json!([]));
    let asked = &resource["consentRequest"];
    assert!(
        asked["durationPeriod"].is_u64() && asked["lookbackPeriod"].is_u64(),
        "{asked}"
    );
    let clusters: Vec<_> = asked["dataClusters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cluster| &cluster["dataCluster"])
        .collect();
    assert_eq!(clusters, ["ACCOUNT_BASIC", "TRANSACTIONS"]);
    assert!(
        asked["dataClusters"][0]["label"].is_string() && asked["dataClusters"][0]["description"].is_string()
    );
    assert!(
        resource.get("continueUrl").is_none(),
        "nowhere to go before a decision"
    );
}

#[tokio::test]
async fn only_what_the_consumer_holds_and_the_request_asks_can_be_chosen() {
    let platform = TestPlatform::shared().await;
    let lodged = Lodged::on(platform, SCOPE).await;
    let list = |lodged: &Lodged, user_id: &str| {
        let path = format!("{RESOURCES}/{}/accounts?userId={user_id}", lodged.resource_id);
        Answer::to(lodged.bank.request(Method::GET, &path, &lodged.token))
    };
    let found = list(&lodged, &lodged.consumer.user_id).await.expect(200);
    let accounts = found.json["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 2);
    assert!(
        accounts
            .iter()
            .any(|account| account["name"] == "Checking" && account["accountNumberDisplay"] == "****0017")
    );
    for secret in &lodged.consumer.secrets {
        assert!(!found.text.contains(secret), "a number or a name is told");
    }
    assert_eq!(
        list(&lodged, "nobody").await.expect(200).json,
        json!({"accounts": []})
    );

    let identity = Lodged::on(platform, "openid").await;
    assert_eq!(
        list(&identity, &identity.consumer.user_id).await.expect(200).json,
        json!({"accounts": []})
    );
    for query in ["", "?userId=", "?user=a", "?userId=a&more=b"] {
        let path = format!("{RESOURCES}/{}/accounts{query}", lodged.resource_id);
        Answer::to(lodged.bank.request(Method::GET, &path, &lodged.token))
            .await
            .refused_by_fdx(400, "401");
    }
}

/// Everything that a decision may not hold, and the code of its refusal; the resource waits on.
#[tokio::test]
async fn o01_o03_o05_a_decision_that_goes_beyond_the_request_is_refused() {
    let platform = TestPlatform::shared().await;
    let lodged = Lodged::on(platform, SCOPE).await;
    let other = platform.consumer().await;
    type Change = fn(&mut Value, &Consumer);
    let changes: &[(&str, Change)] = &[
        ("another's account", |body, other| {
            body["accounts"] = json!([{"accountId": other.checking}])
        }),
        ("no account", |body, _| body["accounts"] = json!([])),
        ("a cluster that was not asked", |body, _| {
            body["accounts"][0]["dataClusters"] = json!(["PAYMENT_SUPPORT"])
        }),
        ("no cluster", |body, _| {
            body["accounts"][0]["dataClusters"] = json!([])
        }),
        ("an account twice", |body, _| {
            let first = body["accounts"][0].clone();
            body["accounts"].as_array_mut().unwrap().push(first);
        }),
        ("more days", |body, _| body["durationPeriod"] = json!(3650)),
        ("another client", |body, _| body["clientId"] = json!("somebody")),
        ("its own times", |body, _| {
            body["createdTime"] = json!("2020-01-01T00:00:00Z")
        }),
        ("nobody", |body, _| {
            drop(body.as_object_mut().unwrap().remove("userId"))
        }),
        ("no authentication", |body, _| {
            drop(body.as_object_mut().unwrap().remove("authentication"))
        }),
        ("an authentication to come", |body, _| {
            body["authentication"]["authenticatedAt"] = json!("2099-01-01T00:00:00Z");
        }),
        ("a state of the platform's", |body, _| {
            body["status"] = json!("COMPLETED")
        }),
        ("a rejection with accounts", |body, _| {
            body["status"] = json!("REJECTED")
        }),
    ];
    for (what, change) in changes {
        let mut decision = lodged.approval();
        change(&mut decision, &other);
        let answer = lodged.decide(&decision).await;
        assert_eq!(
            (answer.status, &answer.json["code"]),
            (400, &json!("401")),
            "{what}: {}",
            answer.text
        );
    }
    lodged.decide(&lodged.approval()).await.expect(200);
}

#[tokio::test]
async fn a_decision_names_the_version_and_is_taken_once() {
    let platform = TestPlatform::shared().await;
    let lodged = Lodged::on(platform, SCOPE).await;
    let path = format!("{RESOURCES}/{}", lodged.resource_id);
    let bare = lodged
        .bank
        .request(Method::PATCH, &path, &lodged.token)
        .json(&lodged.approval());
    Answer::to(bare).await.refused_by_fdx(428, "428");
    for stale in ["\"2\"", "\"x\"", "1", "W/\"1\""] {
        let answer = lodged
            .bank
            .decide(&lodged.token, &lodged.resource_id, stale, &lodged.approval())
            .await;
        answer.refused_by_fdx(412, "412");
    }
    let decided = lodged.decide(&lodged.approval()).await.expect(200);
    assert_ne!(decided.header("etag"), lodged.version);
    assert!(
        decided
            .member("continueUrl")
            .starts_with(&platform.platform.public)
    );
    lodged.decide(&lodged.approval()).await.refused_by_fdx(409, "409");
    lodged
        .decide(&json!({"status": "REJECTED"}))
        .await
        .refused_by_fdx(409, "409");
    let found = lodged
        .bank
        .resource(&lodged.token, &lodged.resource_id)
        .await
        .expect(200);
    assert_eq!(found.member("status"), "APPROVED");
    assert_eq!(found.member("continueUrl"), decided.member("continueUrl"));
}

#[tokio::test]
async fn of_two_decisions_that_race_one_is_taken() {
    let platform = TestPlatform::shared().await;
    let lodged = Lodged::on(platform, SCOPE).await;
    let answers = all((0..8).map(|number| {
        let (bank, token) = (lodged.bank.clone(), lodged.token.clone());
        let (resource_id, version) = (lodged.resource_id.clone(), lodged.version.clone());
        let decision = if number % 2 == 0 {
            lodged.approval()
        } else {
            json!({"status": "REJECTED"})
        };
        async move { bank.decide(&token, &resource_id, &version, &decision).await }
    }))
    .await;
    let taken: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(taken.len(), 1);
    assert!(answers.iter().all(|answer| [200, 409].contains(&answer.status)));
    let found = lodged
        .bank
        .resource(&lodged.token, &lodged.resource_id)
        .await
        .expect(200);
    assert_eq!(found.json["status"], taken[0].json["status"]);
}

#[tokio::test]
async fn a_resource_lapses_after_five_minutes() {
    let platform = TestPlatform::start().await;
    let lodged = Lodged::on(&platform, SCOPE).await;
    platform.platform.clock.pass(300);
    let token = lodged.bank.token(BANK_SCOPES).await;
    lodged
        .bank
        .resource(&token, &lodged.resource_id)
        .await
        .refused_by_fdx(404, "1107");
    let answer = lodged
        .bank
        .decide(&token, &lodged.resource_id, &lodged.version, &lodged.approval())
        .await;
    answer.refused_by_fdx(404, "1107");
}

#[tokio::test]
async fn what_is_absent_and_what_is_malformed_are_not_told_apart() {
    let platform = TestPlatform::shared().await;
    let (bank, consumer) = (platform.bank(), platform.consumer().await);
    let token = bank.token(BANK_SCOPES).await;
    for id in [
        "6f2f0a4e-5d1c-4b8f-9c53-0f6f8a1c2d3e",
        "x",
        "6f2f0a4e5d1c4b8f9c530f6f8a1c2d3e",
    ] {
        bank.resource(&token, id).await.refused_by_fdx(404, "1107");
        let path = format!("{CONSENTS}/{id}?userId={}", consumer.user_id);
        Answer::to(bank.request(Method::GET, &path, &token))
            .await
            .refused_by_fdx(404, "1107");
    }
}

/// Each endpoint asks for its own scope, before it looks at anything else.
#[tokio::test]
async fn a_scope_opens_its_own_endpoints_alone() {
    let platform = TestPlatform::shared().await;
    let lodged = Lodged::on(platform, SCOPE).await;
    let resource = format!("{RESOURCES}/{}", lodged.resource_id);
    let consent = format!("{CONSENTS}/{}?userId=a", lodged.resource_id);
    let endpoints = [
        (Method::GET, resource.clone(), "external:resources:read"),
        (
            Method::GET,
            format!("{resource}/accounts?userId=a"),
            "external:resources:read",
        ),
        (Method::PATCH, resource, "external:resources:write"),
        (
            Method::GET,
            format!("{CONSENTS}?userId=a"),
            "participantuser:consents:read",
        ),
        (Method::GET, consent.clone(), "participantuser:consents:read"),
        (Method::PATCH, consent, "participantuser:consents:write"),
    ];
    for (method, path, needed) in endpoints {
        let others: Vec<_> = BANK_SCOPES
            .split_ascii_whitespace()
            .filter(|scope| *scope != needed)
            .collect();
        let token = lodged.bank.token(&others.join(" ")).await;
        let answer = Answer::to(lodged.bank.request(method, &path, &token)).await;
        answer.refused_by_fdx(403, "403");
        assert!(
            answer.header("www-authenticate").contains("insufficient_scope"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_consumer_sees_their_consents_page_by_page_and_nobody_elses() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient("fapi2-security").await;
    let (consumer, other) = (platform.consumer().await, platform.consumer().await);
    let mut granted = vec![];
    for _ in 0..3 {
        granted.push(platform.share(&recipient, &consumer).await.consent_id);
    }
    let bank = platform.bank();
    let token = bank.token(BANK_SCOPES).await;
    let list = |user: &Consumer, more: &str| {
        let path = format!("{CONSENTS}?userId={}{more}", user.user_id);
        Answer::to(bank.request(Method::GET, &path, &token))
    };
    let mut seen = vec![];
    let mut key = String::new();
    loop {
        let page = list(&consumer, &format!("&limit=2{key}")).await.expect(200);
        seen.extend(
            page.json["consents"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c["consentId"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page.json["page"]["nextPageKey"].as_str() else {
            break;
        };
        // N05: a cursor is good for the list that it was made for.
        list(&other, &format!("&pageKey={next}"))
            .await
            .refused_by_fdx(400, "401");
        key = format!("&pageKey={next}");
    }
    seen.sort();
    granted.sort();
    assert_eq!(seen, granted);
    assert_eq!(list(&other, "").await.expect(200).json["consents"], json!([]));
    for bad in [
        "&limit=0",
        "&limit=101",
        "&limit=-1",
        "&limit=x",
        "&pageKey=x",
        "&pageKey=",
        "&more=1",
    ] {
        list(&consumer, bad).await.refused_by_fdx(400, "401");
    }
    let path = format!("{CONSENTS}/{}?userId={}", granted[0], other.user_id);
    Answer::to(bank.request(Method::GET, &path, &token))
        .await
        .refused_by_fdx(404, "1107");
    let revoke = bank
        .request(Method::PATCH, &path, &token)
        .json(&json!({"status": "REVOKED"}));
    Answer::to(revoke).await.refused_by_fdx(404, "1107");
    let path = format!("{CONSENTS}/{}?userId={}", granted[0], consumer.user_id);
    assert_eq!(
        Answer::to(bank.request(Method::GET, &path, &token))
            .await
            .expect(200)
            .member("status"),
        "ACTIVE"
    );
}

#[tokio::test]
async fn o06_a_consent_is_held_resumed_and_ended_and_its_history_tells() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let bank = platform.bank();
    let token = bank.token(BANK_SCOPES).await;
    let path = format!("{CONSENTS}/{}?userId={}", shared.consent_id, consumer.user_id);
    let change = |body: Value| Answer::to(bank.request(Method::PATCH, &path, &token).json(&body));
    let found = Answer::to(bank.request(Method::GET, &path, &token))
        .await
        .expect(200);
    assert_eq!(found.json["recipient"]["name"], "A recipient");
    assert_eq!(found.json["accounts"][0]["accountNumberDisplay"], "****0017");
    assert!(!found.member("createdTime").contains('.'), "whole seconds");

    change(json!({"status": "ON_HOLD", "holdUntil": "2020-01-01T00:00:00Z"}))
        .await
        .refused_by_fdx(400, "401");
    change(json!({"status": "EXPIRED"}))
        .await
        .refused_by_fdx(400, "401");
    let until = platform.now() + chrono::Duration::days(7);
    let held = change(json!({"status": "ON_HOLD", "holdUntil": until}))
        .await
        .expect(200);
    assert_eq!(held.member("status"), "ON_HOLD");
    assert_ne!(held.header("etag"), found.header("etag"));
    let stale = bank
        .request(Method::PATCH, &path, &token)
        .header("if-match", found.header("etag"));
    Answer::to(stale.json(&json!({"status": "ACTIVE"})))
        .await
        .refused_by_fdx(412, "412");
    change(json!({"status": "ACTIVE"})).await.expect(200);
    let ended = change(json!({"status": "REVOKED", "initiator": "DATA_PROVIDER", "reason": "BUSINESS_RULE"}))
        .await
        .expect(200);
    assert_eq!(
        (ended.member("initiator"), ended.member("reason")),
        ("DATA_PROVIDER", "BUSINESS_RULE")
    );
    for after in ["REVOKED", "ON_HOLD", "ACTIVE"] {
        change(json!({"status": after})).await.refused_by_fdx(409, "409");
    }
    let history = Answer::to(bank.request(Method::GET, &path, &token))
        .await
        .expect(200)
        .json["history"]
        .clone();
    let told: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (
                entry["action"].as_str().unwrap(),
                entry["actor"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("GRANTED", "CONSUMER"),
            ("HELD", "CONSUMER"),
            ("RESUMED", "CONSUMER"),
            ("REVOKED", "BANK_OPERATOR"),
            // What came too late changed nothing, and shows.
            ("REFUSED", "CONSUMER"),
            ("REFUSED", "CONSUMER"),
            ("REFUSED", "CONSUMER")
        ]
    );
}
