//! Receipts: each change of a consent as a signed statement that anyone can check with the published keys. Checked here with
//! a JOSE library that shares no line with the one that signs.

use std::collections::HashSet;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use openssl::sha::sha256;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{answer::Answer, bank::CONSENTS, jws::Key};

use crate::{parties::BANK_SCOPES, stage::TestPlatform};

const TYPE: &str = "consent-receipt+jwt";

/// The keys, as anybody fetches them.
async fn published(platform: &TestPlatform) -> JwkSet {
    let url = format!("{}/fdx/auth/v1/jwks", platform.platform.public);
    let answer = Answer::to(platform.platform.channel(None).get(url))
        .await
        .expect(200);
    serde_json::from_value(answer.json).unwrap()
}

/// The claims of a receipt whose type and signature are good under the published keys.
fn check(receipt: &str, keys: &JwkSet, algorithm: Algorithm) -> Option<Value> {
    let header = decode_header(receipt).ok()?;
    assert_eq!(header.typ.as_deref(), Some(TYPE));
    assert_eq!(header.alg, algorithm);
    let key = DecodingKey::from_jwk(keys.find(&header.kid?)?).ok()?;
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims = HashSet::new();
    validation.validate_exp = false;
    validation.validate_aud = false;
    decode::<Value>(receipt, &key, &validation)
        .ok()
        .map(|token| token.claims)
}

/// RFC 8785 of what receipts hold: texts, whole numbers, lists and objects.
fn canonical(json: &Value) -> String {
    match json {
        Value::Object(members) => {
            let sorted: std::collections::BTreeMap<_, _> = members.iter().collect();
            let members: Vec<_> = sorted
                .into_iter()
                .map(|(name, value)| format!("{}:{}", json!(name), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(elements) => {
            format!(
                "[{}]",
                elements.iter().map(canonical).collect::<Vec<_>>().join(",")
            )
        }
        other => other.to_string(),
    }
}

fn bytes(claims: &Value, name: &str) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.decode(claims[name].as_str().unwrap()).unwrap()
}

/// The hash of a row, computed from its receipt alone, as `docs/receipts.md` says.
fn row_hash(claims: &Value) -> Vec<u8> {
    let consent_id: uuid::Uuid = claims["consentId"].as_str().unwrap().parse().unwrap();
    let sequence = i32::try_from(claims["sequence"].as_i64().unwrap()).unwrap();
    let text = |name: &str| claims[name].as_str().map(|text| text.as_bytes().to_vec());
    let fields = [
        Some(consent_id.as_bytes().to_vec()),
        Some(sequence.to_be_bytes().to_vec()),
        text("happenedAt"),
        text("action"),
        text("actor"),
        text("channel"),
        text("reason"),
        Some(bytes(claims, "contentHash")),
        Some(bytes(claims, "previousHash")),
    ];
    let mut hashed = vec![];
    for field in fields {
        hashed.extend(
            field
                .as_ref()
                .map_or(u64::MAX, |field| field.len() as u64)
                .to_be_bytes(),
        );
        hashed.extend(field.unwrap_or_default());
    }
    sha256(&hashed).to_vec()
}

#[tokio::test]
async fn a_consumers_receipts_are_a_chain_that_anyone_can_check() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let bank = platform.bank();
    let token = bank.token(BANK_SCOPES).await;
    let path = format!("{CONSENTS}/{}", shared.consent_id);
    let of_user = format!("userId={}", consumer.user_id);
    for status in ["ON_HOLD", "ACTIVE", "REVOKED", "ACTIVE"] {
        let request = bank.request(Method::PATCH, &format!("{path}?{of_user}"), &token);
        let answer = Answer::to(request.json(&json!({"status": status}))).await;
        assert!([200, 409].contains(&answer.status), "{}", answer.text);
    }
    let get = |more: &str| {
        Answer::to(bank.request(Method::GET, &format!("{path}/receipts?{of_user}{more}"), &token))
    };
    let listed = get("").await.expect(200);
    let keys = published(platform).await;
    let mut before = vec![0; 32];
    let mut told = vec![];
    for (number, listed) in (1..).zip(listed.json["receipts"].as_array().unwrap()) {
        let claims = check(listed["receipt"].as_str().unwrap(), &keys, Algorithm::ES256).unwrap();
        assert_eq!(claims["iss"], platform.platform.public.as_str());
        assert_eq!(claims["consentId"], shared.consent_id.as_str());
        assert_eq!(
            (&claims["sequence"], &claims["action"]),
            (&json!(number), &listed["action"])
        );
        assert_eq!(claims["sub"], consumer.user_id.as_str());
        assert!(claims["iat"].is_i64() && claims["jti"].is_string());
        assert_eq!(
            bytes(&claims, "contentHash"),
            sha256(canonical(&claims["content"]).as_bytes())
        );
        assert_eq!(bytes(&claims, "previousHash"), before);
        assert_eq!(bytes(&claims, "rowHash"), row_hash(&claims));
        before = bytes(&claims, "rowHash");
        told.push((
            claims["action"].as_str().unwrap().to_owned(),
            claims["content"]["state"].as_str().unwrap().to_owned(),
        ));
    }
    let told: Vec<_> = told
        .iter()
        .map(|(action, state)| (action.as_str(), state.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("GRANTED", "ACTIVE"),
            ("HELD", "ON_HOLD"),
            ("RESUMED", "ACTIVE"),
            ("REVOKED", "REVOKED"),
            // The change that came too late changed nothing, and is told all the same.
            ("REFUSED", "REVOKED"),
        ]
    );

    // Page by page.
    let page = get("&limit=2").await.expect(200);
    let key = page.json["page"]["nextPageKey"].as_str().unwrap();
    let rest = get(&format!("&limit=2&pageKey={key}")).await.expect(200);
    assert_eq!(rest.json["receipts"][0]["sequence"], 3);
    for bad in ["&limit=0", "&limit=101", "&pageKey=x", "&more=1"] {
        get(bad).await.refused_by_fdx(400, "401");
    }
    let other = platform.consumer().await;
    let theirs = format!("{path}/receipts?userId={}", other.user_id);
    Answer::to(bank.request(Method::GET, &theirs, &token))
        .await
        .refused_by_fdx(404, "1107");
}

#[tokio::test]
async fn a_recipients_receipts_tell_what_it_may_know() {
    let platform = TestPlatform::shared().await;
    let keys = published(platform).await;
    let (recipient, stranger, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let path = format!("/fdx/v6/consents/{}/receipts", shared.consent_id);
    let answer = recipient
        .get(&path, &shared.tokens.access_token)
        .await
        .expect(200);
    let receipt = answer.json["receipts"][0]["receipt"].as_str().unwrap();
    let claims = check(receipt, &keys, Algorithm::ES256).unwrap();
    assert_eq!(claims["aud"], recipient.client_id.as_str());
    let (_, id_token) = testkit::jws::read(shared.tokens.json["id_token"].as_str().unwrap());
    assert_eq!(
        claims["sub"], id_token["sub"],
        "the name that this recipient knows them by"
    );
    assert_eq!(
        claims["content"]["accounts"][0]["accountId"],
        consumer.checking.as_str()
    );
    assert_eq!(
        bytes(&claims, "contentHash"),
        sha256(canonical(&claims["content"]).as_bytes())
    );
    // With the hash of the row and everything else of it, the bank's name of the consumer could be guessed.
    for hidden in ["rowHash", "previousHash"] {
        assert!(claims.get(hidden).is_none(), "{hidden}");
    }
    assert!(
        !claims.to_string().contains(&format!("\"{}\"", consumer.user_id)),
        "{claims}"
    );
    for hidden in ["userId", "authentication", "evidenceHash"] {
        assert!(claims["content"].get(hidden).is_none(), "{hidden}");
    }
    let theirs = platform.share(&stranger, &platform.consumer().await).await;
    stranger
        .get(&path, &theirs.tokens.access_token)
        .await
        .refused_by_fdx(404, "1107");

    // A recipient that registered PS256 gets its receipts so.
    let rsa = platform
        .recipient_with(
            "fapi2-security",
            Key::p256("signing"),
            json!({"id_token_signed_response_alg": "PS256"}),
        )
        .await;
    let shared = platform.share(&rsa, &platform.consumer().await).await;
    let path = format!("/fdx/v6/consents/{}/receipts", shared.consent_id);
    let answer = rsa.get(&path, &shared.tokens.access_token).await.expect(200);
    let receipt = answer.json["receipts"][0]["receipt"].as_str().unwrap();
    assert!(check(receipt, &keys, Algorithm::PS256).is_some());
}

/// What was changed, or is another kind of token, is no receipt.
#[tokio::test]
async fn j05_a_receipt_that_was_changed_is_none() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let path = format!("/fdx/v6/consents/{}/receipts", shared.consent_id);
    let answer = recipient
        .get(&path, &shared.tokens.access_token)
        .await
        .expect(200);
    let receipt = answer.json["receipts"][0]["receipt"].as_str().unwrap();
    let keys = published(platform).await;
    assert!(check(receipt, &keys, Algorithm::ES256).is_some());
    let (head, rest) = receipt.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    let other = if payload.contains('A') {
        payload.replacen('A', "B", 1)
    } else {
        payload.replacen('B', "A", 1)
    };
    assert!(check(&format!("{head}.{other}.{signature}"), &keys, Algorithm::ES256).is_none());
    // J13: nor does a receipt pass for an access token.
    recipient
        .get("/fdx/v6/core/accounts", receipt)
        .await
        .refused_by_fdx(401, "603");
}
