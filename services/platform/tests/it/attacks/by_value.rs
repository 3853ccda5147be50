//! Requests that stand in a URL: what a code is tied to where no PKCE ties it, and clients that registered to push.

use testkit::{
    jws::{Key, Token},
    recipient::{Recipient, parameter},
};
use url::Url;

use crate::{parties::SCOPE, stage::TestPlatform};

const PROFILE: &str = "fapi1-advanced";

/// The address of a request object by value.
fn by_value(platform: &TestPlatform, recipient: &Recipient, object: &Token) -> Url {
    let mut url = Url::parse(&format!("{}/fdx/auth/v1/authorize", platform.platform.public)).unwrap();
    url.query_pairs_mut()
        .append_pair("client_id", &recipient.client_id)
        .append_pair("redirect_uri", &recipient.redirect_uri)
        .append_pair("response_type", "code id_token")
        .append_pair("scope", SCOPE)
        .append_pair("request", &object.compact());
    url
}

/// T03, RFC6749-4.1.3: a code that no PKCE challenge ties to its request is redeemed with the redirect URI of that request,
/// and not without one.
#[tokio::test]
async fn t03_a_code_without_a_challenge_needs_its_redirect_uri() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let object = recipient
        .push(SCOPE)
        .request
        .without("code_challenge")
        .without("code_challenge_method");
    let url = by_value(platform, &recipient, &object);
    let callback = platform
        .allow(&mut platform.browser(), url.as_str(), &consumer)
        .await;
    let code = parameter(&callback, "code").unwrap();
    let redeem = |more: &[(&str, &str)]| {
        let form = [
            &[("grant_type", "authorization_code"), ("code", code.as_str())],
            more,
        ]
        .concat();
        recipient.post("/fdx/auth/v1/token", &form)
    };
    redeem(&[]).send().await.refused(400, "invalid_grant");
    redeem(&[("redirect_uri", "https://other.example/callback")])
        .send()
        .await
        .refused(400, "invalid_grant");
    redeem(&[("redirect_uri", &recipient.redirect_uri)])
        .tokens()
        .await;
}

/// R01, RFC9126-6: a client that registered to push is served in no other way, and its pushed requests are.
#[tokio::test]
async fn r01_a_client_that_registered_to_push_is_not_served_by_value() {
    let platform = TestPlatform::shared().await;
    let recipient = platform
        .recipient_with(
            PROFILE,
            Key::p256("signing"),
            serde_json::json!({"require_pushed_authorization_requests": true}),
        )
        .await;
    let url = by_value(platform, &recipient, &recipient.push(SCOPE).request);
    let told = platform.browser().open(url.as_str()).await.away();
    assert!(told.as_str().starts_with(&recipient.redirect_uri), "{told}");
    assert_eq!(parameter(&told, "error").as_deref(), Some("invalid_request"));
    recipient.push(SCOPE).pushed().await;
}
