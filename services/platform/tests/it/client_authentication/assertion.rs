//! `private_key_jwt`: the assertion, claim by claim.

use serde_json::{Value, json};
use testkit::{
    jws::{Key, Signature, Token},
    recipient::{Post, Recipient},
};

use super::{FAPI1, FAPI2, client_credentials};
use crate::{parties::SCOPE, stage::TestPlatform, table::Table};

type Change = fn(Token, &Recipient, i64) -> Token;

/// What is refused whatever the profile.
const REFUSED: &[(&str, Change)] = &[
    (
        "ensure-client-assertion-with-exp-is-5-minutes-in-past-fails",
        |t, _, now| {
            t.with("iat", now - 360)
                .with("nbf", now - 360)
                .with("exp", now - 300)
        },
    ),
    (
        "par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails",
        |t, _, now| {
            t.with("iat", now + 62)
                .with("nbf", now + 62)
                .with("exp", now + 62)
        },
    ),
    ("J20 no exp", |t, _, _| t.without("exp")),
    ("J20 no aud", |t, _, _| t.without("aud")),
    ("J20 no jti", |t, _, _| t.without("jti")),
    ("ensure-client-assertion-with-wrong-aud-fails", |t, _, _| {
        t.with("aud", "https://other.example")
    }),
    ("ensure-client-assertion-with-no-sub-fails", |t, _, _| {
        t.without("sub")
    }),
    ("C01 ensure-client-assertion-with-wrong-sub-fails", |t, _, _| {
        t.with("sub", "somebody")
    }),
    ("C01 ensure-client-assertion-with-wrong-iss-fails", |t, _, _| {
        t.with("iss", "somebody")
    }),
    ("ensure-signed-client-assertion-with-RS256-fails", |t, r, _| {
        t.signed(Signature::By(r.key.clone(), "RS256"))
    }),
    ("J01", |t, _, _| t.signed(Signature::Absent)),
    ("J02", |t, r, _| t.signed(Signature::Hmac(r.key.public_pem()))),
    ("J05", |t, r, _| {
        t.signed(Signature::Broken(r.key.clone(), "PS256"))
    }),
    ("R08 another's key", |t, _, _| {
        t.signed(Signature::By(Key::p256("other"), "ES256"))
    }),
    ("J18 exp 1e300", |t, _, _| t.with("exp", 1e300)),
    ("J18 exp text", |t, _, _| t.with("exp", "1")),
    ("J06 crit", |mut t, _, _| {
        t.header["crit"] = json!(["b64"]);
        t.header["b64"] = json!(true);
        t
    }),
    ("an assertion that lives a day", |t, _, now| {
        t.with("exp", now + 86_400)
    }),
    ("a jti that is no text", |t, _, _| t.with("jti", 7)),
    ("an access token's type", |mut t, _, _| {
        t.header["typ"] = "at+jwt".into();
        t
    }),
];

/// Audiences: what FAPI 1.0 must accept and FAPI 2.0 must refuse (J21).
fn audiences(recipient: &Recipient) -> Vec<(&'static str, Value)> {
    let platform = &recipient.platform;
    vec![
        (
            "test-array-as-audience",
            json!([platform.public, "https://other.example"]),
        ),
        ("array of one", json!([platform.public])),
        (
            "token-endpoint-url-as-audience",
            json!(format!("{}/fdx/auth/v1/token", platform.public)),
        ),
        (
            "the token endpoint's alias",
            json!(format!("{}/fdx/auth/v1/token", platform.mutual)),
        ),
        (
            "par-endpoint-url-as-audience",
            json!(format!("{}/fdx/auth/v1/par", platform.mutual)),
        ),
    ]
}

#[tokio::test]
async fn a_faulty_assertion_is_refused_at_every_endpoint() {
    let platform = TestPlatform::shared().await;
    let now = platform.now().timestamp();
    let mut table = Table::default();
    for profile in [FAPI1, FAPI2] {
        let recipient = platform.rsa_recipient(profile).await;
        for (name, change) in REFUSED {
            let row = format!("{profile}: {name}");
            let push = recipient
                .push(SCOPE)
                .posting(|post| post.asserting(|token| change(token, &recipient, now)));
            table.refused(
                &format!("{row} at PAR"),
                &push.send().await,
                &[400, 401],
                &["invalid_client", "invalid_request"],
            );
            for (path, form) in [
                ("/fdx/auth/v1/token", [("grant_type", "client_credentials")]),
                ("/fdx/auth/v1/introspect", [("token", "x")]),
                ("/fdx/auth/v1/revoke", [("token", "x")]),
            ] {
                let post = recipient
                    .post(path, &form)
                    .asserting(|token| change(token, &recipient, now));
                let answer = post.send().await;
                table.refused(
                    &format!("{row} at {path}"),
                    &answer,
                    &[400, 401],
                    &["invalid_client", "invalid_request"],
                );
                table.holds(
                    &row,
                    answer.status == 401 || answer.json["error"] == "invalid_request",
                    || answer.text.clone(),
                );
            }
        }
        table.accepted(profile, &client_credentials(&recipient).send().await, 200);
    }
    table.done();
}

#[tokio::test]
async fn j21_an_audience_is_what_the_profile_says() {
    let platform = TestPlatform::shared().await;
    let mut table = Table::default();
    let recipient = platform.recipient(FAPI2).await;
    for (name, audience) in audiences(&recipient) {
        let with = |post: Post| post.asserting(|token| token.with("aud", audience.clone()));
        let answer = recipient.push(SCOPE).posting(with).send().await;
        table.refused(name, &answer, &[400, 401], &["invalid_client", "invalid_request"]);
        table.refused(
            name,
            &with(client_credentials(&recipient)).send().await,
            &[400, 401],
            &["invalid_client", "invalid_request"],
        );
    }
    let recipient = platform.recipient(FAPI1).await;
    for (name, audience) in audiences(&recipient) {
        let with = |post: Post| post.asserting(|token| token.with("aud", audience.clone()));
        table.accepted(name, &recipient.push(SCOPE).posting(with).send().await, 201);
        if !name.starts_with("par-") {
            table.accepted(name, &with(client_credentials(&recipient)).send().await, 200);
        }
    }
    table.done();
}

/// The suite's own clock may be a little ahead of ours.
#[tokio::test]
async fn an_assertion_eight_seconds_ahead_is_accepted() {
    let platform = TestPlatform::shared().await;
    let now = platform.now().timestamp();
    for profile in [FAPI1, FAPI2] {
        let recipient = platform.recipient(profile).await;
        let ahead = |post: Post| post.asserting(|token| token.with("iat", now + 8).with("nbf", now + 8));
        recipient.push(SCOPE).posting(ahead).send().await.expect(201);
    }
}

/// J23
#[tokio::test]
async fn j23_an_assertion_is_good_once_whatever_it_is_used_for() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(FAPI2).await;
    let once = client_credentials(&recipient);
    once.send().await.expect(200);
    once.send().await.refused(401, "invalid_client");
    let assertion = once.assertion.clone();
    for path in ["/fdx/auth/v1/introspect", "/fdx/auth/v1/revoke"] {
        let mut again = recipient.post(path, &[("token", "x")]);
        again.assertion.clone_from(&assertion);
        again.send().await.refused(401, "invalid_client");
    }
    let mut push = recipient.push(SCOPE);
    push.post.assertion = assertion;
    push.send().await.refused_with(401, &["invalid_client"]);
}

/// Two clients may name their assertions alike.
#[tokio::test]
async fn a_jti_is_the_clients_own() {
    let platform = TestPlatform::shared().await;
    for recipient in [platform.recipient(FAPI2).await, platform.recipient(FAPI2).await] {
        client_credentials(&recipient)
            .asserting(|token| token.with("jti", "1"))
            .send()
            .await
            .expect(200);
    }
}

/// J08, J16, J25: texts that are no compact JWS, or are one in more than one spelling.
#[tokio::test]
async fn j25_an_assertion_has_one_spelling() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(FAPI2).await;
    let compact = recipient.assertion().compact();
    let (head, rest) = compact.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    let json =
        json!({"payload": payload, "signatures": [{"protected": head, "signature": signature}]}).to_string();
    let texts = [
        ("J08 general JSON", json),
        (
            "J08 flattened JSON",
            json!({"payload": payload, "protected": head, "signature": signature}).to_string(),
        ),
        ("J16 dots", ".".repeat(30_000)),
        (
            "J16 a long header",
            format!("{}.{payload}.{signature}", "A".repeat(40_000)),
        ),
        ("J25 padding", format!("{head}=.{payload}.{signature}")),
        ("J25 a newline at the end", format!("{compact}\n")),
        ("J25 a blank before", format!(" {compact}")),
        ("a part too many", format!("{compact}.{signature}")),
        ("a part too few", format!("{head}.{payload}")),
        ("nothing between", "..".to_owned()),
    ];
    let mut table = Table::default();
    for (name, text) in texts {
        let mut post = client_credentials(&recipient);
        post.assertion = None;
        let post = post
            .with(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            )
            .with("client_assertion", &text);
        table.refused(
            name,
            &post.send().await,
            &[400, 401],
            &["invalid_client", "invalid_request"],
        );
    }
    // The one spelling was not spent by all that.
    let mut post = client_credentials(&recipient);
    post.assertion = None;
    let post = post
        .with(
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        )
        .with("client_assertion", &compact);
    table.accepted("as it is", &post.send().await, 200);
    table.done();
}
