//! Who a client is: everything that is wrong with its proof, at the PAR and at the token endpoint, each with the status
//! and code that the OpenID suite wants.

use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    jws::{Key, Signature, Token},
    recipient::{Post, Proof, Recipient},
};

use crate::{parties::SCOPE, stage::TestPlatform, table::Table};

const FAPI1: &str = "fapi1-advanced";
const FAPI2: &str = "fapi2-security";

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

/// A request to the token endpoint that needs nothing but the client's proof.
fn client_credentials(recipient: &Recipient) -> Post {
    recipient.post(
        "/fdx/auth/v1/token",
        &[
            ("grant_type", "client_credentials"),
            ("scope", "fdx:accountbasic:read"),
        ],
    )
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

/// C03 and the suite's ensure-client-assertion-in-token-endpoint: exactly the registered method.
#[tokio::test]
async fn c03_a_proof_of_another_kind_is_no_proof() {
    let platform = TestPlatform::shared().await;
    let (asserts, by_certificate) = (
        platform.recipient(FAPI2).await,
        platform.certificate_recipient(FAPI2).await,
    );
    let mut table = Table::default();
    let mut without = client_credentials(&asserts);
    without.assertion = None;
    table.refused(
        "a name alone",
        &without.send().await,
        &[400, 401],
        &["invalid_client", "invalid_request"],
    );
    let mut both = client_credentials(&by_certificate);
    both.assertion = Some(by_certificate.assertion());
    table.refused(
        "an assertion of a client that has a certificate",
        &both.send().await,
        &[401],
        &["invalid_client"],
    );
    let secret = client_credentials(&by_certificate).with("client_secret", "x");
    table.refused("a secret", &secret.send().await, &[401], &["invalid_client"]);
    table.accepted(
        "its certificate",
        &client_credentials(&by_certificate).send().await,
        200,
    );

    let nothing = client_credentials(&by_certificate).over(by_certificate.without_certificate());
    table.refused(
        "no certificate",
        &nothing.send().await,
        &[400, 401],
        &["invalid_client", "invalid_request"],
    );
    let others = client_credentials(&by_certificate).over(asserts.connection());
    table.refused(
        "another's certificate",
        &others.send().await,
        &[401],
        &["invalid_client"],
    );
    // M05: the same subject and name, from an authority that nobody trusts.
    let name = by_certificate.client_id.clone();
    let (certificate, key) = forged_certificate(&platform.platform.clock, &name);
    let forged =
        client_credentials(&by_certificate).over(platform.platform.channel(Some((&certificate, &key))));
    table.refused(
        "M05 a certificate of another authority",
        &forged.send().await,
        &[401],
        &["invalid_client"],
    );
    table.done();
}

fn forged_certificate(clock: &testkit::clock::TestClock, name: &str) -> (Vec<u8>, Vec<u8>) {
    use domain::Clock;
    use mtls::development::{AlternativeName, Authority, Template};
    let template = Template {
        alternative_names: vec![AlternativeName::Dns(format!("{name}.example"))],
        ..Template::client(name, clock.now())
    };
    let issued = Authority::create("Test CA", clock.now())
        .unwrap()
        .issue(&template)
        .unwrap();
    (issued.chain_pem().unwrap(), issued.key_pem().unwrap())
}

/// ensure-client-id-in-token-endpoint
#[tokio::test]
async fn one_clients_proof_with_anothers_name() {
    let platform = TestPlatform::shared().await;
    let (one, other) = (platform.recipient(FAPI2).await, platform.recipient(FAPI2).await);
    client_credentials(&one)
        .with("client_id", &other.client_id)
        .send()
        .await
        .refused(401, "invalid_client");
    let id = other.client_id.clone();
    client_credentials(&one)
        .asserting(|token| token.with("iss", id.clone()).with("sub", id.clone()))
        .with("client_id", &id)
        .send()
        .await
        .refused(401, "invalid_client");
    let (one, other) = (
        platform.certificate_recipient(FAPI2).await,
        platform.certificate_recipient(FAPI2).await,
    );
    client_credentials(&one)
        .with("client_id", &other.client_id)
        .send()
        .await
        .refused(401, "invalid_client");
}

/// ensure-holder-of-key-required: a token is bound to a certificate, so there must be one.
#[tokio::test]
async fn m10_no_token_without_a_certificate_to_bind_it_to() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(FAPI2).await;
    let consumer = platform.consumer().await;
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    let redeem = || recipient.redeem(&code, &pushed.verifier);
    redeem()
        .over(recipient.without_certificate())
        .send()
        .await
        .refused_with(400, &["invalid_client", "invalid_grant", "invalid_request"]);
    let mut public = redeem();
    public.url = public
        .url
        .replace(&recipient.platform.mutual, &recipient.platform.public);
    public
        .send()
        .await
        .refused_with(400, &["invalid_client", "invalid_grant", "invalid_request"]);
    // Its owner can still use it.
    redeem().tokens().await;
}

/// L05, Z03: an unknown client, a known one with a bad proof and a disabled one are told the same.
#[tokio::test]
async fn l05_nobody_learns_which_clients_exist() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(FAPI2).await;
    let broken = client_credentials(&recipient)
        .asserting(|t| t.signed(Signature::Broken(recipient.key.clone(), "ES256")));
    let mut stranger = recipient.clone();
    stranger.client_id = "nobody".into();
    stranger.proves = Proof::PrivateKeyJwt;
    let bodies: Vec<Answer> = vec![broken.send().await, client_credentials(&stranger).send().await];
    for answer in &bodies {
        answer.refused(401, "invalid_client");
        assert_eq!(answer.text, bodies[0].text);
    }
}

/// C10: headers that are none.
#[tokio::test]
async fn c10_a_malformed_authorization_header_is_refused() {
    let platform = TestPlatform::shared().await;
    let bank = platform.bank();
    let plain = platform.platform.channel(None);
    let url = format!("{}/fdx/auth/v1/token", platform.platform.public);
    let encoded = |text: &str| {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        STANDARD.encode(text)
    };
    let good = encoded(&format!("{}:{}", bank.client_id, bank.secret));
    let mut table = Table::default();
    for header in [
        "Basic".to_owned(),
        "Basic ".to_owned(),
        format!("Basic  {good}"),
        format!("Basic\t{good}"),
        format!("Basic{good}"),
        "Basic !!!".to_owned(),
        format!("Basic {}", encoded("portal")),
        format!("Basic {}", encoded("portal:wrong")),
        format!("Basic {}", encoded(":")),
        format!("Bearer {good}"),
        format!("Basic {}", "A".repeat(65_536)),
    ] {
        let request = plain
            .post(&url)
            .header("authorization", &header)
            .form(&[("grant_type", "client_credentials")]);
        let answer = Answer::to(request).await;
        let row: String = header.chars().take(40).collect();
        let fits = [400, 401, 431].contains(&answer.status);
        table.holds(&row, fits && answer.json.get("access_token").is_none(), || {
            format!("{} {}", answer.status, answer.text)
        });
    }
    let twice = plain.post(&url).header("authorization", format!("Basic {good}"));
    let twice = twice
        .header("authorization", format!("Basic {good}"))
        .form(&[("grant_type", "client_credentials")]);
    table.refused(
        "twice",
        &Answer::to(twice).await,
        &[400, 401],
        &["invalid_request", "invalid_client"],
    );
    // C11
    let lower = plain.post(&url).header("authorization", format!("bAsIc {good}"));
    table.accepted(
        "C11",
        &Answer::to(lower.form(&[("grant_type", "client_credentials")])).await,
        200,
    );
    table.done();
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

/// M06: a certificate before and after its time.
#[tokio::test]
async fn m06_a_certificate_counts_in_its_time_alone() {
    use mtls::development::{AlternativeName, Template};
    let platform = TestPlatform::shared().await;
    let recipient = platform.certificate_recipient(FAPI2).await;
    let day = chrono::Duration::days(1);
    let now = platform.now();
    for (name, from, until, status) in [
        ("over", now - day * 3, now - day, 401),
        ("not yet", now + day, now + day * 3, 401),
        ("in its time", now - day, now + day, 200),
    ] {
        let template = Template {
            alternative_names: vec![AlternativeName::Dns(format!("{}.example", recipient.client_id))],
            valid_from: from,
            valid_until: until,
            ..Template::client(&recipient.client_id, now)
        };
        let issued = platform.authority.issue(&template).unwrap();
        let (certificate, key) = (issued.chain_pem().unwrap(), issued.key_pem().unwrap());
        let answer = client_credentials(&recipient)
            .over(platform.platform.channel(Some((&certificate, &key))))
            .send()
            .await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
    }
}

/// RFC8705-2.2: the registered certificate proves its client; one of the same name with another key proves nobody.
#[tokio::test]
async fn a_self_signed_certificate_is_known_by_itself_and_not_by_its_name() {
    use mtls::development::{Authority, KeyKind, Template};
    let platform = TestPlatform::shared().await;
    let template = Template {
        key: KeyKind::P256,
        ..Template::client("self-signed", platform.now())
    };
    let own = Authority::self_signed(&template).unwrap();
    let same_name = Authority::self_signed(&template).unwrap();
    let more = json!({
        "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": {"keys": [certified_jwk(&own)]},
    });
    let mut recipient = platform.recipient_with(FAPI2, Key::p256("signing"), more).await;
    recipient.proves = Proof::Certificate;

    for (name, presented, status) in [("its own", &own, 200), ("another of its name", &same_name, 401)] {
        let (certificate, key) = (presented.chain_pem().unwrap(), presented.key_pem().unwrap());
        let answer = client_credentials(&recipient)
            .over(platform.platform.channel(Some((&certificate, &key))))
            .send()
            .await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
    }
    // One of a trusted authority is no better, nor is none at all.
    client_credentials(&recipient)
        .send()
        .await
        .refused(401, "invalid_client");
    client_credentials(&recipient)
        .over(platform.platform.channel(None))
        .send()
        .await
        .refused(401, "invalid_client");
}

/// The public key of a certificate with the certificate itself, as a client registers it.
fn certified_jwk(issued: &mtls::development::Issued) -> Value {
    use base64::{
        Engine as _,
        engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
    };
    use openssl::bn::{BigNum, BigNumContext};
    let key = issued.key().ec_key().unwrap();
    let (mut x, mut y, mut context) = (
        BigNum::new().unwrap(),
        BigNum::new().unwrap(),
        BigNumContext::new().unwrap(),
    );
    key.public_key()
        .affine_coordinates(key.group(), &mut x, &mut y, &mut context)
        .unwrap();
    let text = |number: &BigNum| URL_SAFE_NO_PAD.encode(number.to_vec_padded(32).unwrap());
    json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "kid": "tls", "x": text(&x), "y": text(&y),
        "x5c": [STANDARD.encode(issued.certificate().to_der().unwrap())],
    })
}
