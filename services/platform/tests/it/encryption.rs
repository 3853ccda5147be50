//! id_tokens, responses and userinfo that are encrypted to the client (RFC 7516): signed inside, and readable by nobody else.

use jose::encrypt::{DecryptionKey, KeyManagement};
use serde_json::{Value, json};
use testkit::{jws, recipient::parameter};

use crate::{openid::OpenIdClient, stage::TestPlatform};

/// Every pair that may be registered.
const PAIRS: [(&str, &str); 4] = [
    ("RSA-OAEP-256", "A256GCM"),
    ("RSA-OAEP-256", "A128GCM"),
    ("ECDH-ES", "A256GCM"),
    ("ECDH-ES+A256KW", "A128GCM"),
];

fn key(algorithm: &str) -> DecryptionKey {
    DecryptionKey::generate(KeyManagement::from_name(algorithm).unwrap()).unwrap()
}

/// The claims of the signed token inside; that it is signed by the platform is checked.
async fn opened(platform: &TestPlatform, key: &DecryptionKey, token: &str, encryption: &str) -> Value {
    let header = jose::from_base64url(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header["enc"], encryption);
    assert_eq!(header["cty"], "JWT");
    assert_eq!(header["kid"], key.kid());
    assert_eq!(header.get("zip"), None);
    let inner = String::from_utf8(key.decrypt(token).unwrap()).unwrap();
    let url = format!("{}/fdx/auth/v1/jwks", platform.platform.public);
    let keys = testkit::answer::Answer::to(platform.platform.channel(None).get(url))
        .await
        .json;
    let signed = jose::Compact::parse(&inner).unwrap();
    jose::PublicKeys::parse(&keys)
        .unwrap()
        .verify(&signed, jose::Algorithm::OPENID)
        .unwrap();
    jws::read(&inner).1
}

#[tokio::test]
async fn an_id_token_and_userinfo_are_encrypted_where_registered() {
    let platform = TestPlatform::shared().await;
    let consumer = platform.consumer().await;
    for (algorithm, content) in PAIRS {
        let (key, other) = (key(algorithm), key(algorithm));
        let more = json!({
            "jwks": {"keys": [key.public_jwk()]}, "userinfo_signed_response_alg": "ES256",
            "id_token_encrypted_response_alg": algorithm, "id_token_encrypted_response_enc": content,
            "userinfo_encrypted_response_alg": algorithm, "userinfo_encrypted_response_enc": content,
        });
        let client = OpenIdClient::register(platform, more).await;
        let tokens = client.tokens(&consumer, &json!({})).await;
        let id_token = tokens["id_token"].as_str().unwrap();
        let claims = opened(platform, &key, id_token, content).await;
        assert_eq!(claims["aud"], client.client_id.as_str());
        assert!(other.decrypt(id_token).is_err());
        let answer = client
            .userinfo(tokens["access_token"].as_str().unwrap())
            .await
            .expect(200);
        assert_eq!(answer.header("content-type"), "application/jwt");
        assert_eq!(
            opened(platform, &key, &answer.text, content).await["sub"],
            claims["sub"]
        );
    }
}

#[tokio::test]
async fn jarm_responses_are_encrypted_where_registered_errors_too() {
    let platform = TestPlatform::shared().await;
    let (key, consumer) = (key("ECDH-ES+A256KW"), platform.consumer().await);
    let signing = testkit::jws::Key::p256("signing");
    let more = json!({
        "jwks": {"keys": [signing.public_jwk(), key.public_jwk()]},
        "authorization_encrypted_response_alg": "ECDH-ES+A256KW", "authorization_encrypted_response_enc": "A256GCM",
        "id_token_encrypted_response_alg": "ECDH-ES", "id_token_encrypted_response_enc": "A256GCM",
    });
    let mut recipient = platform
        .recipient_with("fapi2-message-signing", signing, more)
        .await;
    recipient.response = ("code", Some("jwt"));
    let approval = platform.bank().approval(&consumer.user_id, &[]);
    for (decision, member) in [(approval, "code"), (json!({"status": "REJECTED"}), "error")] {
        let pushed = recipient.push("openid").pushed().await;
        let url = recipient.authorize_url(&pushed.request_uri);
        let callback = platform
            .decide(&mut platform.browser(), &url, &decision)
            .await
            .away();
        let response = parameter(&callback, "response").unwrap();
        // Only the response, and it tells nothing to whoever sees the address.
        assert_eq!(callback.query_pairs().count(), 1);
        let claims = opened(platform, &key, &response, "A256GCM").await;
        assert!(claims[member].is_string(), "{claims}");
        assert_eq!(claims["state"], pushed.state.as_str());
        assert_eq!(claims["iss"], platform.platform.public.as_str());
    }
}

/// FAPI 1: the id_token of the front channel is encrypted like that of the back.
#[tokio::test]
async fn the_id_token_of_the_front_channel_is_encrypted_too() {
    let platform = TestPlatform::shared().await;
    let (key, consumer) = (key("RSA-OAEP-256"), platform.consumer().await);
    let signing = testkit::jws::Key::rsa("signing");
    let more = json!({
        "jwks": {"keys": [signing.public_jwk(), key.public_jwk()]},
        "id_token_encrypted_response_alg": "RSA-OAEP-256", "id_token_encrypted_response_enc": "A256GCM",
    });
    let recipient = platform.recipient_with("fapi1-advanced", signing, more).await;
    let pushed = recipient.push("openid").pushed().await;
    let approval = platform.bank().approval(&consumer.user_id, &[]);
    let url = recipient.authorize_url(&pushed.request_uri);
    let callback = platform
        .decide(&mut platform.browser(), &url, &approval)
        .await
        .away();
    let front = opened(
        platform,
        &key,
        &parameter(&callback, "id_token").unwrap(),
        "A256GCM",
    )
    .await;
    let code = parameter(&callback, "code").unwrap();
    let half = |text: &str| jose::half_hash::half_hash(jose::Algorithm::Es256, text);
    assert_eq!(front["c_hash"], half(&code));
    assert_eq!(front["s_hash"], half(&pushed.state));
    assert_eq!(front["nonce"], pushed.nonce.as_str());
    let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
    let back = opened(
        platform,
        &key,
        tokens.json["id_token"].as_str().unwrap(),
        "A256GCM",
    )
    .await;
    assert_eq!(back["sub"], front["sub"]);
    assert_eq!(back["at_hash"], half(&tokens.access_token));
}

/// A client whose key is gone gets nothing in the clear.
#[tokio::test]
async fn without_a_key_nothing_leaves_in_the_clear() {
    let platform = TestPlatform::shared().await;
    let (wrong, consumer) = (key("ECDH-ES"), platform.consumer().await);
    let more = json!({
        "jwks": {"keys": [wrong.public_jwk()]},
        "id_token_encrypted_response_alg": "RSA-OAEP-256", "id_token_encrypted_response_enc": "A256GCM",
    });
    let client = OpenIdClient::register(platform, more).await;
    let callback = client
        .agreed(&mut platform.browser(), &consumer, &json!({}))
        .await;
    client.redeem(&callback).await.refused(500, "server_error");
}
