//! The event API.

use reqwest::Method;
use serde_json::json;
use testkit::recipient::Recipient;

use super::{
    ENDPOINTS, Guard, Naming,
    scene::{Scene, forged, refused, tampered},
};
use crate::{stage::TestPlatform, table::Table};

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
