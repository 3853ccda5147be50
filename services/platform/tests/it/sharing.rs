//! Before and after the decision: what would leave is shown and tells nothing, what the recipient says it wants the data for
//! is shown, what was not granted is told, and what the bank wants kept is kept.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    bank::{Application, RESOURCES},
    recipient::parameter,
};

use crate::{
    parties::{ALL_SCOPES, BANK_SCOPES, Consumer, SCOPE},
    stage::TestPlatform,
};

/// A resource that waits at the bank's application.
struct Lodged {
    bank: Application,
    token: String,
    consumer: Consumer,
    resource_id: String,
}

impl Lodged {
    async fn on(platform: &TestPlatform, scope: &str) -> Self {
        let recipient = platform.recipient("fapi2-security").await;
        let pushed = recipient.push(scope).pushed().await;
        let url = recipient.authorize_url(&pushed.request_uri);
        let bank = platform.bank();
        Self {
            resource_id: platform.begin(&mut platform.browser(), &url).await,
            token: bank.token(BANK_SCOPES).await,
            bank,
            consumer: platform.consumer().await,
        }
    }

    async fn preview(&self, body: &Value) -> Answer {
        let path = format!("{RESOURCES}/{}/preview", self.resource_id);
        Answer::to(self.bank.request(Method::POST, &path, &self.token).json(body)).await
    }

    fn choice(&self, accounts: &Value) -> Value {
        json!({"userId": self.consumer.user_id, "accounts": accounts})
    }
}

#[tokio::test]
async fn a_preview_shows_what_would_leave_and_none_of_it() {
    let platform = TestPlatform::shared().await;
    let lodged = Lodged::on(platform, ALL_SCOPES).await;
    let (checking, savings) = (&lodged.consumer.checking, &lodged.consumer.savings);
    let choice = lodged.choice(&json!([
        {"accountId": savings, "dataClusters": ["ACCOUNT_BASIC"]},
        {"accountId": checking, "nickname": "Rainy days"},
    ]));
    let preview = lodged.preview(&choice).await.expect(200);
    assert_eq!(preview.header("cache-control"), "no-store");
    let accounts = preview.json["accounts"].as_array().unwrap();
    assert_eq!(accounts[0]["accountId"], savings.as_str());
    assert_eq!(accounts[0]["dataClusters"].as_array().unwrap().len(), 1);
    let clusters = accounts[1]["dataClusters"].as_array().unwrap();
    let names: Vec<_> = clusters.iter().map(|cluster| &cluster["dataCluster"]).collect();
    assert_eq!(
        names,
        [
            "ACCOUNT_BASIC",
            "ACCOUNT_DETAILED",
            "BALANCES",
            "TRANSACTIONS",
            "PAYMENT_SUPPORT",
            "CUSTOMER_CONTACT"
        ]
    );
    let example = |cluster: usize, name: &str| {
        let members = clusters[cluster]["members"].as_array().unwrap();
        let member = members.iter().find(|member| member["name"] == name);
        member.unwrap_or_else(|| panic!("{name} in {members:?}"))["example"].clone()
    };
    assert_eq!(
        example(0, "accountNumberDisplay"),
        "\u{2022}\u{2022}\u{2022}\u{2022} 0017"
    );
    assert_eq!(example(0, "accountType"), "CHECKING");
    for (cluster, name) in [
        (0, "nickname"),
        (1, "currentBalance"),
        (3, "transactions.description"),
        (3, "transactions.amount"),
        (5, "contact.holders.name.first"),
    ] {
        assert_eq!(example(cluster, name), "\u{2022}\u{2022}\u{2022}", "{name}");
    }
    // Nothing of the values, whatever cluster they are in.
    let secrets = ["1234.56", "Payment", "12.5", "Ada", "Rainy", "99"];
    for secret in secrets
        .into_iter()
        .chain(lodged.consumer.secrets.iter().map(String::as_str))
    {
        let told = accounts.iter().any(|account| {
            let clusters = account["dataClusters"].as_array().unwrap();
            clusters.iter().any(|cluster| {
                let members = cluster["members"].as_array().unwrap();
                members
                    .iter()
                    .any(|member| member["example"].as_str().unwrap().contains(secret))
            })
        });
        assert!(!told, "{secret} in {}", preview.text);
    }
    assert!(!preview.text.contains(&lodged.consumer.secrets[0]));

    let resource = lodged
        .bank
        .resource(&lodged.token, &lodged.resource_id)
        .await
        .expect(200);
    assert_eq!(resource.header("etag"), "\"1\"", "a preview changes nothing");
    assert_eq!(resource.json["status"], "LODGED");
}

#[tokio::test]
async fn a_preview_stays_within_what_could_be_decided() {
    let platform = TestPlatform::shared().await;
    let lodged = Lodged::on(platform, SCOPE).await;
    let stranger = platform.consumer().await;
    let checking = &lodged.consumer.checking;
    for accounts in [
        json!([]),
        json!([{"accountId": stranger.checking}]),
        json!([{"accountId": checking}, {"accountId": checking}]),
        json!([{"accountId": checking, "dataClusters": []}]),
        json!([{"accountId": checking, "dataClusters": ["PAYMENT_SUPPORT"]}]),
        json!([{"accountId": checking, "balance": 1}]),
    ] {
        lodged
            .preview(&lodged.choice(&accounts))
            .await
            .refused_by_fdx(400, "401");
    }
    let choice = lodged.choice(&json!([{"accountId": checking}]));
    lodged.preview(&choice).await.expect(200);
    let elsewhere = Lodged {
        resource_id: "7d4a2f0e-0f5b-4c39-9d8b-0d6d0f5a7a11".into(),
        ..Lodged::on(platform, SCOPE).await
    };
    elsewhere.preview(&choice).await.refused_by_fdx(404, "1107");
    let decision = lodged.bank.approval(&lodged.consumer.user_id, &[checking]);
    lodged
        .bank
        .decide(&lodged.token, &lodged.resource_id, "\"1\"", &decision)
        .await
        .expect(200);
    lodged.preview(&choice).await.refused_by_fdx(409, "409");
}

/// RFC9396-7: the recipient need not compare what it asked with what it got.
#[tokio::test]
async fn a_partial_approval_is_told_as_a_difference() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-message-signing").await,
        platform.consumer().await,
    );
    let details = json!([{"type": "fdx_v1.0", "consentRequest": {
        "durationType": "PERSISTENT",
        "resources": [{"resourceType": "ACCOUNT",
            "dataClusters": ["ACCOUNT_BASIC", "TRANSACTIONS", "PAYMENT_SUPPORT"]}]}}]);
    let pushed = recipient
        .push("fdx:accountbasic:read fdx:transactions:read fdx:paymentsupport:read")
        .asking(|request| request.with("authorization_details", details))
        .pushed()
        .await;
    let mut decision = platform.bank().approval(&consumer.user_id, &[]);
    decision["accounts"] = json!([
        {"accountId": consumer.checking, "dataClusters": ["ACCOUNT_BASIC", "TRANSACTIONS"]},
        {"accountId": consumer.savings, "dataClusters": ["ACCOUNT_BASIC"]},
    ]);
    let url = recipient.authorize_url(&pushed.request_uri);
    let callback = platform
        .decide(&mut platform.browser(), &url, &decision)
        .await
        .away();
    let code = parameter(&callback, "code").unwrap();
    let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
    let refresh_token = tokens.refresh_token.as_deref().unwrap();
    let again = recipient.refresh(refresh_token).tokens().await;
    for given in [&tokens, &again] {
        let details = &given.json["authorization_details"][0];
        assert_eq!(
            details["difference"],
            json!({
                "dataClusters": ["PAYMENT_SUPPORT"],
                "resources": [{"resourceType": "ACCOUNT", "resourceId": consumer.savings,
                    "dataClusters": ["TRANSACTIONS"]}],
            })
        );
        assert_eq!(
            details["consentRequest"]["durationPeriod"], 365,
            "the longest by default"
        );
        assert!(!given.json["scope"].as_str().unwrap().contains("paymentsupport"));
    }
}

#[tokio::test]
async fn signed_evidence_is_kept_letter_for_letter() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let pushed = recipient.push(SCOPE).pushed().await;
    let evidence = recipient.assertion().compact();
    let mut decision = platform.bank().approval(&consumer.user_id, &[&consumer.checking]);
    decision["signedEvidence"] = evidence.as_str().into();
    let url = recipient.authorize_url(&pushed.request_uri);
    platform
        .decide(&mut platform.browser(), &url, &decision)
        .await
        .away();
    let kept = platform.database.session().texts(&format!(
        "SELECT evidence->>'signedEvidence' AS value FROM consent_grants WHERE client_id = '{}'",
        recipient.client_id
    ));
    assert_eq!(kept, [evidence]);
}

#[tokio::test]
async fn a_recipient_says_what_it_wants_the_data_for() {
    let platform = TestPlatform::shared().await;
    let more = json!({"description": "Keeps an eye on your budget", "registry_references": [
        {"registered_entity_name": "Fintrack Inc.", "registered_entity_id": "5493", "registry": "GLEIF"}]});
    let key = testkit::jws::Key::p256("signing");
    let recipient = platform.recipient_with("fapi2-security", key, more).await;
    let bank = platform.bank();
    let token = bank.token(BANK_SCOPES).await;
    let shown = |purpose: Option<&'static str>| {
        let (recipient, bank, token) = (&recipient, &bank, &token);
        async move {
            let push = recipient.push(SCOPE).asking(|request| match purpose {
                Some(purpose) => request.with("purpose", purpose),
                None => request,
            });
            let pushed = push.pushed().await;
            let url = recipient.authorize_url(&pushed.request_uri);
            let resource_id = platform.begin(&mut platform.browser(), &url).await;
            bank.resource(token, &resource_id).await.expect(200).json
        }
    };
    let by_registration = shown(None).await;
    assert_eq!(by_registration["purpose"], "Keeps an eye on your budget");
    assert_eq!(by_registration["recipient"]["registry"], "GLEIF");
    assert_eq!(
        by_registration["recipient"]["registeredEntityName"],
        "Fintrack Inc."
    );
    let by_request = shown(Some("To check your income for a loan")).await;
    assert_eq!(by_request["purpose"], "To check your income for a loan");
    for purpose in [
        "no".to_owned(),
        "x".repeat(301),
        "To help \u{202e}knab ruoy".to_owned(),
    ] {
        let push = recipient
            .push(SCOPE)
            .asking(|request| request.with("purpose", purpose));
        push.send().await.refused(400, "invalid_request");
    }
}

/// Durations and lookback as the policy has them by default.
#[tokio::test]
async fn the_lengths_of_a_consent_stay_within_the_policy() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient("fapi2-security").await;
    let ask = |duration_type: &str, period: Option<u32>, lookback: u32| {
        let mut request = json!({"durationType": duration_type, "lookbackPeriod": lookback,
            "resources": [{"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC", "TRANSACTIONS"]}]});
        if let Some(days) = period {
            request["durationPeriod"] = days.into();
        }
        let details = json!([{"type": "fdx_v1.0", "consentRequest": request}]);
        let push = recipient
            .push(SCOPE)
            .asking(|request| request.with("authorization_details", details));
        async move { push.send().await }
    };
    for (duration_type, period, lookback) in [
        ("TIME_BOUND", None, 90),
        ("TIME_BOUND", Some(4), 90),
        ("TIME_BOUND", Some(366), 90),
        ("PERSISTENT", Some(36_525), 90),
        ("ONE_TIME", Some(0), 90),
        ("TIME_BOUND", Some(90), 0),
        ("TIME_BOUND", Some(90), 731),
    ] {
        let answer = ask(duration_type, period, lookback).await;
        answer.refused(400, "invalid_authorization_details");
    }
    for (duration_type, period, lookback) in [
        ("TIME_BOUND", Some(5), 1),
        ("TIME_BOUND", Some(365), 730),
        ("PERSISTENT", None, 90),
        ("ONE_TIME", None, 90),
    ] {
        ask(duration_type, period, lookback).await.expect(201);
    }
}
