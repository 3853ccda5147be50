//! Who is signed in is not asked again for what they agreed to.

use serde_json::json;
use testkit::{answer::Answer, browser::Landed, recipient::parameter};
use url::Url;

use super::{OpenIdClient, SECRET, at_once, claims};
use crate::{parties::all, stage::TestPlatform};

#[tokio::test]
async fn oidcc_prompt_none_not_logged_in() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let refused = |url: &Url, error: &str| {
        assert_eq!(parameter(url, "error").as_deref(), Some(error), "{url}");
        assert_eq!(parameter(url, "state").as_deref(), Some("s-._~"));
    };
    let silent = client.url(&json!({"prompt": "none"}));
    refused(&at_once(&mut platform.browser(), &silent).await, "login_required");
    // Whoever is signed in and has not agreed to this with this client is not asked either.
    let mut browser = platform.browser();
    client.agreed(&mut browser, &consumer, &json!({})).await;
    let other = OpenIdClient::register(platform, json!({})).await;
    refused(
        &at_once(&mut browser, &other.url(&json!({"prompt": "none"}))).await,
        "consent_required",
    );
    let more = json!({"prompt": "none", "scope": "openid profile"});
    refused(
        &at_once(&mut browser, &client.url(&more)).await,
        "consent_required",
    );
    let named = json!({"prompt": "none", "claims": {"userinfo": {"email": null}}});
    refused(
        &at_once(&mut browser, &client.url(&named)).await,
        "consent_required",
    );
    // A cookie that somebody made is none.
    let mut forged = platform.browser();
    forged.put("__Host-session", "AAAA");
    refused(&at_once(&mut forged, &silent).await, "login_required");
}

#[tokio::test]
async fn oidcc_prompt_none_logged_in_and_id_token_hint() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let mut browser = platform.browser();
    let wish = json!({"claims": {"id_token": {"name": null}}, "max_age": "15000"});
    let first = client.agreed(&mut browser, &consumer, &wish).await;
    let first = client.redeem(&first).await.expect(200).json;
    // L16: the session's cookie.
    let cookie = browser
        .cookies_set
        .iter()
        .find(|set| set.starts_with("__Host-session="))
        .unwrap();
    for flag in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    let hint = first["id_token"].as_str().unwrap();
    for parameters in [
        json!({"prompt": "none"}),
        json!({"prompt": "none", "id_token_hint": hint}),
        json!({"max_age": "10000"}),
        json!({"claims": {"id_token": {"name": null, "sub": {"value": claims(&first)["sub"]}}}}),
    ] {
        let callback = at_once(&mut browser, &client.url(&parameters)).await;
        let again = client.redeem(&callback).await.expect(200).json;
        for claim in ["sub", "auth_time"] {
            assert_eq!(claims(&again)[claim], claims(&first)[claim], "{parameters}");
        }
        // Another code of the same consent, not another consent.
        assert_eq!(again["grant_id"], first["grant_id"]);
        assert_eq!(
            claims(&again).get("name").is_some(),
            parameters.get("claims").is_some()
        );
    }
    // Another consumer is meant: nobody who is here.
    let stranger = platform.consumer().await;
    let theirs = client.tokens(&stranger, &json!({})).await;
    let their_hint = theirs["id_token"].as_str().unwrap();
    for hint in [their_hint, "no hint", first["access_token"].as_str().unwrap()] {
        let silent = client.url(&json!({"prompt": "none", "id_token_hint": hint}));
        let callback = at_once(&mut browser, &silent).await;
        assert_eq!(parameter(&callback, "error").as_deref(), Some("login_required"));
    }
}

#[tokio::test]
async fn oidcc_prompt_login_and_max_age_1_show_a_page() {
    let platform = Box::leak(Box::new(TestPlatform::start().await));
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let mut browser = platform.browser();
    let first = client.agreed(&mut browser, &consumer, &json!({})).await;
    let first = client.redeem(&first).await.expect(200).json;
    platform.platform.clock.pass(2);
    for parameters in [
        json!({"prompt": "login"}),
        json!({"prompt": "select_account"}),
        json!({"max_age": "1"}),
        json!({"max_age": "0"}),
    ] {
        let again = client.agreed(&mut browser, &consumer, &parameters).await;
        let again = client.redeem(&again).await.expect(200).json;
        assert!(
            claims(&again)["auth_time"].as_i64() > claims(&first)["auth_time"].as_i64(),
            "{parameters}"
        );
        platform.platform.clock.pass(2);
    }
    let silent = json!({"prompt": "none", "max_age": "1"});
    let callback = at_once(&mut browser, &client.url(&silent)).await;
    assert_eq!(parameter(&callback, "error").as_deref(), Some("login_required"));
    // The session ends, and with it what it answers.
    let silent = client.url(&json!({"prompt": "none"}));
    assert!(parameter(&at_once(&mut browser, &silent).await, "code").is_some());
    platform.platform.clock.pass(30 * 60 + 1);
    assert_eq!(
        parameter(&at_once(&mut browser, &silent).await, "error").as_deref(),
        Some("login_required")
    );
}

#[tokio::test]
async fn o23_a_consent_that_ended_is_asked_for_again() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let mut browser = platform.browser();
    let callback = client.agreed(&mut browser, &consumer, &json!({})).await;
    // A code that comes twice ends its consent.
    client.redeem(&callback).await.expect(200);
    client.redeem(&callback).await.refused(400, "invalid_grant");
    let silent = at_once(&mut browser, &client.url(&json!({"prompt": "none"}))).await;
    assert_eq!(parameter(&silent, "error").as_deref(), Some("consent_required"));
    // Without prompt=none a page is shown.
    assert!(matches!(
        browser.open(&client.url(&json!({}))).await,
        Landed::Page(_)
    ));
}

#[tokio::test]
async fn a_request_for_another_consumer_or_a_better_authentication_is_told_so() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    for (claims, error) in [
        (
            json!({"id_token": {"sub": {"value": "another"}}}),
            Some("login_required"),
        ),
        (
            json!({"id_token": {"acr": {"essential": true, "values": ["urn:bank:two-factor"]}}}),
            Some("unmet_authentication_requirements"),
        ),
        (
            json!({"id_token": {"acr": {"essential": true, "values": ["x", "urn:bank:password"]}}}),
            None,
        ),
        (
            json!({"id_token": {"acr": {"values": ["urn:bank:two-factor"]}}}),
            None,
        ),
    ] {
        let callback = client
            .agreed(&mut platform.browser(), &consumer, &json!({"claims": claims}))
            .await;
        assert_eq!(parameter(&callback, "error").as_deref(), error, "{claims}");
    }
}

/// P02: fifty visits at once of a signed-in browser with one request_uri, across two replicas: one code.
#[tokio::test]
async fn fifty_visits_with_one_request_uri_give_one_code() {
    let platform: &'static TestPlatform = Box::leak(Box::new(TestPlatform::start().await));
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let mut browser = platform.browser();
    client.agreed(&mut browser, &consumer, &json!({})).await;
    let plain = platform.platform.channel(None);
    let form = [
        ("client_id", &*client.client_id),
        ("response_type", "code"),
        ("scope", "openid"),
        ("redirect_uri", &client.redirect_uri),
    ];
    let pushed = plain
        .post(format!("{}/fdx/auth/v1/par", platform.platform.public))
        .basic_auth(&client.client_id, Some(SECRET))
        .form(&form);
    let request_uri = Answer::to(pushed)
        .await
        .expect(201)
        .member("request_uri")
        .to_owned();
    let replica = platform.replica().await;
    let origins = [platform.platform.public.clone(), replica.reached_at().public];
    let visits = (0..50).map(|number| {
        let mut url = Url::parse(&format!("{}/fdx/auth/v1/authorize", origins[number % 2])).unwrap();
        url.query_pairs_mut()
            .append_pair("client_id", &client.client_id)
            .append_pair("request_uri", &request_uri);
        let browser = browser.clone();
        async move { browser.peek(url.as_str()).await }
    });
    let answers = all(visits).await;
    let locations: Vec<Url> = answers
        .iter()
        .map(|answer| Url::parse(answer.header("location")).unwrap_or_else(|_| panic!("{}", answer.text)))
        .collect();
    let with = |name: &str, value: Option<&str>| {
        let found =
            |url: &&Url| parameter(url, name).is_some_and(|found| value.is_none_or(|value| found == value));
        locations.iter().filter(found).count()
    };
    assert_eq!(with("code", None), 1);
    assert_eq!(with("error", Some("invalid_request_uri")), 49);
}
