//! What a registration may ask for, what becomes of addresses in it, and what registering again undoes.

use serde_json::{Value, json};
use testkit::jws::Key;

use crate::{parties::SCOPE, stage::TestPlatform};

const PROFILE: &str = "fapi2-security";

fn metadata() -> Value {
    json!({
        "client_name": "A recipient", "profile": PROFILE, "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [Key::p256("signing").public_jwk()]}, "redirect_uris": ["https://r.example/callback"],
        "scope": "openid fdx:accountbasic:read",
    })
}

fn is_accepted(metadata: Value) -> bool {
    serde_json::from_value::<domain::client::ClientMetadata>(metadata)
        .is_ok_and(|metadata| metadata.validate().is_ok())
}

/// X06: algorithms that nobody should use, grants that do not exist, scopes of others, and members that we do not know.
#[test]
fn x06_a_registration_asks_for_nothing_that_is_not_offered() {
    assert!(is_accepted(metadata()));
    for (member, value) in [
        ("profile", json!("anything-goes")),
        ("token_endpoint_auth_method", json!("none")),
        ("token_endpoint_auth_method", json!("client_secret_jwt")),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("access_token_signed_response_alg", json!("none")),
        ("access_token_signed_response_alg", json!("HS256")),
        ("id_token_signed_response_alg", json!("none")),
        ("id_token_signed_response_alg", json!("HS256")),
        ("id_token_signed_response_alg", json!("RS256")),
        ("authorization_signed_response_alg", json!("none")),
        ("sender_constraint", json!("none")),
        ("scope", json!("external:resources:write")),
        ("scope", json!("participantuser:consents:write openid")),
        ("scope", json!("everything")),
        ("scope", json!("openid\u{0}")),
        ("redirect_uris", json!([])),
        ("redirect_uris", json!("https://r.example/callback")),
        ("jwks_uri", json!("https://r.example/jwks")),
        ("request_uris", json!(["https://r.example/request"])),
    ] {
        let mut asked = metadata();
        asked[member] = value.clone();
        assert!(!is_accepted(asked), "{member} = {value}");
    }
}

/// X03, C08: a client that was disabled stays so when it is registered again.
#[tokio::test]
async fn x03_to_register_again_approves_nobody() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let (id, now): (domain::ClientId, _) = (recipient.client_id.parse().unwrap(), platform.now());
    platform
        .tx(move |tx| store::clients::set_status(tx, &id, domain::ClientStatus::Disabled, now))
        .await;
    let mut again = metadata();
    again["jwks"] = json!({"keys": [recipient.key.public_jwk()]});
    platform.register(&recipient.client_id, again, None).await;
    recipient
        .post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
        .send()
        .await
        .refused(401, "invalid_client");
    recipient.push(SCOPE).send().await.refused(401, "invalid_client");
}

/// S03: addresses in a registration are shown to people and fetched by nobody.
#[tokio::test]
async fn s03_no_address_of_a_registration_is_fetched() {
    let bait = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    bait.set_nonblocking(true).unwrap();
    let address = bait.local_addr().unwrap();
    let url = |path: &str| format!("https://localhost:{}/{path}", address.port());
    let platform = TestPlatform::shared().await;
    let recipient = platform
        .recipient_with(
            PROFILE,
            Key::p256("signing"),
            json!({"logo_uri": url("logo"), "client_uri": url("client"), "sector_identifier_uri": url("sector")}),
        )
        .await;
    let shared = platform.share(&recipient, &platform.consumer().await).await;
    recipient
        .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
        .await
        .expect(200);
    assert_eq!(bait.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}
