//! Clients change while platforms serve: what one process remembers of a client decides nothing once it is changed.

use domain::{ClientId, ClientStatus};
use serde_json::json;
use testkit::{
    jws::Key,
    recipient::{Post, Recipient},
};

use crate::{
    parties::{ALL_SCOPES, SCOPE},
    stage::TestPlatform,
};

const PROFILE: &str = "fapi2-security";

fn client_credentials(recipient: &Recipient) -> Post {
    recipient.post(
        "/fdx/auth/v1/token",
        &[
            ("grant_type", "client_credentials"),
            ("scope", "fdx:accountbasic:read"),
        ],
    )
}

async fn set_status(platform: &TestPlatform, recipient: &Recipient, status: ClientStatus) {
    let (id, now): (ClientId, _) = (recipient.client_id.parse().unwrap(), platform.now());
    assert!(
        platform
            .tx(move |tx| store::clients::set_status(tx, &id, status, now))
            .await
    );
}

/// C08: at every grant, and for codes and tokens that are already out.
#[tokio::test]
async fn c08_a_disabled_client_gets_nothing_at_once() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let shared = platform.share(&recipient, &consumer).await;
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    let waiting = recipient.push(SCOPE).pushed().await;
    set_status(platform, &recipient, ClientStatus::Disabled).await;

    recipient
        .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
        .await
        .refused_by_fdx(401, "603");
    recipient
        .redeem(&code, &pushed.verifier)
        .send()
        .await
        .refused(401, "invalid_client");
    recipient
        .refresh(shared.tokens.refresh_token.as_deref().unwrap())
        .send()
        .await
        .refused(401, "invalid_client");
    client_credentials(&recipient)
        .send()
        .await
        .refused(401, "invalid_client");
    recipient
        .push(SCOPE)
        .send()
        .await
        .refused_with(401, &["invalid_client"]);
    platform
        .browser()
        .open(&recipient.authorize_url(&waiting.request_uri))
        .await
        .page();

    // Approved again, it goes on where it was.
    set_status(platform, &recipient, ClientStatus::Approved).await;
    client_credentials(&recipient).send().await.expect(200);
    recipient
        .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
        .await
        .expect(200);
}

/// A client that changes its keys, as seen by a process that knows the old ones.
#[tokio::test]
async fn new_keys_of_a_client_are_taken_and_old_ones_are_not() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    client_credentials(&recipient).send().await.expect(200);
    let mut renewed = recipient.clone();
    renewed.key = Key::p256("renewed");
    let metadata = json!({
        "client_name": "A recipient", "profile": PROFILE, "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [renewed.key.public_jwk()]}, "redirect_uris": [recipient.redirect_uri], "scope": ALL_SCOPES,
    });
    platform.register(&recipient.client_id, metadata, None).await;
    client_credentials(&renewed).send().await.expect(200);
    client_credentials(&recipient)
        .send()
        .await
        .refused(401, "invalid_client");
    renewed.push(SCOPE).send().await.expect(201);
}

/// F11: a scope that is taken from a client is not given any more.
#[tokio::test]
async fn f11_a_withdrawn_scope_is_not_refreshed() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let shared = platform.share(&recipient, &consumer).await;
    let metadata = json!({
        "client_name": "A recipient", "profile": PROFILE, "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [recipient.key.public_jwk()]}, "redirect_uris": [recipient.redirect_uri],
        "scope": "openid fdx:accountbasic:read",
    });
    platform.register(&recipient.client_id, metadata, None).await;
    let refresh = recipient.refresh(shared.tokens.refresh_token.as_deref().unwrap());
    let answer = refresh.send().await;
    if answer.status != 200 {
        // The process remembered the registration before it: asked again, it knows the new one.
        let again = recipient
            .refresh(shared.tokens.refresh_token.as_deref().unwrap())
            .tokens()
            .await;
        assert_eq!(again.json["scope"], "openid fdx:accountbasic:read");
    } else {
        assert_eq!(answer.json["scope"], "openid fdx:accountbasic:read");
    }
}
