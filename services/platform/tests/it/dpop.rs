//! Tokens that are bound to a key (RFC 9449): what a proof opens, and what it does not.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    jws::{Key, Signature, Token},
    recipient::{Recipient, Tokens},
};

use crate::{
    parties::{Consumer, SCOPE, all},
    stage::{Plan, TestPlatform},
    table::Table,
};

const TOKEN: &str = "/fdx/auth/v1/token";
const ACCOUNTS: &str = "/fdx/v6/core/accounts";

/// A recipient whose tokens are bound to a key.
async fn recipient(platform: &TestPlatform) -> Recipient {
    platform
        .recipient_with(
            "fapi2-security",
            Key::p256("signing"),
            json!({"sender_constraint": "dpop"}),
        )
        .await
}

/// The thumbprint of a key (RFC 7638).
fn thumbprint(key: &Key) -> String {
    jose::thumbprint::jwk_thumbprint(&key.public_jwk()).unwrap()
}

/// A consent whose tokens are bound to that key.
async fn share(platform: &TestPlatform, recipient: &Recipient, consumer: &Consumer, key: &Key) -> Tokens {
    let (code, pushed) = platform.code(recipient, consumer, SCOPE).await;
    let redeem = recipient.redeem(&code, &pushed.verifier);
    let proof = recipient.proof(key, "POST", &redeem.url, None);
    redeem.proving(proof).tokens().await
}

/// Reads the accounts with a token of that scheme and these proofs.
async fn read(recipient: &Recipient, scheme: &str, token: &str, proofs: &[String]) -> Answer {
    let url = format!("{}{ACCOUNTS}", recipient.platform.mutual);
    let mut request = recipient
        .platform
        .request(&recipient.without_certificate(), Method::GET, &url)
        .header("Authorization", format!("{scheme} {token}"));
    for proof in proofs {
        request = request.header("DPoP", proof);
    }
    Answer::to(request).await
}

/// The proof of a read that succeeds.
fn reading(recipient: &Recipient, key: &Key, token: &str) -> Token {
    let url = format!("{}{ACCOUNTS}", recipient.platform.mutual);
    recipient.proof(key, "GET", &url, Some(token))
}

#[tokio::test]
async fn a_token_is_bound_to_the_key_and_read_with_its_proof_alone() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (recipient(platform).await, platform.consumer().await);
    let (key, other) = (Key::p256("a key"), Key::rsa("another"));
    let tokens = share(platform, &recipient, &consumer, &key).await;
    assert_eq!(tokens.json["token_type"], "DPoP");
    let (_, claims) = testkit::jws::read(&tokens.access_token);
    assert_eq!(claims["cnf"], json!({"jkt": thumbprint(&key)}));

    let token = tokens.access_token.as_str();
    let proof = || reading(&recipient, &key, token);
    for scheme in ["DPoP", "dpOp"] {
        read(&recipient, scheme, token, &[proof().compact()])
            .await
            .expect(200);
    }
    let answer = read(&recipient, "DPoP", token, &[]).await;
    answer.refused_by_fdx(401, "603");
    // RFC9449-7.1: the challenge says what is wanted.
    assert!(
        answer
            .header("www-authenticate")
            .starts_with("DPoP error=\"invalid_dpop_proof\"")
    );
    // A token that is bound to a key is nobody's bearer token, with a proof or without.
    read(&recipient, "Bearer", token, &[])
        .await
        .refused_by_fdx(401, "603");
    read(&recipient, "Bearer", token, &[proof().compact()])
        .await
        .refused_by_fdx(401, "603");
    let stolen = reading(&recipient, &other, token).compact();
    read(&recipient, "DPoP", token, &[stolen])
        .await
        .refused_by_fdx(401, "603");

    // A refresh may change the key (RFC9449-5): the new token is bound to the new one.
    let refresh = recipient.refresh(tokens.refresh_token.as_deref().unwrap());
    let proof = recipient.proof(&other, "POST", &refresh.url, None);
    let refreshed = refresh.proving(proof).tokens().await;
    let proof = reading(&recipient, &other, &refreshed.access_token).compact();
    read(&recipient, "DPoP", &refreshed.access_token, &[proof])
        .await
        .expect(200);
}

/// D03, D05: each row is one fault in a proof that is good otherwise.
#[tokio::test]
async fn d03_d05_a_proof_with_a_fault_opens_nothing() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (recipient(platform).await, platform.consumer().await);
    let (key, other) = (Key::p256("a key"), Key::p256("another"));
    let tokens = share(platform, &recipient, &consumer, &key).await;
    let token = tokens.access_token.as_str();
    let proof = || reading(&recipient, &key, token);
    let now = platform.now().timestamp();
    let without_header = |name: &str| {
        let mut proof = proof();
        proof.header.as_object_mut().unwrap().remove(name);
        proof
    };
    let with_header = |name: &str, value: Value| {
        let mut proof = proof();
        proof.header[name] = value;
        proof
    };
    let mut private = key.public_jwk();
    private["d"] = "AAAA".into();
    let rows = [
        ("no typ", without_header("typ")),
        ("another typ", with_header("typ", json!("JWT"))),
        ("no jwk", without_header("jwk")),
        ("D05 a private key", with_header("jwk", private)),
        ("the key of another", with_header("jwk", other.public_jwk())),
        (
            "D05 a symmetric algorithm",
            proof().signed(Signature::Hmac(key.public_pem())),
        ),
        ("no signature", proof().signed(Signature::Absent)),
        (
            "a broken signature",
            proof().signed(Signature::Broken(key.clone(), "ES256")),
        ),
        ("no jti", proof().without("jti")),
        ("no htm", proof().without("htm")),
        ("another method", proof().with("htm", "PUT")),
        ("no htu", proof().without("htu")),
        (
            "another URL",
            proof().with("htu", "https://evil.example/fdx/v6/core/accounts"),
        ),
        (
            "another path",
            proof().with("htu", format!("{}/fdx/v6/consents", recipient.platform.mutual)),
        ),
        ("no iat", proof().without("iat")),
        ("an hour old", proof().with("iat", now - 3600)),
        ("an hour ahead", proof().with("iat", now + 3600)),
        ("D03 no ath", proof().without("ath")),
        ("D03 another ath", proof().with("ath", "x".repeat(43))),
    ];
    let mut table = Table::default();
    for (name, proof) in rows {
        let answer = read(&recipient, "DPoP", token, &[proof.compact()]).await;
        let refused = answer.status == 401 && answer.json["code"] == "603";
        table.holds(name, refused, || format!("got {} {}", answer.status, answer.text));
    }
    let two = [proof().compact(), proof().compact()];
    let answer = read(&recipient, "DPoP", token, &two).await;
    table.holds("two proofs", answer.status == 401, || {
        format!("got {}", answer.status)
    });
    table.done();

    // What the clocks of honest senders do, and what they add, is accepted.
    let url = format!("{}{ACCOUNTS}", recipient.platform.mutual);
    for good in [
        proof().with("iat", now - 10),
        proof().with("iat", now + 8),
        proof().with("nbf", now).with("exp", now + 300).with("extra", "x"),
        proof().with("htu", format!("{url}?limit=1#x")),
        proof().with("htu", url.replace("https://", "HTTPS://")),
    ] {
        read(&recipient, "DPoP", token, &[good.compact()])
            .await
            .expect(200);
    }
}

/// D01: fifty racing uses of one proof, on two platforms.
#[tokio::test]
async fn d01_a_proof_is_used_once_on_all_replicas() {
    let one = TestPlatform::start().await;
    let other = one.replica().await;
    let (recipient, consumer) = (recipient(&one).await, one.consumer().await);
    let key = Key::p256("a key");
    let tokens = share(&one, &recipient, &consumer, &key).await;
    let token = tokens.access_token.clone();
    let proof = reading(&recipient, &key, &token).compact();
    let uses = (0..50).map(|number| {
        let there = if number % 2 == 0 {
            one.reached_at()
        } else {
            other.reached_at()
        };
        let url = format!("{}{ACCOUNTS}", there.mutual);
        let request = recipient
            .platform
            .request(&recipient.connection(), Method::GET, &url)
            .header("Authorization", format!("DPoP {token}"))
            .header("DPoP", &proof);
        Answer::to(request)
    });
    let answers = all(uses.collect::<Vec<_>>().into_iter()).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
}

/// RFC9449-10: the key of the code is named by `dpop_jkt`, or by the proof beside the pushed request.
#[tokio::test]
async fn a_code_that_names_a_key_is_redeemed_with_it_alone() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (recipient(platform).await, platform.consumer().await);
    let (key, other) = (Key::p256("a key"), Key::p256("another"));
    let par = format!("{}/fdx/auth/v1/par", recipient.platform.mutual);

    let mut mismatched = recipient.push(SCOPE);
    mismatched.request = mismatched.request.with("dpop_jkt", thumbprint(&other));
    mismatched.post = mismatched.post.proving(recipient.proof(&key, "POST", &par, None));
    mismatched.send().await.refused(400, "invalid_dpop_proof");

    // What is no thumbprint would make a code that nobody can redeem.
    for malformed in ["abc", &format!("{}=", thumbprint(&key)), &thumbprint(&key)[1..]] {
        let mut push = recipient.push(SCOPE);
        push.request = push.request.with("dpop_jkt", malformed);
        push.send().await.refused(400, "invalid_request");
    }

    let mut named = recipient.push(SCOPE);
    named.request = named.request.with("dpop_jkt", thumbprint(&key));
    let mut proven = recipient.push(SCOPE);
    proven.post = proven.post.proving(recipient.proof(&key, "POST", &par, None));
    for push in [named, proven] {
        let (code, pushed) = platform.code_of(&recipient, &consumer, push).await;
        let redeem = || recipient.redeem(&code, &pushed.verifier);
        let url = format!("{}{TOKEN}", recipient.platform.mutual);
        redeem().send().await.refused(400, "invalid_dpop_proof");
        let with = |key| redeem().proving(recipient.proof(key, "POST", &url, None));
        with(&other).send().await.refused(400, "invalid_grant");
        with(&key).tokens().await;
    }
}

/// RFC9449-8, -9: where nonces are demanded, a proof without a fresh one of ours is sent back for one, at every endpoint
/// and by every replica; nothing is spent by that.
#[tokio::test]
async fn nonces_are_demanded_where_the_settings_say_so() {
    let mut plan = Plan::new();
    plan.more = "[authorization]\ndpop_nonces = true\n".to_owned();
    let platform = plan.start().await;
    let (recipient, consumer, key) = (
        recipient(&platform).await,
        platform.consumer().await,
        Key::p256("a key"),
    );
    let nonce_of = |answer: &Answer| {
        let nonce = answer.header("dpop-nonce").to_owned();
        assert!(!nonce.is_empty(), "{:?}", answer.headers);
        nonce
    };

    // PAR.
    let push = recipient.push(SCOPE);
    let url = push.post.url.clone();
    let with_nonce = |nonce: Option<&str>, url: &str| {
        let proof = recipient.proof(&key, "POST", url, None);
        match nonce {
            Some(nonce) => proof.with("nonce", nonce),
            None => proof,
        }
    };
    let first = push
        .clone()
        .posting(|post| post.proving(with_nonce(None, &url)))
        .send()
        .await;
    first.refused(400, "use_dpop_nonce");
    let nonce = nonce_of(&first);
    // The same assertion again, as the suite does: it was not spent.
    let push = push.posting(|post| post.proving(with_nonce(Some(&nonce), &url)));
    let pushed = push.pushed().await;

    // Token.
    let callback = platform
        .allow(
            &mut platform.browser(),
            &recipient.authorize_url(&pushed.request_uri),
            &consumer,
        )
        .await;
    let code = testkit::recipient::parameter(&callback, "code").unwrap();
    let redeem = recipient.redeem(&code, &pushed.verifier);
    let proving = |nonce: Option<&str>| redeem.clone().proving(with_nonce(nonce, &redeem.url));
    for bad in [None, Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), Some("x")] {
        let answer = proving(bad).send().await;
        answer.refused(400, "use_dpop_nonce");
        nonce_of(&answer);
    }
    // Without any proof the answer is what it always is (conformance: holder of key).
    redeem.send().await.refused(400, "invalid_dpop_proof");
    let tokens = proving(Some(&nonce)).tokens().await;

    // A resource.
    let token = tokens.access_token.as_str();
    let without = read(
        &recipient,
        "DPoP",
        token,
        &[reading(&recipient, &key, token).compact()],
    )
    .await;
    without.refused_by_fdx(401, "603");
    assert!(
        without
            .header("www-authenticate")
            .starts_with("DPoP error=\"use_dpop_nonce\"")
    );
    let proof = reading(&recipient, &key, token).with("nonce", nonce_of(&without));
    let answer = read(&recipient, "DPoP", token, &[proof.compact()])
        .await
        .expect(200);
    // RFC9449-8.2: the next one comes with every answer.
    nonce_of(&answer);
    // Old nonces are none.
    platform.platform.clock.pass(290);
    let fresh = nonce_of(&answer);
    platform.platform.clock.pass(11);
    let late = recipient.refresh(tokens.refresh_token.as_deref().unwrap());
    let late = late.clone().proving(with_nonce(Some(&fresh), &late.url));
    late.send().await.refused(400, "use_dpop_nonce");
}
