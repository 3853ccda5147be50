//! Proofs of possession: used twice, elsewhere, for something else, or made by whoever holds no key (RFC 9449).

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    jws::{Key, Signature, Token},
    recipient::{Recipient, Tokens},
};

use crate::{
    parties::{SCOPE, all},
    stage::TestPlatform,
    table::Table,
};

const ACCOUNTS: &str = "/fdx/v6/core/accounts";
const TOKEN: &str = "/fdx/auth/v1/token";

async fn set_up(platform: &TestPlatform, key: &Key) -> (Recipient, Tokens) {
    let recipient = platform
        .recipient_with(
            "fapi2-security",
            Key::p256("signing"),
            json!({"sender_constraint": "dpop"}),
        )
        .await;
    let (code, pushed) = platform.code(&recipient, &platform.consumer().await, SCOPE).await;
    let redeem = recipient.redeem(&code, &pushed.verifier);
    let proof = recipient.proof(key, "POST", &redeem.url, None);
    let tokens = redeem.proving(proof).tokens().await;
    (recipient, tokens)
}

async fn read(recipient: &Recipient, path: &str, token: &str, proof: &str) -> Answer {
    let url = format!("{}{path}", recipient.platform.mutual);
    let request = recipient
        .platform
        .request(&recipient.without_certificate(), Method::GET, &url)
        .header("authorization", format!("DPoP {token}"))
        .header("dpop", proof);
    Answer::to(request).await
}

/// D01: one `jti` of one key is spent by its first use, wherever and for whatever that is.
#[tokio::test]
async fn d01_a_proof_is_spent_by_its_first_use_wherever_that_is() {
    let platform = TestPlatform::shared().await;
    let key = Key::p256("a key");
    let (recipient, tokens) = set_up(platform, &key).await;
    let token = &tokens.access_token;
    let url = format!("{}{ACCOUNTS}", recipient.platform.mutual);
    let proof = recipient.proof(&key, "GET", &url, Some(token));
    read(&recipient, ACCOUNTS, token, &proof.compact())
        .await
        .expect(200);
    read(&recipient, ACCOUNTS, token, &proof.compact())
        .await
        .refused_by_fdx(401, "603");
    // The same jti in a proof that is signed anew, and one second younger.
    let again = proof.clone().with("htu", format!("{url}?x=y"));
    read(&recipient, ACCOUNTS, token, &again.compact())
        .await
        .refused_by_fdx(401, "603");
    // At the token endpoint, where another proof of that jti was never seen.
    let refresh = recipient.refresh(tokens.refresh_token.as_deref().unwrap());
    let moved = proof
        .clone()
        .with("htm", "POST")
        .with("htu", refresh.url.clone())
        .without("ath");
    refresh
        .proving(moved)
        .send()
        .await
        .refused(400, "invalid_dpop_proof");
    // Another key may use the same jti: it is not the first one's to take.
    let other = Key::p256("another");
    let refresh = recipient.refresh(tokens.refresh_token.as_deref().unwrap());
    let theirs = recipient
        .proof(&other, "POST", &refresh.url, None)
        .with("jti", proof.claims["jti"].clone());
    refresh.proving(theirs).tokens().await;
}

/// D01 at the token endpoint: fifty uses of one proof on two replicas, each with an assertion of its own.
#[tokio::test]
async fn d01_of_fifty_racing_refreshes_with_one_proof_one_succeeds() {
    let one = TestPlatform::start().await;
    let other = one.replica().await;
    let key = Key::p256("a key");
    let (recipient, tokens) = set_up(&one, &key).await;
    let proof = recipient.proof(&key, "POST", &format!("{}{TOKEN}", one.platform.mutual), None);
    let racers: Vec<_> = (0..50)
        .map(|number| {
            let refresh = recipient.refresh(tokens.refresh_token.as_deref().unwrap());
            let mut post = refresh.proving(proof.clone());
            if number % 2 == 1 {
                post.url = post.url.replace(&one.platform.mutual, &other.reached_at().mutual);
            }
            post
        })
        .collect();
    let answers = all(racers.into_iter().map(|post| async move { post.send().await })).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.refused(400, "invalid_dpop_proof");
    }
}

/// D03, D05, J01, J03, J26: a proof with one fault, at an API and at the token endpoint.
#[tokio::test]
async fn d03_d05_one_fault_in_a_proof_is_enough() {
    let platform = TestPlatform::shared().await;
    let key = Key::p256("a key");
    let other = Key::p256("another");
    let (recipient, tokens) = set_up(platform, &key).await;
    let token = &tokens.access_token;
    let url = format!("{}{ACCOUNTS}", recipient.platform.mutual);
    let now = platform.now().timestamp();
    let with = |name: &'static str, value: Value| {
        move |mut proof: Token| {
            proof.header[name] = value;
            proof
        }
    };
    let claim = |name: &'static str, value: Value| move |proof: Token| proof.with(name, value);
    let changed = |name: &str, value: Value| {
        let mut jwk = key.public_jwk();
        jwk[name] = value;
        jwk
    };
    let mut weak = Key::rsa("weak").public_jwk();
    weak["n"] = json!("AQAB");
    type Fault = Box<dyn Fn(Token) -> Token>;
    let rows: Vec<(&str, Fault)> = vec![
        (
            "no typ",
            Box::new(|mut proof| {
                proof.header.as_object_mut().unwrap().remove("typ");
                proof
            }),
        ),
        ("typ JWT", Box::new(move |p| with("typ", json!("JWT"))(p))),
        (
            "typ of a list",
            Box::new(move |p| with("typ", json!(["dpop+jwt"]))(p)),
        ),
        (
            "no key",
            Box::new(|mut proof| {
                proof.header.as_object_mut().unwrap().remove("jwk");
                proof
            }),
        ),
        (
            "J03 a key to be fetched",
            Box::new(|mut proof| {
                proof.header.as_object_mut().unwrap().remove("jwk");
                proof.header["jku"] = json!("https://evil.example/");
                proof
            }),
        ),
        ("J06 crit", Box::new(move |p| with("crit", json!(["jwk"]))(p))),
        ("no jti", Box::new(|p| p.without("jti"))),
        ("an empty jti", Box::new(move |p| claim("jti", json!(""))(p))),
        (
            "a jti that is a number",
            Box::new(move |p| claim("jti", json!(1))(p)),
        ),
        (
            "another method",
            Box::new(move |p| claim("htm", json!("DELETE"))(p)),
        ),
        (
            "the method in small letters",
            Box::new(|p| {
                let method = p.claims["htm"].as_str().unwrap().to_lowercase();
                p.with("htm", method)
            }),
        ),
        (
            "a list of methods",
            Box::new(move |p| claim("htm", json!(["GET", "POST"]))(p)),
        ),
        (
            "another host",
            Box::new(|p| {
                let path = url::Url::parse(p.claims["htu"].as_str().unwrap())
                    .unwrap()
                    .path()
                    .to_owned();
                p.with("htu", format!("https://evil.example{path}"))
            }),
        ),
        (
            "a host that begins alike",
            Box::new(|p| {
                let htu = p.claims["htu"]
                    .as_str()
                    .unwrap()
                    .replace("localhost", "localhost.evil.example");
                p.with("htu", htu)
            }),
        ),
        (
            "user information",
            Box::new(|p| {
                let htu = p.claims["htu"]
                    .as_str()
                    .unwrap()
                    .replace("https://", "https://evil@");
                p.with("htu", htu)
            }),
        ),
        (
            "http",
            Box::new(|p| {
                let htu = p.claims["htu"].as_str().unwrap().replace("https://", "http://");
                p.with("htu", htu)
            }),
        ),
        (
            "a slash more",
            Box::new(|p| {
                let htu = format!("{}/", p.claims["htu"].as_str().unwrap());
                p.with("htu", htu)
            }),
        ),
        ("no URL at all", Box::new(move |p| claim("htu", json!("/"))(p))),
        (
            "an hour old",
            Box::new(move |p| claim("iat", json!(now - 3600))(p)),
        ),
        (
            "an hour ahead",
            Box::new(move |p| claim("iat", json!(now + 3600))(p)),
        ),
        (
            "iat as text",
            Box::new(move |p| claim("iat", json!(now.to_string()))(p)),
        ),
        ("iat of 1e300", Box::new(move |p| claim("iat", json!(1e300))(p))),
        (
            "iat in milliseconds",
            Box::new(move |p| claim("iat", json!(now * 1000))(p)),
        ),
        (
            "expired by its own word",
            Box::new(move |p| claim("exp", json!(now - 1))(p)),
        ),
    ];
    let signed: Vec<(&str, Fault)> = vec![
        ("J01 none", Box::new(|p| p.signed(Signature::Absent))),
        ("D05 HMAC", {
            let pem = key.public_pem();
            Box::new(move |p| p.signed(Signature::Hmac(pem.clone())))
        }),
        (
            "D05 HMAC with a key in the header",
            Box::new(|p| {
                let mut p = p.signed(Signature::Hmac(b"secret-secret-secret-secret-1234".to_vec()));
                p.header["jwk"] = json!({"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ"});
                p
            }),
        ),
        ("D05 a private member", {
            let jwk = changed("d", json!("AAAA"));
            Box::new(move |mut p| {
                p.header["jwk"] = jwk.clone();
                p
            })
        }),
        ("D05 a private member that is null", {
            let jwk = changed("d", Value::Null);
            Box::new(move |mut p| {
                p.header["jwk"] = jwk.clone();
                p
            })
        }),
        ("a point off the curve", {
            let jwk = changed("x", json!("A".repeat(43)));
            Box::new(move |mut p| {
                p.header["jwk"] = jwk.clone();
                p
            })
        }),
        ("another curve", {
            let jwk = changed("crv", json!("P-384"));
            Box::new(move |mut p| {
                p.header["jwk"] = jwk.clone();
                p
            })
        }),
        (
            "J26 a weak key",
            Box::new(move |mut p| {
                p.header["jwk"] = weak.clone();
                p
            }),
        ),
        ("another's key", {
            let jwk = other.public_jwk();
            Box::new(move |mut p| {
                p.header["jwk"] = jwk.clone();
                p
            })
        }),
        ("a key set", {
            let jwk = key.public_jwk();
            Box::new(move |mut p| {
                p.header["jwk"] = json!({"keys": [jwk]});
                p
            })
        }),
        ("J05 another text's signature", {
            let key = key.clone();
            Box::new(move |p| {
                let jwk = p.header["jwk"].clone();
                let mut p = p.signed(Signature::Broken(key.clone(), "ES256"));
                p.header["jwk"] = jwk;
                p
            })
        }),
    ];
    let mut table = Table::default();
    for (name, fault) in rows.iter().chain(&signed) {
        let proof = fault(recipient.proof(&key, "GET", &url, Some(token)));
        let answer = read(&recipient, ACCOUNTS, token, &proof.compact()).await;
        table.holds(name, answer.status == 401, || {
            format!("at an API: {} {}", answer.status, answer.text)
        });
        let refresh = recipient.refresh(tokens.refresh_token.as_deref().unwrap());
        let proof = fault(recipient.proof(&key, "POST", &refresh.url, None));
        let answer = refresh.proving(proof).send().await;
        table.refused(name, &answer, &[400], &["invalid_dpop_proof"]);
    }
    for (name, ath) in [
        ("D03 of another token", json!("x".repeat(43))),
        ("D03 the token itself", json!(token)),
        ("D03 empty", json!("")),
        ("D03 null", Value::Null),
        ("D03 a list", json!(["x"])),
    ] {
        let proof = recipient.proof(&key, "GET", &url, Some(token)).with("ath", ath);
        let answer = read(&recipient, ACCOUNTS, token, &proof.compact()).await;
        table.holds(name, answer.status == 401, || {
            format!("{} {}", answer.status, answer.text)
        });
    }
    let without = recipient.proof(&key, "GET", &url, None).compact();
    let answer = read(&recipient, ACCOUNTS, token, &without).await;
    table.holds("D03 missing", answer.status == 401, || answer.text.clone());
    let good = || recipient.proof(&key, "GET", &url, Some(token)).compact();
    for (name, text) in [
        ("two in one header", format!("{}, {}", good(), good())),
        ("a blank before a part", good().replacen('.', ". ", 1)),
        ("padding", format!("{}=", good())),
        ("JSON", "{}".to_owned()),
        ("nothing", String::new()),
        ("J16 as long as a head may be", "a".repeat(30_000)),
    ] {
        let answer = read(&recipient, ACCOUNTS, token, &text).await;
        table.holds(name, answer.status == 401, || {
            format!("{} {}", answer.status, answer.text)
        });
    }
    table.accepted("as it is", &read(&recipient, ACCOUNTS, token, &good()).await, 200);
    table.done();
}

/// D06, M10, C11: a token that is bound to a key is nobody's bearer token, and one that is bound to a certificate is not
/// opened by a proof.
#[tokio::test]
async fn d06_m10_one_kind_of_binding_does_not_do_for_the_other() {
    let platform = TestPlatform::shared().await;
    let key = Key::p256("a key");
    let (recipient, tokens) = set_up(platform, &key).await;
    let url = format!("{}{ACCOUNTS}", platform.platform.mutual);
    let ask = |token: &str, scheme: &str, proof: Option<String>, over| {
        let mut request = platform
            .platform
            .request(over, Method::GET, &url)
            .header("authorization", format!("{scheme} {token}"));
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        Answer::to(request)
    };
    let own = recipient.connection();
    let proof = |token: &str| Some(recipient.proof(&key, "GET", &url, Some(token)).compact());
    for (scheme, proof) in [
        ("Bearer", None),
        ("Bearer", proof(&tokens.access_token)),
        ("DPoP", None),
    ] {
        ask(&tokens.access_token, scheme, proof, &own)
            .await
            .refused_by_fdx(401, "603");
    }
    // No token is given without the proof, so none is unbound.
    let refresh = recipient.refresh(tokens.refresh_token.as_deref().unwrap());
    refresh.send().await.refused(400, "invalid_dpop_proof");
    recipient
        .post(TOKEN, &[("grant_type", "client_credentials")])
        .send()
        .await
        .refused(400, "invalid_dpop_proof");

    let by_certificate = platform.recipient("fapi2-security").await;
    let shared = platform.share(&by_certificate, &platform.consumer().await).await;
    let token = &shared.tokens.access_token;
    let bare = recipient.without_certificate();
    for scheme in ["Bearer", "DPoP"] {
        ask(token, scheme, proof(token), &bare)
            .await
            .refused_by_fdx(401, "603");
        ask(token, scheme, proof(token), &own)
            .await
            .refused_by_fdx(401, "603");
    }
}
