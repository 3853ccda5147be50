//! Every endpoint, without a token and with every wrong one.
//!
//! What there is comes from the OpenAPI documents as they are served: an endpoint that is added there and not in
//! [`ENDPOINTS`] fails the test, and so does one that is here and no longer there. What a caller is told is exactly the
//! documented refusal, and the answer says nothing about anybody else.

use std::collections::BTreeSet;

use reqwest::{Client, Method};
use serde_json::json;
use testkit::{
    answer::Answer,
    jws::{Key, Token},
    recipient::Recipient,
};

use crate::{
    parties::{ALL_SCOPES, Consumer, Shared},
    stage::TestPlatform,
    table::Table,
};

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// Anybody: metadata, and where browsers go.
    Open,
    /// A client that proves itself in the request: `client_authentication.rs` has its cases, and here is that nobody
    /// gets in without.
    Client,
    /// A client with a token of a consumer who signed in: `userinfo.rs` has its cases.
    Identity,
    /// A data recipient, with a token bound to its certificate.
    Recipient(Reach),
    /// A data recipient that acts for itself, with `fdx:notifications:subscribe`.
    Subscriber(Naming),
    /// An application of the bank, with a token of one of these scopes.
    Bank(&'static str),
}

/// What an FDX endpoint tells a recipient that asks for what is another's, and one that asks with its own token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// It lists what the token reaches, and nothing of another's.
    Own,
    /// An account: absent and another's are told alike.
    Account,
    /// A consent: absent and another's are told alike; the recipient's own token reaches it.
    Consent,
}

/// Whether an endpoint of the event API names a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// It is about all that the recipient has, or will have.
    None,
    /// Absent and another's are told alike.
    Subscription,
}

const ENDPOINTS: &[(&str, &str, Guard)] = &[
    ("GET", "/.well-known/oauth-authorization-server", Guard::Open),
    ("GET", "/.well-known/openid-configuration", Guard::Open),
    ("GET", "/fdx/auth/v1/well-known", Guard::Open),
    ("GET", "/fdx/auth/v1/jwks", Guard::Open),
    ("GET", "/fdx/auth/v1/authorize", Guard::Open),
    ("POST", "/fdx/auth/v1/authorize", Guard::Open),
    ("GET", "/fdx/auth/v1/authorize/{resourceId}/continue", Guard::Open),
    ("POST", "/fdx/auth/v1/par", Guard::Client),
    ("POST", "/fdx/auth/v1/token", Guard::Client),
    ("GET", "/fdx/auth/v1/userinfo", Guard::Identity),
    ("POST", "/fdx/auth/v1/userinfo", Guard::Identity),
    ("POST", "/fdx/auth/v1/introspect", Guard::Client),
    ("POST", "/fdx/auth/v1/revoke", Guard::Client),
    ("GET", "/fdx/v6/core/accounts", Guard::Recipient(Reach::Own)),
    (
        "GET",
        "/fdx/v6/core/accounts/{accountId}",
        Guard::Recipient(Reach::Account),
    ),
    (
        "GET",
        "/fdx/v6/core/accounts/{accountId}/transactions",
        Guard::Recipient(Reach::Account),
    ),
    (
        "GET",
        "/fdx/v6/core/accounts/{accountId}/contact",
        Guard::Recipient(Reach::Account),
    ),
    (
        "GET",
        "/fdx/v6/core/accounts/{accountId}/payment-networks",
        Guard::Recipient(Reach::Account),
    ),
    (
        "GET",
        "/fdx/v6/core/accounts/{accountId}/asset-transfer-networks",
        Guard::Recipient(Reach::Account),
    ),
    (
        "GET",
        "/fdx/v6/consents/{consentId}",
        Guard::Recipient(Reach::Consent),
    ),
    (
        "GET",
        "/fdx/v6/consents/{consentId}/revocation",
        Guard::Recipient(Reach::Consent),
    ),
    (
        "GET",
        "/fdx/v6/consents/{consentId}/receipts",
        Guard::Recipient(Reach::Consent),
    ),
    (
        "PUT",
        "/fdx/v6/consents/{consentId}/revocation",
        Guard::Recipient(Reach::Consent),
    ),
    (
        "PATCH",
        "/fdx/v6/consents/{consentId}/revocation",
        Guard::Recipient(Reach::Consent),
    ),
    (
        "GET",
        "/fdx/v6/events/notifications",
        Guard::Subscriber(Naming::None),
    ),
    (
        "GET",
        "/fdx/v6/events/notification-subscriptions",
        Guard::Subscriber(Naming::None),
    ),
    (
        "POST",
        "/fdx/v6/events/notification-subscriptions",
        Guard::Subscriber(Naming::None),
    ),
    (
        "GET",
        "/fdx/v6/events/notification-subscriptions/{subscriptionId}",
        Guard::Subscriber(Naming::Subscription),
    ),
    (
        "DELETE",
        "/fdx/v6/events/notification-subscriptions/{subscriptionId}",
        Guard::Subscriber(Naming::Subscription),
    ),
    (
        "DELETE",
        "/fdx/v6/events/{consentId}/revocation/{subscriptionId}",
        Guard::Subscriber(Naming::Subscription),
    ),
    (
        "POST",
        "/fdx/v6/events/notification-subscriptions/{subscriptionId}/test",
        Guard::Subscriber(Naming::Subscription),
    ),
    (
        "GET",
        "/fdx/v6/events/notification-subscriptions/{subscriptionId}/deliveries",
        Guard::Subscriber(Naming::Subscription),
    ),
    (
        "GET",
        "/external/authentication/v1/resources/{resourceId}",
        Guard::Bank("external:resources:read"),
    ),
    (
        "PATCH",
        "/external/authentication/v1/resources/{resourceId}",
        Guard::Bank("external:resources:write"),
    ),
    (
        "GET",
        "/external/authentication/v1/resources/{resourceId}/accounts",
        Guard::Bank("external:resources:read"),
    ),
    (
        "POST",
        "/external/authentication/v1/resources/{resourceId}/preview",
        Guard::Bank("external:resources:read"),
    ),
    (
        "GET",
        "/participant/user/v1/consents",
        Guard::Bank("participantuser:consents:read"),
    ),
    (
        "GET",
        "/participant/user/v1/consents/{consentId}",
        Guard::Bank("participantuser:consents:read"),
    ),
    (
        "PATCH",
        "/participant/user/v1/consents/{consentId}",
        Guard::Bank("participantuser:consents:write"),
    ),
    (
        "POST",
        "/participant/user/v1/consents/revocation",
        Guard::Bank("participantuser:consents:write"),
    ),
    (
        "GET",
        "/participant/user/v1/consents/{consentId}/accesses",
        Guard::Bank("participantuser:consents:read"),
    ),
    (
        "GET",
        "/participant/user/v1/consents/{consentId}/receipts",
        Guard::Bank("participantuser:consents:read"),
    ),
];

/// The documents' endpoints, method and path.
async fn documented(platform: &TestPlatform) -> BTreeSet<(String, String)> {
    let plain = platform.platform.channel(None);
    let mut endpoints = BTreeSet::new();
    for service in platform::serve::Service::DOCUMENTED {
        let url = format!("{}/docs/{}.json", platform.platform.public, service.name());
        let document = Answer::to(plain.get(url)).await.expect(200).json;
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                endpoints.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    endpoints
}

#[tokio::test]
async fn every_documented_endpoint_has_its_cases_here() {
    let platform = TestPlatform::shared().await;
    let here: BTreeSet<_> = ENDPOINTS
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(
        documented(platform).await,
        here,
        "add the endpoint, and who may call it, to ENDPOINTS"
    );
}

/// Who asks, and what there is to ask for.
struct Scene {
    platform: &'static TestPlatform,
    recipient: Recipient,
    consumer: Consumer,
    shared: Shared,
    stranger: Recipient,
    strangers: Shared,
    resource_id: String,
}

impl Scene {
    async fn set() -> Self {
        let platform = TestPlatform::shared().await;
        let (recipient, stranger) = (
            platform.recipient("fapi2-security").await,
            platform.recipient("fapi2-security").await,
        );
        let (consumer, other) = (platform.consumer().await, platform.consumer().await);
        let shared = platform.share_scope(&recipient, &consumer, ALL_SCOPES).await;
        let strangers = platform.share_scope(&stranger, &other, ALL_SCOPES).await;
        let pushed = recipient.push("openid").pushed().await;
        let resource_id = platform
            .begin(
                &mut platform.browser(),
                &recipient.authorize_url(&pushed.request_uri),
            )
            .await;
        Self {
            platform,
            recipient,
            consumer,
            shared,
            stranger,
            strangers,
            resource_id,
        }
    }

    /// The path with the ids of what is there.
    fn path(&self, pattern: &str) -> String {
        let path = pattern
            .replace("{accountId}", &self.consumer.checking)
            .replace("{consentId}", &self.shared.consent_id)
            .replace("{resourceId}", &self.resource_id);
        // What a solution API needs to know beside its path.
        if path.starts_with("/participant/") || path.ends_with("/accounts") && path.starts_with("/external/")
        {
            format!("{path}?userId={}", self.consumer.user_id)
        } else {
            path
        }
    }

    async fn ask(&self, method: &str, url: &str, over: &Client, token: Option<&str>) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.platform.platform.request(over, method.clone(), url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if method != Method::GET {
            request = request.header("if-match", "\"1\"").json(&json!({}));
        }
        Answer::to(request).await
    }
}

/// The answer must be that refusal, with the headers that every answer has, and nothing of what is stored.
fn refused(table: &mut Table, row: &str, answer: &Answer, (status, code): (u16, &str), scene: &Scene) {
    let fits = answer.status == status && answer.json["code"] == code;
    table.holds(row, fits, || {
        format!("wanted {status} {code}, got {} {}", answer.status, answer.text)
    });
    table.holds(row, answer.header("x-fapi-interaction-id").len() == 36, || {
        "no interaction id".into()
    });
    let challenge = answer.header("www-authenticate").starts_with("Bearer");
    table.holds(row, status != 401 || challenge, || "no challenge".into());
    let told = scene
        .consumer
        .secrets
        .iter()
        .any(|secret| answer.text.contains(secret.as_str()));
    table.holds(row, !told, || format!("tells a secret: {}", answer.text));
}

#[tokio::test]
async fn recipients_without_the_right_token_and_certificate_are_refused() {
    let scene = Scene::set().await;
    let (mutual, public) = (&scene.platform.platform.mutual, &scene.platform.platform.public);
    let (own, others) = (scene.recipient.connection(), scene.stranger.connection());
    let bare = scene.recipient.without_certificate();
    let token = scene.shared.tokens.access_token.as_str();
    let bank = scene
        .platform
        .bank()
        .token("external:resources:read participantuser:consents:read")
        .await;
    let clients_own = scene
        .recipient
        .post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
        .tokens()
        .await;
    let forged = forged(&scene.recipient, token);
    let tampered = tampered(token);
    let mut table = Table::default();
    for (method, pattern, guard) in ENDPOINTS {
        let Guard::Recipient(reach) = *guard else { continue };
        let path = scene.path(pattern);
        let (here, there) = (format!("{mutual}{path}"), format!("{public}{path}"));
        let unauthorized = (401, "603");
        let cases = [
            ("without token", &here, &own, None),
            ("without token or certificate", &here, &bare, None),
            ("M10 over the public listener", &there, &own, Some(token)),
            ("without token over the public listener", &there, &bare, None),
            ("M10 without certificate", &here, &bare, Some(token)),
            ("M10 with another certificate", &here, &others, Some(token)),
            (
                "M10 another's token with our certificate",
                &here,
                &own,
                Some(scene.strangers.tokens.access_token.as_str()),
            ),
            ("text that is no token", &here, &own, Some("x")),
            ("a token of 100 kB", &here, &own, Some(&*"x".repeat(100_000))),
            ("a forged token", &here, &own, Some(&*forged)),
            ("a token that was changed", &here, &own, Some(&*tampered)),
            ("T13 a token of the bank", &here, &own, Some(&*bank)),
            (
                "T06 a refresh token",
                &here,
                &own,
                scene.shared.tokens.refresh_token.as_deref(),
            ),
            (
                "T06 an id_token",
                &here,
                &own,
                scene.shared.tokens.json["id_token"].as_str(),
            ),
        ];
        for (name, url, over, token) in cases {
            let answer = scene.ask(method, url, over, token).await;
            // A head of 100 kB may be refused as such.
            if token.is_some_and(|token| token.len() > 50_000) && [400, 431].contains(&answer.status) {
                continue;
            }
            refused(
                &mut table,
                &format!("{method} {pattern}: {name}"),
                &answer,
                unauthorized,
                &scene,
            );
        }
        // conformance 3.12: a token in the query is none, and the status is 401.
        let separator = if here.contains('?') { '&' } else { '?' };
        let in_query = scene
            .ask(
                method,
                &format!("{here}{separator}access_token={token}"),
                &own,
                None,
            )
            .await;
        refused(
            &mut table,
            &format!("{method} {pattern}: T10 in the query"),
            &in_query,
            unauthorized,
            &scene,
        );

        // Another recipient, with everything that it has.
        let strangers = scene
            .ask(method, &here, &others, Some(&scene.strangers.tokens.access_token))
            .await;
        let row = format!("{method} {pattern}: another recipient");
        match reach {
            Reach::Own => {
                let ours = [&scene.consumer.checking, &scene.consumer.savings];
                let told = ours.iter().any(|id| strangers.text.contains(id.as_str()));
                table.holds(&row, strangers.status == 200 && !told, || strangers.text.clone());
            }
            Reach::Account => refused(&mut table, &row, &strangers, (404, "701"), &scene),
            Reach::Consent => refused(&mut table, &row, &strangers, (404, "1107"), &scene),
        }
        let absent = here
            .replace(&scene.consumer.checking, "0000000000")
            .replace(&scene.shared.consent_id, "00000000-0000-4000-8000-000000000000");
        if reach != Reach::Own {
            let absent = scene
                .ask(
                    method,
                    &absent,
                    &others,
                    Some(&scene.strangers.tokens.access_token),
                )
                .await;
            table.holds(&row, absent.text == strangers.text, || {
                format!("{} is not {}", absent.text, strangers.text)
            });
        }
        // T13: what the recipient got for itself.
        if reach != Reach::Consent {
            let answer = scene
                .ask(method, &here, &own, Some(&clients_own.access_token))
                .await;
            refused(
                &mut table,
                &format!("{method} {pattern}: T13"),
                &answer,
                (403, "403"),
                &scene,
            );
        }
    }
    table.done();
    // And none of it has changed anything: the rightful owner reads all of it.
    for (method, pattern, guard) in ENDPOINTS {
        if matches!(guard, Guard::Recipient(_)) && *method == "GET" {
            let url = format!("{mutual}{}", scene.path(pattern));
            let answer = scene.ask(method, &url, &own, Some(token)).await;
            // Nobody imported payment networks: that is told as such.
            let absent = answer.status == 404 && answer.json["code"] == "1107";
            assert!(
                answer.status == 200 || absent,
                "{method} {pattern}: {} {}",
                answer.status,
                answer.text
            );
        }
    }
}

/// A token that a recipient got for itself, for the event API.
async fn subscribers_token(recipient: &Recipient) -> String {
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "fdx:notifications:subscribe"),
    ];
    recipient
        .post("/fdx/auth/v1/token", &form)
        .tokens()
        .await
        .access_token
}

#[tokio::test]
async fn subscribers_without_the_right_token_and_certificate_are_refused() {
    let platform = TestPlatform::shared().await;
    let (owner, other) = (platform.subscriber().await, platform.subscriber().await);
    let scene = Scene {
        recipient: owner.recipient.clone(),
        stranger: other.recipient.clone(),
        ..Scene::set().await
    };
    let consents = platform.consents(&owner, 1).await;
    const NAME: &str = "the-name-of-a-subscription";
    let body = json!({
        "type": "CONSENT_REVOKED", "category": "CONSENT", "callbackUrl": "https://localhost:9/hook",
        "subscriber": {"name": "Budget", "type": "DATA_RECIPIENT"}, "subscriptionId": NAME,
    });
    owner
        .call(Method::POST, "/notification-subscriptions", Some(&body))
        .await
        .expect(201);
    let (mutual, public) = (&platform.platform.mutual, &platform.platform.public);
    let (own, others) = (scene.recipient.connection(), scene.stranger.connection());
    let bare = scene.recipient.without_certificate();
    let token = subscribers_token(&scene.recipient).await;
    let strangers = subscribers_token(&scene.stranger).await;
    let shared = platform.share(&scene.recipient, &scene.consumer).await;
    let bank = platform.bank().token("participantuser:consents:read").await;
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "fdx:accountbasic:read"),
    ];
    let without_scope = scene.recipient.post("/fdx/auth/v1/token", &form).tokens().await;
    let (forged, tampered) = (forged(&scene.recipient, &token), tampered(&token));
    let mut table = Table::default();
    for (method, pattern, guard) in ENDPOINTS {
        let Guard::Subscriber(naming) = *guard else {
            continue;
        };
        let path = pattern
            .replace("{subscriptionId}", NAME)
            .replace("{consentId}", &consents[0]);
        for path in [
            path.clone(),
            path.replace("/events/notification", "/notification"),
        ] {
            let (here, there) = (format!("{mutual}{path}"), format!("{public}{path}"));
            let (unauthorized, forbidden) = ((401, "603"), (403, "403"));
            for (name, url, over, token, refusal) in [
                ("without token", &here, &own, None, unauthorized),
                ("without token or certificate", &here, &bare, None, unauthorized),
                (
                    "M10 over the public listener",
                    &there,
                    &own,
                    Some(&token),
                    unauthorized,
                ),
                (
                    "M10 without certificate",
                    &here,
                    &bare,
                    Some(&token),
                    unauthorized,
                ),
                (
                    "M10 with another certificate",
                    &here,
                    &others,
                    Some(&token),
                    unauthorized,
                ),
                (
                    "M10 another's token with our certificate",
                    &here,
                    &own,
                    Some(&strangers),
                    unauthorized,
                ),
                (
                    "text that is no token",
                    &here,
                    &own,
                    Some(&"x".to_owned()),
                    unauthorized,
                ),
                ("a forged token", &here, &own, Some(&forged), unauthorized),
                (
                    "a token that was changed",
                    &here,
                    &own,
                    Some(&tampered),
                    unauthorized,
                ),
                ("T13 a token of the bank", &here, &own, Some(&bank), unauthorized),
                (
                    "T06 a refresh token",
                    &here,
                    &own,
                    shared.tokens.refresh_token.as_ref(),
                    unauthorized,
                ),
                (
                    "T13 a consumer's token",
                    &here,
                    &own,
                    Some(&shared.tokens.access_token),
                    forbidden,
                ),
                (
                    "a token without the scope",
                    &here,
                    &own,
                    Some(&without_scope.access_token),
                    forbidden,
                ),
            ] {
                let answer = scene.ask(method, url, over, token.map(String::as_str)).await;
                refused(
                    &mut table,
                    &format!("{method} {path}: {name}"),
                    &answer,
                    refusal,
                    &scene,
                );
            }
            // Another recipient, with everything that it needs.
            let row = format!("{method} {path}: another recipient");
            let theirs = scene.ask(method, &here, &others, Some(&strangers)).await;
            match naming {
                Naming::None => {
                    let fits = theirs.status == 200 || *method == "POST" && theirs.status == 400;
                    table.holds(&row, fits && !theirs.text.contains(NAME), || theirs.text.clone());
                }
                Naming::Subscription => {
                    refused(&mut table, &row, &theirs, (404, "1107"), &scene);
                    let absent = here.replace(NAME, "absent");
                    let absent = scene.ask(method, &absent, &others, Some(&strangers)).await;
                    table.holds(&row, absent.text == theirs.text, || absent.text.clone());
                }
            }
        }
    }
    table.done();
    // And none of it has changed anything.
    let kept = owner
        .call(Method::GET, "/notification-subscriptions", None)
        .await
        .expect(200);
    assert_eq!(kept.json["page"]["totalElements"], 1);
    assert_eq!(kept.json["notificationSubscriptions"][0]["lastSequence"], 0);
}

/// FDX's own paths, without `/core`, are guarded alike.
#[tokio::test]
async fn the_aliases_are_guarded_alike() {
    let scene = Scene::set().await;
    let mutual = &scene.platform.platform.mutual;
    let mut table = Table::default();
    for (method, pattern, _) in ENDPOINTS
        .iter()
        .filter(|(_, pattern, _)| pattern.starts_with("/fdx/v6/core/"))
    {
        let url = format!(
            "{mutual}{}",
            scene.path(pattern).replace("/fdx/v6/core/", "/fdx/v6/")
        );
        let without = scene.ask(method, &url, &scene.recipient.connection(), None).await;
        refused(
            &mut table,
            &format!("{pattern}: without token"),
            &without,
            (401, "603"),
            &scene,
        );
        let token = Some(scene.shared.tokens.access_token.as_str());
        let others = scene.ask(method, &url, &scene.stranger.connection(), token).await;
        refused(
            &mut table,
            &format!("{pattern}: another certificate"),
            &others,
            (401, "603"),
            &scene,
        );
        let right = scene
            .ask(method, &url, &scene.recipient.connection(), token)
            .await;
        table.holds(pattern, [200, 404].contains(&right.status), || right.text.clone());
    }
    table.done();
}

#[tokio::test]
async fn applications_without_the_right_token_are_refused() {
    let scene = Scene::set().await;
    let (public, mutual) = (&scene.platform.platform.public, &scene.platform.platform.mutual);
    let plain = scene.recipient.without_certificate();
    let scopes = [
        "external:resources:read",
        "external:resources:write",
        "participantuser:consents:read",
        "participantuser:consents:write",
    ];
    let bank = scene.platform.bank();
    let mut tokens = vec![];
    for scope in scopes {
        tokens.push((scope, bank.token(scope).await));
    }
    let forged = forged(&scene.recipient, &tokens[0].1);
    let tampered = tampered(&tokens[0].1);
    let mut table = Table::default();
    for (method, pattern, guard) in ENDPOINTS {
        let Guard::Bank(needed) = *guard else { continue };
        let path = scene.path(pattern);
        let url = format!("{public}{path}");
        for (name, token) in [
            ("without token", None),
            ("text that is no token", Some("x")),
            ("a forged token", Some(forged.as_str())),
            ("a token that was changed", Some(tampered.as_str())),
            (
                "a recipient's token",
                Some(scene.shared.tokens.access_token.as_str()),
            ),
        ] {
            let answer = scene.ask(method, &url, &plain, token).await;
            refused(
                &mut table,
                &format!("{method} {pattern}: {name}"),
                &answer,
                (401, "603"),
                &scene,
            );
        }
        let recipients = scene
            .ask(
                method,
                &url,
                &scene.recipient.connection(),
                Some(&scene.shared.tokens.access_token),
            )
            .await;
        let fits = [401, 403].contains(&recipients.status);
        table.holds(pattern, fits, || {
            format!(
                "a recipient with its certificate: {} {}",
                recipients.status, recipients.text
            )
        });
        for (scope, token) in tokens.iter().filter(|(scope, _)| *scope != needed) {
            let answer = scene.ask(method, &url, &plain, Some(token)).await;
            refused(
                &mut table,
                &format!("{method} {pattern}: with {scope}"),
                &answer,
                (403, "403"),
                &scene,
            );
        }
        let (_, right) = tokens.iter().find(|(scope, _)| *scope == needed).unwrap();
        let elsewhere = scene
            .ask(method, &format!("{mutual}{path}"), &plain, Some(right))
            .await;
        table.holds(pattern, elsewhere.status == 404, || {
            format!("on the mutual listener: {}", elsewhere.text)
        });
        if *method == "GET" {
            let answer = scene.ask(method, &url, &plain, Some(right)).await;
            table.accepted(&format!("{method} {pattern}"), &answer, 200);
        }
    }
    table.done();
}

/// C08: a token of an application that was disabled since.
#[tokio::test]
async fn c08_a_disabled_application_is_refused_at_once() {
    let platform = TestPlatform::shared().await;
    let application = platform.application("participantuser:consents:read").await;
    let token = application.token("participantuser:consents:read").await;
    let ask =
        || Answer::to(application.request(Method::GET, "/participant/user/v1/consents?userId=x", &token));
    let _ = ask().await.expect(200);
    let (id, now): (domain::ClientId, _) = (application.client_id.parse().unwrap(), platform.now());
    platform
        .tx(move |tx| store::clients::set_status(tx, &id, domain::ClientStatus::Disabled, now))
        .await;
    ask().await.refused_by_fdx(401, "603");
}

#[tokio::test]
async fn clients_must_prove_themselves_everywhere() {
    let scene = Scene::set().await;
    let mut table = Table::default();
    for (_, path, _) in ENDPOINTS.iter().filter(|(_, _, guard)| *guard == Guard::Client) {
        for origin in [&scene.platform.platform.mutual, &scene.platform.platform.public] {
            let url = format!("{origin}{path}");
            for form in [
                vec![],
                vec![("client_id", scene.recipient.client_id.as_str())],
                vec![("token", "x")],
            ] {
                for over in [
                    scene.recipient.connection(),
                    scene.recipient.without_certificate(),
                ] {
                    let answer = Answer::to(over.post(&url).form(&form)).await;
                    table.refused(path, &answer, &[400, 401], &["invalid_client", "invalid_request"]);
                }
            }
        }
    }
    table.done();
}

/// O11: spellings of a path that somebody else might read in another way.
#[tokio::test]
async fn o11_tricks_with_paths_reach_nothing() {
    let scene = Scene::set().await;
    let mutual = &scene.platform.platform.mutual;
    let (own, token) = (
        scene.recipient.connection(),
        scene.shared.tokens.access_token.as_str(),
    );
    // Shared with somebody else, and never with this recipient.
    let theirs = {
        let url = format!("{mutual}/fdx/v6/core/accounts");
        let listed = scene
            .ask(
                "GET",
                &url,
                &scene.stranger.connection(),
                Some(&scene.strangers.tokens.access_token),
            )
            .await;
        listed.json["accounts"][0]["accountId"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let ours = &scene.consumer.checking;
    for path in [
        format!("/fdx/v6/core/accounts/{ours}%2f..%2f{theirs}"),
        format!("/fdx/v6/core/accounts/{ours};x={theirs}"),
        format!("/fdx/v6/core/accounts/{ours}%3fx={theirs}"),
        format!("/fdx/v6/core/accounts/{ours}%00"),
        format!("/fdx/v6/core/accounts/%20{ours}"),
        format!("//fdx/v6/core/accounts/{theirs}"),
        format!("/fdx/v6/core//accounts/{theirs}"),
        format!("/FDX/V6/core/accounts/{theirs}"),
        format!("/fdx/v6/core/accounts/{theirs}/"),
        format!("/fdx/v6/core/accounts/{ours}/../{theirs}"),
        format!("/fdx/v6/core/accounts/{ours}/%2e%2e/{theirs}"),
        format!("/fdx/v6/core/accounts?accountIds={theirs}"),
        format!("/fdx/v6/core/accounts?accountIds={ours},{theirs}"),
        format!("/fdx/v6/core/accounts/{theirs}/transactions"),
    ] {
        let answer = scene
            .ask("GET", &format!("{mutual}{path}"), &own, Some(token))
            .await;
        assert!(
            [400, 403, 404].contains(&answer.status),
            "{path}: {} {}",
            answer.status,
            answer.text
        );
        assert!(!answer.text.contains(&theirs), "{path}: {}", answer.text);
        assert_eq!(answer.header("x-fapi-interaction-id").len(), 36, "{path}");
    }
}

/// What is not there, and methods that are not, in the words of the API that the path belongs to.
#[tokio::test]
async fn what_is_not_there_is_told_in_the_words_of_its_api() {
    let scene = Scene::set().await;
    let mutual = &scene.platform.platform.mutual;
    let own = scene.recipient.connection();
    scene
        .ask("GET", &format!("{mutual}/fdx/v6/core/nothing"), &own, None)
        .await
        .refused_by_fdx(404, "1107");
    for (_, pattern, guard) in ENDPOINTS {
        if matches!(guard, Guard::Recipient(_)) {
            let url = format!("{mutual}{}", scene.path(pattern));
            let answer = scene.ask("DELETE", &url, &own, None).await;
            answer.refused_by_fdx(405, "1206");
            assert!(
                answer.header("allow").contains("GET"),
                "{pattern}: {:?}",
                answer.headers
            );
        }
    }
    let answer = Answer::to(own.get(format!("{mutual}/fdx/auth/v1/token"))).await;
    assert_eq!(
        (answer.status, answer.json["error"].as_str()),
        (405, Some("invalid_request")),
        "{}",
        answer.text
    );
    let answer = Answer::to(own.get(format!("{mutual}/fdx/auth/v1/nothing"))).await;
    assert_eq!(
        (answer.status, answer.json["error"].as_str()),
        (404, Some("invalid_request")),
        "{}",
        answer.text
    );
}

/// The same claims, signed by somebody else.
fn forged(recipient: &Recipient, token: &str) -> String {
    let (header, claims) = testkit::jws::read(token);
    let mut forged = Token::new(&Key::p256(header["kid"].as_str().unwrap()), "at+jwt", claims);
    forged.header["jwk"] = recipient.key.public_jwk();
    forged.compact()
}

/// Another letter in the middle of the claims.
fn tampered(token: &str) -> String {
    let middle = token.len() / 2;
    let other = if token.as_bytes()[middle] == b'A' {
        'B'
    } else {
        'A'
    };
    format!("{}{other}{}", &token[..middle], &token[middle + 1..])
}
