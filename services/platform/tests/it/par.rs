//! `POST /fdx/auth/v1/par`: everything that the OpenID suite sends there and everything that an attacker might, each
//! with exactly the status and code that it must have.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    jws::{Key, Signature, Token},
    recipient::{Push, Recipient},
};

use crate::{parties::SCOPE, stage::TestPlatform, table::Table};

/// What some rows need beside the recipient itself.
struct Others {
    stranger: Recipient,
    strangers_key: Key,
    now: i64,
}

type Change = fn(Push, &Recipient, &Others) -> Push;

struct Row {
    name: &'static str,
    profiles: &'static [&'static str],
    change: Change,
    errors: &'static [&'static str],
}

const FAPI1: &[&str] = &["fapi1-advanced"];
const SIGNED: &[&str] = &["fapi1-advanced", "fapi2-message-signing"];
const ALL: &[&str] = &["fapi1-advanced", "fapi2-message-signing", "fapi2-security"];
const OBJECT: &[&str] = &["invalid_request_object"];
const REQUEST: &[&str] = &["invalid_request"];
const EITHER: &[&str] = &["invalid_request", "invalid_request_object"];

macro_rules! rows {
    ($($name:literal, $profiles:ident, $errors:expr, $change:expr;)*) => {
        &[$(Row { name: $name, profiles: $profiles, errors: $errors, change: $change }),*]
    };
}

/// Changes the request by a function on its token.
fn asking(push: Push, change: impl FnOnce(Token) -> Token) -> Push {
    push.asking(change)
}

const ROWS: &[Row] = rows! {
    "ensure-request-object-without-exp-fails", SIGNED, OBJECT, |p, _, _| asking(p, |t| t.without("exp"));
    "ensure-request-object-without-nbf-fails", SIGNED, OBJECT, |p, _, _| asking(p, |t| t.without("nbf"));
    "ensure-expired-request-object-fails", SIGNED, OBJECT,
        |p, _, o| { let now = o.now; asking(p, |t| t.with("nbf", now - 600).with("exp", now - 300)) };
    "ensure-request-object-with-bad-aud-fails", SIGNED, OBJECT, |p, _, _| asking(p, |t| t.with("aud", "https://other.example"));
    "J20 no aud", SIGNED, OBJECT, |p, _, _| asking(p, |t| t.without("aud"));
    "par-pushed-authorization-url-as-audience-in-request-object", SIGNED, OBJECT,
        |p, r, _| { let url = format!("{}/fdx/auth/v1/par", r.platform.mutual); asking(p, |t| t.with("aud", url)) };
    "ensure-request-object-with-exp-over-60-fails", SIGNED, OBJECT, |p, _, o| { let now = o.now; asking(p, |t| t.with("exp", now + 70 * 60)) };
    "ensure-request-object-with-nbf-over-60-fails", SIGNED, OBJECT, |p, _, o| { let now = o.now; asking(p, |t| t.with("nbf", now - 70 * 60)) };
    "nbf a minute ahead", SIGNED, OBJECT, |p, _, o| { let now = o.now; asking(p, |t| t.with("nbf", now + 62)) };
    "ensure-signed-request-object-with-RS256-fails", SIGNED, OBJECT,
        |p, r, _| { let key = r.key.clone(); asking(p, |t| t.signed(Signature::By(key, "RS256"))) };
    "J01 ensure-request-object-signature-algorithm-is-not-none", SIGNED, OBJECT, |p, _, _| asking(p, |t| t.signed(Signature::Absent));
    "J01 alg NoNe", SIGNED, OBJECT, |p, _, _| asking(p, |t| { let mut t = t.signed(Signature::Absent); t.header["alg"] = "NoNe".into(); t });
    "J02 HS256 with the public key", SIGNED, OBJECT,
        |p, r, _| { let pem = r.key.public_pem(); asking(p, |t| t.signed(Signature::Hmac(pem))) };
    "ensure-request-object-with-invalid-signature-fails", SIGNED, OBJECT,
        |p, r, _| { let key = r.key.clone(); asking(p, |t| t.signed(Signature::Broken(key, "PS256"))) };
    "R08 ensure-matching-key-in-authorization-request", SIGNED, OBJECT,
        |p, _, o| { let key = o.strangers_key.clone(); asking(p, |t| t.signed(Signature::By(key, "ES256"))) };
    "J03 key in the header", SIGNED, OBJECT, |p, _, o| {
        let key = o.strangers_key.clone();
        asking(p, |t| { let mut t = t.signed(Signature::By(key.clone(), "ES256")); t.header["jwk"] = key.public_jwk(); t })
    };
    "J06 unknown crit", SIGNED, OBJECT, |p, _, _| asking(p, |mut t| { t.header["crit"] = json!(["x"]); t.header["x"] = json!(1); t });
    "J06 empty crit", SIGNED, OBJECT, |p, _, _| asking(p, |mut t| { t.header["crit"] = json!([]); t });
    "J18 exp of another kind", SIGNED, OBJECT, |p, _, _| asking(p, |t| t.with("exp", "1"));
    "J18 exp beyond all", SIGNED, OBJECT, |p, _, _| asking(p, |t| t.with("exp", 1e300));
    "J18 exp of u64", SIGNED, OBJECT, |p, _, _| asking(p, |t| t.with("exp", u64::MAX));
    "J18 exp true", SIGNED, OBJECT, |p, _, _| asking(p, |t| t.with("exp", true));
    "J18 exp null", SIGNED, OBJECT, |p, _, _| asking(p, |t| t.with("exp", Value::Null));
    "an assertion as request object", SIGNED, OBJECT,
        |p, r, _| { let sub = r.client_id.clone(); asking(p, |t| t.with("sub", sub)) };
    "another type of JWT", SIGNED, OBJECT, |p, _, _| asking(p, |mut t| { t.header["typ"] = "at+jwt".into(); t });
    "R03 another iss", SIGNED, EITHER, |p, _, o| { let id = o.stranger.client_id.clone(); asking(p, |t| t.with("iss", id)) };
    "R03 another client_id inside", SIGNED, EITHER, |p, _, o| { let id = o.stranger.client_id.clone(); asking(p, |t| t.with("client_id", id)) };
    "R01 ensure-unsigned-request-at-par-endpoint-fails", SIGNED, REQUEST, |p, _, _| p.unsigned();
    "R06 par-authorization-request-containing-request_uri", SIGNED, OBJECT,
        |p, _, _| asking(p, |t| t.with("request_uri", "urn:ietf:params:oauth:request_uri:x"));
    "R06 request inside request", SIGNED, OBJECT, |p, _, _| asking(p, |t| t.with("request", "x.y.z"));
    "P05 par-authorization-request-containing-request_uri-form-param", ALL, REQUEST,
        |p, _, _| p.posting(|post| post.with("request_uri", "urn:ietf:params:oauth:request_uri:x"));
    "ensure-request-object-without-redirect-uri-fails", ALL, EITHER, |p, _, _| asking(p, |t| t.without("redirect_uri"));
    "ensure-registered-redirect-uri", ALL, EITHER, |p, _, _| asking(p, |t| t.with("redirect_uri", "https://unregistered.example/callback"));
    "U01 a longer redirect_uri", ALL, EITHER, |p, r, _| { let u = format!("{}/..", r.redirect_uri); asking(p, |t| t.with("redirect_uri", u)) };
    "U01 with a query", ALL, EITHER, |p, r, _| { let u = format!("{}?a=b", r.redirect_uri); asking(p, |t| t.with("redirect_uri", u)) };
    "U02 user information", ALL, EITHER, |p, r, _| { let u = r.redirect_uri.replace("https://", "https://x@"); asking(p, |t| t.with("redirect_uri", u)) };
    "U03 capitals", ALL, EITHER, |p, r, _| { let u = r.redirect_uri.replace("https", "HTTPS"); asking(p, |t| t.with("redirect_uri", u)) };
    "U03 default port", ALL, EITHER, |p, r, _| { let u = r.redirect_uri.replace(".example/", ".example:443/"); asking(p, |t| t.with("redirect_uri", u)) };
    "U06 javascript", ALL, EITHER, |p, _, _| asking(p, |t| t.with("redirect_uri", "javascript:alert(1)"));
    "ensure-response-type-token-fails", ALL, &["unsupported_response_type", "invalid_request"], |p, _, _| asking(p, |t| t.with("response_type", "token"));
    "R11 no response_type", ALL, REQUEST, |p, _, _| asking(p, |t| t.without("response_type"));
    "R11 every response type at once", ALL, &["unsupported_response_type"], |p, _, _| asking(p, |t| t.with("response_type", "code id_token token"));
    "ensure-response-mode-query", FAPI1, EITHER, |p, _, _| asking(p, |t| t.with("response_mode", "query"));
    "ensure-response-type-code-fails", FAPI1, &["unsupported_response_type", "invalid_request"], |p, _, _| asking(p, |t| t.with("response_type", "code"));
    "form_post", ALL, REQUEST, |p, _, _| asking(p, |t| t.with("response_mode", "form_post"));
    "ensure-request-object-without-scope-fails", ALL, EITHER, |p, _, _| asking(p, |t| t.without("scope"));
    "ensure-request-object-without-nonce-fails", FAPI1, EITHER, |p, _, _| asking(p, |t| t.without("nonce"));
    "an unknown scope", ALL, &["invalid_scope"], |p, _, _| asking(p, |t| t.with("scope", "openid everything"));
    "a scope that is not registered", ALL, &["invalid_scope"], |p, _, _| asking(p, |t| t.with("scope", "fdx:tax:read"));
    "X06 a scope of the bank", ALL, &["invalid_scope"], |p, _, _| asking(p, |t| t.with("scope", "external:resources:write"));
    "C13 100,000 scopes", ALL, &["invalid_scope", "invalid_request", "invalid_request_object"], |p, _, _| asking(p, |t| t.with("scope", "x ".repeat(10_000)));
    "P10 par-ensure-pkce-required", ALL, REQUEST, |p, _, _| asking(p, |t| t.without("code_challenge").without("code_challenge_method"));
    "P10 par-plain-pkce-rejected", ALL, REQUEST, |p, _, _| asking(p, |t| t.with("code_challenge_method", "plain"));
    "P10 challenge without method", ALL, REQUEST, |p, _, _| asking(p, |t| t.without("code_challenge_method"));
    "P10 method without challenge", ALL, REQUEST, |p, _, _| asking(p, |t| t.without("code_challenge"));
    "P10 a challenge that is none", ALL, REQUEST, |p, _, _| asking(p, |t| t.with("code_challenge", "short"));
    "R10 scope as an array", SIGNED, EITHER, |p, _, _| asking(p, |t| t.with("scope", json!(["openid"])));
    "R10 state as a number", SIGNED, EITHER, |p, _, _| asking(p, |t| t.with("state", 1));
    "R10 redirect_uri as an array", SIGNED, EITHER, |p, r, _| { let u = r.redirect_uri.clone(); asking(p, |t| t.with("redirect_uri", json!([u]))) };
    "R10 an empty nonce", SIGNED, EITHER, |p, _, _| asking(p, |t| t.with("nonce", ""));
    "a state that is too long", ALL, EITHER, |p, _, _| asking(p, |t| t.with("state", "s".repeat(3000)));
    "O23 prompt=none", ALL, &["login_required", "consent_required", "interaction_required", "invalid_request"], |p, _, _| asking(p, |t| t.with("prompt", "none"));
    "authorization_details that are no JSON", ALL, &["invalid_authorization_details", "invalid_request"], |p, _, _| asking(p, |t| t.with("authorization_details", "{"));
    "authorization_details of another type", ALL, &["invalid_authorization_details"],
        |p, _, _| asking(p, |t| t.with("authorization_details", json!([{"type": "other"}])));
    "O21 clusters that the scope lacks", ALL, &["invalid_scope", "invalid_authorization_details"],
        |p, _, _| asking(p, |t| t.with("authorization_details", details(&["ACCOUNT_BASIC", "TRANSACTIONS", "BALANCES"], 90)));
    "O21 scopes that the clusters lack", ALL, &["invalid_scope", "invalid_authorization_details"],
        |p, _, _| asking(p, |t| t.with("authorization_details", details(&["ACCOUNT_BASIC"], 90)));
    "a consent of more than 365 days", ALL, &["invalid_authorization_details"],
        |p, _, _| asking(p, |t| t.with("authorization_details", details(&["ACCOUNT_BASIC", "TRANSACTIONS"], 366)));
    "J28 authorization_details 200 levels deep", ALL, &["invalid_authorization_details", "invalid_request", "invalid_request_object"],
        |p, _, _| asking(p, |t| t.with("authorization_details", "[".repeat(200) + &"]".repeat(200)));
};

fn details(clusters: &[&str], days: u32) -> Value {
    json!([{"type": "fdx_v1.0", "consentRequest": {
        "durationType": "TIME_BOUND", "durationPeriod": days, "lookbackPeriod": 30,
        "resources": [{"resourceType": "ACCOUNT", "dataClusters": clusters}],
    }}])
}

#[tokio::test]
async fn every_faulty_request_is_refused_with_its_own_code() {
    let platform = TestPlatform::shared().await;
    let stranger = platform.recipient("fapi2-message-signing").await;
    let mut table = Table::default();
    for profile in ALL {
        let recipient = platform.rsa_recipient(profile).await;
        let others = Others {
            strangers_key: stranger.key.clone(),
            stranger: stranger.clone(),
            now: platform.now().timestamp(),
        };
        for row in ROWS.iter().filter(|row| row.profiles.contains(profile)) {
            let push = (row.change)(recipient.push(SCOPE), &recipient, &others);
            let answer = push.send().await;
            table.refused(&format!("{profile}: {}", row.name), &answer, &[400], row.errors);
        }
        // None of it left the recipient unable to ask.
        table.accepted(profile, &recipient.push(SCOPE).send().await, 201);
    }
    table.done();
}

/// Name, profiles, and what is changed at which instant.
type Accepted = (
    &'static str,
    &'static [&'static str],
    fn(Push, &Recipient, i64) -> Push,
);

#[tokio::test]
async fn what_the_suite_wants_accepted_is_accepted() {
    let platform = TestPlatform::shared().await;
    let now = platform.now().timestamp();
    let mut table = Table::default();
    let rows: &[Accepted] = &[
        ("as it is", ALL, |p, _, _| p),
        (
            "J21 ensure-request-object-with-multiple-aud-succeeds",
            SIGNED,
            |p, r, _| {
                let aud = json!([r.platform.public, "https://other.example"]);
                p.asking(|t| t.with("aud", aud))
            },
        ),
        (
            "ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted",
            SIGNED,
            |p, _, now| p.asking(|t| t.with("nbf", now + 8)),
        ),
        ("typ in mixed case", SIGNED, |p, _, _| {
            p.asking(|mut t| {
                t.header["typ"] = "OAuth-Authz-Req+JWT".into();
                t
            })
        }),
        ("no typ", SIGNED, |p, _, _| {
            p.asking(|mut t| {
                t.header.as_object_mut().unwrap().remove("typ");
                t
            })
        }),
        ("no kid", SIGNED, |p, _, _| {
            p.asking(|mut t| {
                t.header.as_object_mut().unwrap().remove("kid");
                t
            })
        }),
        (
            "ensure-authorization-request-without-state-success",
            ALL,
            |p, _, _| p.asking(|t| t.without("state")),
        ),
        (
            "ensure-authorization-request-without-nonce-success",
            &["fapi2-security", "fapi2-message-signing"],
            |p, _, _| p.asking(|t| t.without("nonce")),
        ),
        ("a nonce of 384 characters", ALL, |p, _, _| {
            p.asking(|t| t.with("nonce", "n".repeat(384)))
        }),
        ("a state of 1000 characters", ALL, |p, _, _| {
            p.asking(|t| t.with("state", "s".repeat(1000)))
        }),
        ("a state of unreserved characters", ALL, |p, _, _| {
            p.asking(|t| t.with("state", "a1-._~"))
        }),
        ("ensure-other-scope-order-succeeds", ALL, |p, _, _| {
            p.asking(|t| t.with("scope", "fdx:transactions:read fdx:accountbasic:read openid"))
        }),
        ("openid alone", ALL, |p, _, _| {
            p.asking(|t| t.with("scope", "openid"))
        }),
        ("prompt=consent with offline_access", ALL, |p, _, _| {
            p.asking(|t| {
                t.with("prompt", "consent")
                    .with("scope", "openid offline_access fdx:accountbasic:read")
            })
        }),
        ("authorization_details", ALL, |p, _, _| {
            p.asking(|t| {
                t.with(
                    "authorization_details",
                    details(&["ACCOUNT_BASIC", "TRANSACTIONS"], 365),
                )
            })
        }),
        ("parameters of others", ALL, |p, _, _| {
            p.asking(|t| t.with("claims", json!({})).with("x_unknown", "y"))
        }),
    ];
    for profile in ALL {
        for recipient in [
            platform.rsa_recipient(profile).await,
            platform.recipient(profile).await,
        ] {
            for (name, profiles, change) in rows {
                if profiles.contains(profile) {
                    let answer = change(recipient.push(SCOPE), &recipient, now).send().await;
                    table.accepted(
                        &format!("{profile}, {}: {name}", recipient.key.algorithm()),
                        &answer,
                        201,
                    );
                    let lives = answer.json["expires_in"].as_i64().unwrap_or_default();
                    table.holds(name, (5..=120).contains(&lives), || format!("expires_in {lives}"));
                }
            }
        }
    }
    table.done();
}

/// P06: only POST; a body that is too large is refused.
#[tokio::test]
async fn p06_only_a_post_of_bounded_size() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient("fapi2-security").await;
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = recipient.push(SCOPE).posting(|post| post.by(method)).send().await;
        assert_eq!(answer.status, 405, "{}", answer.text);
        assert!(answer.header("allow").contains("POST"), "{:?}", answer.headers);
    }
    let large = recipient
        .push(SCOPE)
        .posting(|post| post.with("padding", &"x".repeat(100_000)))
        .send()
        .await;
    assert_eq!(large.status, 413, "{}", large.text);
    let huge = recipient
        .push(SCOPE)
        .posting(|post| post.with("padding", &"x".repeat(3_000_000)));
    // Cut off while it is still being sent, or answered.
    let outcome = tokio::spawn(async move { huge.send().await.status }).await;
    assert!(outcome.is_err() || outcome.is_ok_and(|status| status == 413));
    recipient.push(SCOPE).send().await.expect(201);
}

/// U08: a parameter that is there twice.
#[tokio::test]
async fn u08_a_repeated_parameter_is_refused() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient("fapi2-security").await;
    for name in ["redirect_uri", "scope", "client_id", "grant_type"] {
        let mut push = recipient.push(SCOPE).unsigned();
        push.post.form.push((name.into(), "https://x.example/".into()));
        push.post.form.push((name.into(), "https://x.example/".into()));
        // Sent as it stands: the form would otherwise replace the parameter.
        push.post.send().await.refused(400, "invalid_request");
    }
}

/// A body of another kind is not a form.
#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient("fapi2-security").await;
    let url = format!("{}/fdx/auth/v1/par", recipient.platform.mutual);
    for (kind, body) in [
        ("application/json", "{}"),
        ("text/plain", "a=b"),
        ("multipart/form-data; boundary=x", "--x--"),
    ] {
        let request = recipient
            .connection()
            .post(&url)
            .header("content-type", kind)
            .body(body);
        testkit::answer::Answer::to(request)
            .await
            .refused(400, "invalid_request");
    }
}
