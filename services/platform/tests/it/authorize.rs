//! The authorization endpoint and the way back from the consent application: which browser, which request, how often,
//! how long; and where an error may go.

use serde_json::json;
use testkit::{
    answer::Answer,
    bank::RESOURCES,
    browser::Landed,
    jws::{Signature, read},
    recipient::{Recipient, parameter},
};
use url::Url;

use crate::{parties::SCOPE, stage::TestPlatform};

const PROFILE: &str = "fapi2-security";

/// The error that reached the recipient; its state must have come along.
#[track_caller]
fn told(landed: Landed, recipient: &Recipient, state: Option<&str>) -> String {
    let url = landed.away();
    assert!(url.as_str().starts_with(&recipient.redirect_uri), "{url}");
    assert!(
        parameter(&url, "code").is_none() && parameter(&url, "id_token").is_none(),
        "{url}"
    );
    if let Some(response) = parameter(&url, "response") {
        let (_, claims) = read(&response);
        assert_eq!(claims["state"].as_str(), state, "{claims}");
        return claims["error"].as_str().unwrap().to_owned();
    }
    assert_eq!(parameter(&url, "state").as_deref(), state, "{url}");
    parameter(&url, "error").unwrap_or_else(|| panic!("{url}"))
}

/// P02, par-ensure-reused-request-uri-prior-to-auth-completion-succeeds, par-attempt-reuse-request_uri.
#[tokio::test]
async fn p02_a_request_may_be_reloaded_until_it_is_completed() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let mut browser = platform.browser();
    let first = platform.begin(&mut browser, &url).await;
    let second = platform.begin(&mut browser, &url).await;
    assert_ne!(first, second);
    let callback = platform.allow(&mut browser, &url, &consumer).await;
    assert!(parameter(&callback, "code").is_some(), "{callback}");
    assert_eq!(
        told(browser.open(&url).await, &recipient, Some(&pushed.state)),
        "invalid_request_uri"
    );
    // A decision that was lodged before leads nowhere any more.
    let bank = platform.bank();
    let token = bank.token("external:resources:read").await;
    bank.resource(&token, &second).await.refused_by_fdx(404, "1107");
}

/// P01
#[tokio::test]
async fn p01_anothers_request_is_no_request() {
    let platform = TestPlatform::shared().await;
    let (recipient, other) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    let pushed = recipient.push(SCOPE).pushed().await;
    platform
        .browser()
        .open(&other.authorize_url(&pushed.request_uri))
        .await
        .error_page("invalid_request_uri");
}

/// R05, U09: references to anywhere else, and everything for which nobody safe can be told.
#[tokio::test]
async fn u09_an_error_goes_nowhere_that_is_not_proven() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let mut browser = platform.browser();
    for uri in [
        "urn:ietf:params:oauth:request_uri:unknown",
        "https://evil.example/request.jwt",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "urn:ietf:params:oauth:request_uri:",
        "",
    ] {
        let landed = browser.open(&recipient.authorize_url(uri)).await;
        let page = landed.page();
        assert_eq!(page.answer.status, 400, "{uri}");
        assert!(!page.page.source().contains("evil.example"), "{uri}");
    }
    let origin = &platform.platform.public;
    for query in [
        String::new(),
        "client_id=nobody&response_type=code&redirect_uri=https://evil.example/".into(),
        format!(
            "client_id={}&response_type=code&redirect_uri=https://evil.example/",
            recipient.client_id
        ),
        format!("client_id={0}&client_id={0}", recipient.client_id),
        "client_id=%00".into(),
    ] {
        let page = browser
            .open(&format!("{origin}/fdx/auth/v1/authorize?{query}"))
            .await
            .page();
        assert_eq!(page.answer.status, 400, "{query}");
        assert!(page.page.text_of("error-code").is_some(), "{query}");
        assert!(!page.page.source().contains("evil.example"), "{query}");
        assert!(
            page.answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
    }
}

/// R02: what stands in the URL beside a pushed request counts for nothing.
#[tokio::test]
async fn r02_what_was_pushed_wins() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let pushed = recipient.push(SCOPE).pushed().await;
    let mut url = Url::parse(&recipient.authorize_url(&pushed.request_uri)).unwrap();
    url.query_pairs_mut()
        .append_pair("state", "another")
        .append_pair("nonce", "another")
        .append_pair("scope", "openid fdx:tax:read")
        .append_pair("redirect_uri", "https://evil.example/")
        .append_pair("response_mode", "fragment");
    let callback = platform
        .allow(&mut platform.browser(), url.as_str(), &consumer)
        .await;
    assert_eq!(parameter(&callback, "state"), Some(pushed.state));
    assert!(callback.as_str().starts_with(&recipient.redirect_uri));

    // state-only-outside-request-object-not-used
    let pushed = recipient
        .push(SCOPE)
        .asking(|token| token.without("state"))
        .pushed()
        .await;
    let url = format!("{}&state=outside", recipient.authorize_url(&pushed.request_uri));
    let callback = platform.allow(&mut platform.browser(), &url, &consumer).await;
    assert_eq!(parameter(&callback, "state"), None);
}

/// ensure-unsigned-authorization-request-without-using-par-fails
#[tokio::test]
async fn a_request_that_must_be_pushed_is_not_taken_by_value() {
    let platform = TestPlatform::shared().await;
    for profile in [PROFILE, "fapi2-message-signing", "fapi1-advanced"] {
        let recipient = platform.recipient(profile).await;
        let mut url = Url::parse(&format!("{}/fdx/auth/v1/authorize", platform.platform.public)).unwrap();
        url.query_pairs_mut()
            .append_pair("client_id", &recipient.client_id)
            .append_pair("redirect_uri", &recipient.redirect_uri)
            .append_pair("response_type", recipient.response.0)
            .append_pair("scope", "openid")
            .append_pair("state", "s")
            .append_pair("nonce", "n");
        assert_eq!(
            told(platform.browser().open(url.as_str()).await, &recipient, Some("s")),
            "invalid_request"
        );
    }
}

/// FAPI 1.0 by value: conformance 2.2.2, the column of redirects.
#[tokio::test]
async fn a_request_object_by_value_is_judged_like_a_pushed_one() {
    let platform = TestPlatform::shared().await;
    let (recipient, stranger) = (
        platform.recipient("fapi1-advanced").await,
        platform.recipient(PROFILE).await,
    );
    let now = platform.now().timestamp();
    let by_value = |token: &testkit::jws::Token| {
        let mut url = Url::parse(&format!("{}/fdx/auth/v1/authorize", platform.platform.public)).unwrap();
        url.query_pairs_mut()
            .append_pair("client_id", &recipient.client_id)
            .append_pair("redirect_uri", &recipient.redirect_uri)
            .append_pair("response_type", "code id_token")
            .append_pair("scope", SCOPE)
            .append_pair("nonce", "outside")
            .append_pair("state", "outside")
            .append_pair("request", &token.compact());
        url
    };
    let good = || {
        recipient
            .push(SCOPE)
            .request
            .without("code_challenge")
            .without("code_challenge_method")
    };
    let rows = [
        ("without-exp", good().without("exp"), "invalid_request_object"),
        ("without-nbf", good().without("nbf"), "invalid_request_object"),
        (
            "expired",
            good().with("nbf", now - 600).with("exp", now - 300),
            "invalid_request_object",
        ),
        (
            "bad-aud",
            good().with("aud", "https://other.example"),
            "invalid_request_object",
        ),
        (
            "exp-over-60",
            good().with("exp", now + 70 * 60),
            "invalid_request_object",
        ),
        (
            "nbf-over-60",
            good().with("nbf", now - 70 * 60),
            "invalid_request_object",
        ),
        (
            "alg none",
            good().signed(Signature::Absent),
            "invalid_request_object",
        ),
        (
            "bad signature",
            good().signed(Signature::Broken(recipient.key.clone(), "ES256")),
            "invalid_request_object",
        ),
        (
            "another's key",
            good().signed(Signature::By(stranger.key.clone(), "ES256")),
            "invalid_request_object",
        ),
        ("without-scope", good().without("scope"), "invalid_request"),
        ("without-nonce", good().without("nonce"), "invalid_request"),
        (
            "response_mode=query",
            good().with("response_mode", "query"),
            "invalid_request",
        ),
        (
            "a renewal of nothing",
            good()
                .with("grant_management_action", "replace")
                .with("grant_id", "7d4a2f0e-0f5b-4c39-9d8b-0d6d0f5a7a11"),
            "invalid_grant_id",
        ),
    ];
    for (name, token, wanted) in rows {
        let url = platform.browser().open(by_value(&token).as_str()).await.away();
        assert!(url.as_str().starts_with(&recipient.redirect_uri), "{name}: {url}");
        assert_eq!(parameter(&url, "error").as_deref(), Some(wanted), "{name}: {url}");
        assert!(url.query().is_none(), "{name}: in the fragment: {url}");
    }
    for (name, token) in [
        (
            "unregistered",
            good().with("redirect_uri", "https://unregistered.example/"),
        ),
        ("none inside", good().without("redirect_uri")),
    ] {
        let page = platform.browser().open(by_value(&token).as_str()).await;
        // Whether the one outside may be used is another matter: never one that is not registered.
        if let Landed::Away(url) = page {
            assert!(url.as_str().starts_with(&recipient.redirect_uri), "{name}: {url}");
        }
    }
    // ensure-valid-pkce-succeeds, and without PKCE: by value it is not required.
    let consumer = platform.consumer().await;
    for token in [good(), recipient.push(SCOPE).request] {
        let url = by_value(&token);
        let callback = platform
            .allow(&mut platform.browser(), url.as_str(), &consumer)
            .await;
        assert!(
            parameter(&callback, "code").is_some() && callback.query().is_none(),
            "{callback}"
        );
        assert_eq!(
            parameter(&callback, "state").as_deref(),
            token.claims["state"].as_str()
        );
    }
}

/// L03: the browser that comes back is the one that began.
#[tokio::test]
async fn l03_only_the_browser_that_began_can_finish() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let (mut victim, mut attacker) = (platform.browser(), platform.browser());
    let resource_id = platform.begin(&mut victim, &url).await;
    platform.begin(&mut attacker, &url).await;
    let bank = platform.bank();
    let token = bank
        .token("external:resources:read external:resources:write")
        .await;
    let version = bank
        .resource(&token, &resource_id)
        .await
        .header("etag")
        .to_owned();
    let approval = bank.approval(&consumer.user_id, &[&consumer.checking]);
    let decided = bank
        .decide(&token, &resource_id, &version, &approval)
        .await
        .expect(200);
    let back = decided.member("continueUrl").to_owned();
    attacker.open(&back).await.error_page("invalid_request");
    platform.browser().open(&back).await.error_page("invalid_request");
    let callback = victim.open(&back).await.away();
    assert!(parameter(&callback, "code").is_some());
    // Once.
    victim.open(&back).await.error_page("invalid_request");
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

/// P03, T05: a minute for the request, five for the decision.
#[tokio::test]
async fn time_ends_requests_and_decisions() {
    let platform = TestPlatform::start().await;
    let clock = platform.platform.clock.clone();
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    clock.pass(59);
    let mut browser = platform.browser();
    platform.begin(&mut browser, &url).await;
    clock.pass(2);
    assert_eq!(
        told(browser.open(&url).await, &recipient, Some(&pushed.state)),
        "invalid_request_uri"
    );

    let pushed = recipient.push(SCOPE).pushed().await;
    let resource_id = platform
        .begin(&mut browser, &recipient.authorize_url(&pushed.request_uri))
        .await;
    clock.pass(301);
    let bank = platform.bank();
    let token = bank
        .token("external:resources:read external:resources:write")
        .await;
    bank.resource(&token, &resource_id)
        .await
        .refused_by_fdx(404, "1107");
    let approval = bank.approval(&consumer.user_id, &[&consumer.checking]);
    bank.decide(&token, &resource_id, "\"1\"", &approval)
        .await
        .refused_by_fdx(404, "1107");
    let back = format!(
        "{}/fdx/auth/v1/authorize/{resource_id}/continue",
        platform.platform.public
    );
    browser.open(&back).await.error_page("invalid_request");
}

/// U11 and the second client of the suite: the query of a registered URI stays as it is.
#[tokio::test]
async fn the_query_of_the_redirect_uri_is_kept() {
    let platform = TestPlatform::shared().await;
    let redirect_uri = "https://second.example/callback?dummy1=lorem&dummy2=ipsum";
    let more = json!({"redirect_uris": [redirect_uri]});
    let mut recipient = platform
        .recipient_with(PROFILE, testkit::jws::Key::p256("second"), more)
        .await;
    recipient.redirect_uri = redirect_uri.into();
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let callback = platform
        .decide(&mut platform.browser(), &url, &json!({"status": "REJECTED"}))
        .await
        .away();
    assert!(callback.as_str().starts_with(redirect_uri), "{callback}");
    assert_eq!(parameter(&callback, "error").as_deref(), Some("access_denied"));
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
