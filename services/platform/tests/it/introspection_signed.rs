//! Introspection as a JWT (RFC 9701), and what it says of tokens that live and that do not.

use serde_json::{Value, json};
use testkit::{answer::Answer, jws, recipient::Recipient};

use crate::stage::TestPlatform;

const PATH: &str = "/fdx/auth/v1/introspect";
const SIGNED: &str = "application/token-introspection+jwt";

async fn introspect(recipient: &Recipient, token: &str, accept: &str) -> Answer {
    let url = format!("{}{PATH}", recipient.platform.mutual);
    let assertion = recipient.assertion().compact();
    let form = [
        ("token", token),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", &assertion),
    ];
    Answer::to(
        recipient
            .connection()
            .post(url)
            .header("Accept", accept)
            .form(&form),
    )
    .await
}

async fn verified(recipient: &Recipient, answer: &Answer) -> (Value, Value) {
    assert_eq!(answer.header("content-type"), SIGNED);
    assert!(answer.header("cache-control").contains("no-store"));
    let url = format!("{}/fdx/auth/v1/jwks", recipient.platform.public);
    let keys = Answer::to(recipient.platform.channel(None).get(url)).await.json;
    let signed = jose::Compact::parse(&answer.text).unwrap();
    jose::PublicKeys::parse(&keys)
        .unwrap()
        .verify(&signed, jose::Algorithm::FAPI)
        .unwrap();
    jws::read(&answer.text)
}

#[tokio::test]
async fn rfc9701_who_asks_for_a_jwt_gets_one() {
    let platform = TestPlatform::shared().await;
    let consumer = platform.consumer().await;
    for algorithm in ["ES256", "PS256"] {
        let more = json!({"introspection_signed_response_alg": algorithm});
        let recipient = platform
            .recipient_with("fapi2-security", jws::Key::p256("signing"), more)
            .await;
        let shared = platform.share(&recipient, &consumer).await;
        let token = shared.tokens.access_token.as_str();
        let plain = introspect(&recipient, token, "application/json")
            .await
            .expect(200)
            .json;
        assert_eq!(plain["active"], true);
        let answer = introspect(&recipient, token, &format!("application/json;q=0.5, {SIGNED}"))
            .await
            .expect(200);
        let (header, claims) = verified(&recipient, &answer).await;
        assert_eq!(header["typ"], "token-introspection+jwt");
        assert_eq!(header["alg"], algorithm);
        assert_eq!(claims["iss"], platform.platform.public.as_str());
        assert_eq!(claims["aud"], recipient.client_id.as_str());
        assert!(claims["iat"].is_u64());
        assert_eq!(claims["token_introspection"], plain);
        // RFC9701-8.1: it cannot be passed off as a token.
        assert!(claims.get("sub").is_none() && claims.get("exp").is_none() && claims.get("scope").is_none());
        recipient
            .get("/fdx/v6/core/accounts", &answer.text)
            .await
            .refused_by_fdx(401, "603");
    }
}

#[tokio::test]
async fn t11_anothers_token_is_inactive_signed_or_not() {
    let platform = TestPlatform::shared().await;
    let (recipient, stranger) = (
        platform.recipient("fapi2-security").await,
        platform.recipient("fapi2-security").await,
    );
    let shared = platform.share(&recipient, &platform.consumer().await).await;
    for token in [
        shared.tokens.access_token.as_str(),
        shared.tokens.refresh_token.as_deref().unwrap(),
        "no token",
    ] {
        let answer = introspect(&stranger, token, SIGNED).await.expect(200);
        let (_, claims) = verified(&stranger, &answer).await;
        assert_eq!(claims["token_introspection"], json!({"active": false}));
    }
    recipient
        .post("/fdx/auth/v1/revoke", &[("token", &shared.tokens.access_token)])
        .send()
        .await
        .expect(200);
    let answer = introspect(&recipient, &shared.tokens.access_token, SIGNED)
        .await
        .expect(200);
    let (_, claims) = verified(&recipient, &answer).await;
    assert_eq!(claims["token_introspection"], json!({"active": false}));
}

/// The largest token that a recipient gets is under 1.5 kB, whichever the algorithm and the binding.
#[tokio::test]
async fn an_access_token_is_under_1_5_kb() {
    let platform = TestPlatform::shared().await;
    let consumer = platform.consumer().await;
    for algorithm in ["ES256", "PS256"] {
        let more = json!({"access_token_signed_response_alg": algorithm});
        let recipient = platform
            .recipient_with("fapi2-security", jws::Key::p256("signing"), more)
            .await;
        let shared = platform
            .share_scope(&recipient, &consumer, crate::parties::ALL_SCOPES)
            .await;
        let token = shared.tokens.access_token.as_str();
        assert!(token.len() <= 1_536, "{}", token.len());
        assert_eq!(shared.tokens.json["expires_in"], 300);
        let (_, claims) = jws::read(token);
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
            300
        );
    }
}
