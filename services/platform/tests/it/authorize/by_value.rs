//! Requests by value, and parameters beside a pushed one.

use testkit::{browser::Landed, jws::Signature, recipient::parameter};
use url::Url;

use super::{PROFILE, told};
use crate::{parties::SCOPE, stage::TestPlatform};

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
