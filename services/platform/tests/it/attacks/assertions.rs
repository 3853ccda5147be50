//! Client assertions, and what passes itself off as one.

use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    jws::{Key, Signature, Token},
    recipient::{Post, Recipient},
};

use crate::{parties::SCOPE, stage::TestPlatform, table::Table};

const PROFILE: &str = "fapi2-security";
const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const REFUSALS: &[&str] = &["invalid_client", "invalid_request"];

/// A request that needs nothing but the client's proof.
fn post(recipient: &Recipient) -> Post {
    recipient.post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
}

/// The same with that text as the assertion.
fn asserting(recipient: &Recipient, text: &str) -> Post {
    let mut post = post(recipient);
    post.assertion = None;
    post.with("client_assertion_type", KIND)
        .with("client_assertion", text)
}

/// C01: who says that they are one client, and another, and a third.
#[tokio::test]
async fn c01_issuer_subject_and_client_id_are_one() {
    let platform = TestPlatform::shared().await;
    let (recipient, other) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    let (own, theirs) = (recipient.client_id.clone(), other.client_id.clone());
    let claims =
        |iss: Value, sub: Value| post(&recipient).asserting(|token| token.with("iss", iss).with("sub", sub));
    let rows: Vec<(&str, Post)> = vec![
        ("another sub", claims(json!(own), json!(theirs))),
        ("another iss", claims(json!(theirs), json!(own))),
        ("both another's", claims(json!(theirs), json!(theirs))),
        (
            "both another's, and its name",
            claims(json!(theirs), json!(theirs)).with("client_id", &theirs),
        ),
        ("another client_id", post(&recipient).with("client_id", &theirs)),
        (
            "in capitals",
            claims(json!(own.to_uppercase()), json!(own.to_uppercase())),
        ),
        (
            "client_id in capitals",
            post(&recipient).with("client_id", &own.to_uppercase()),
        ),
        (
            "with a blank",
            claims(json!(format!("{own} ")), json!(format!("{own} "))),
        ),
        (
            "client_id with a blank",
            post(&recipient).with("client_id", &format!(" {own}")),
        ),
        (
            "with a NUL",
            claims(json!(format!("{own}\0")), json!(format!("{own}\0"))),
        ),
        ("a list", claims(json!([own]), json!([own]))),
        ("a list of both", claims(json!(own), json!([own, theirs]))),
        ("an object", claims(json!({"id": own}), json!(own))),
        ("no iss", post(&recipient).asserting(|token| token.without("iss"))),
        ("no sub", post(&recipient).asserting(|token| token.without("sub"))),
        (
            "neither",
            post(&recipient).asserting(|token| token.without("sub").without("iss")),
        ),
        (
            "an iss of the server",
            claims(json!(platform.platform.public), json!(own)),
        ),
    ];
    let mut table = Table::default();
    for (name, post) in rows {
        table.refused(name, &post.send().await, &[400, 401], REFUSALS);
    }
    table.accepted("as it is", &post(&recipient).send().await, 200);
    table.done();
}

/// J01, J02, J03, J05, J06, R08: every way to sign it that is none, for each kind of key.
#[tokio::test]
async fn j01_j02_j03_j05_j06_r08_a_forged_assertion_proves_nobody() {
    let platform = TestPlatform::shared().await;
    let mut table = Table::default();
    for recipient in [
        platform.recipient(PROFILE).await,
        platform.rsa_recipient(PROFILE).await,
    ] {
        let key = recipient.key.clone();
        let other = Key::p256("signing");
        let algorithm = key.algorithm();
        let other_algorithm = if algorithm == "ES256" { "PS256" } else { "ES256" };
        let with_header = |name: &str, value: Value, token: Token| {
            let mut token = token;
            token.header[name] = value;
            token
        };
        let own = || recipient.assertion();
        let attackers = || own().signed(Signature::By(other.clone(), "ES256"));
        let header_says = |alg: &str, token: Token| with_header("alg", json!(alg), token);
        let jwk_text = key.public_jwk().to_string().into_bytes();
        let rows: Vec<(&str, Token)> = vec![
            ("J01 none", own().signed(Signature::Absent)),
            ("J01 NONE", header_says("NONE", own().signed(Signature::Absent))),
            ("J01 empty", header_says("", own().signed(Signature::Absent))),
            ("J01 none over a signature", header_says("none", own())),
            (
                "J02 HMAC with the PEM",
                own().signed(Signature::Hmac(key.public_pem())),
            ),
            ("J02 HMAC with the JWK", own().signed(Signature::Hmac(jwk_text))),
            (
                "J02 HMAC with nothing",
                own().signed(Signature::Hmac(b"\0".to_vec())),
            ),
            (
                "J02 another algorithm in the header",
                header_says(other_algorithm, own()),
            ),
            ("RS256", header_says("RS256", own())),
            ("ES256K", header_says("ES256K", own())),
            (
                "an algorithm that is a number",
                with_header("alg", json!(256), own()),
            ),
            (
                "an algorithm that is a list",
                with_header("alg", json!([algorithm]), own()),
            ),
            ("another's key", attackers()),
            ("J03 jwk", with_header("jwk", other.public_jwk(), attackers())),
            (
                "J03 jku",
                with_header("jku", json!("https://evil.example/jwks"), attackers()),
            ),
            (
                "J03 x5u",
                with_header("x5u", json!("https://evil.example/x"), attackers()),
            ),
            ("J03 x5c", with_header("x5c", json!(["MIIB"]), attackers())),
            (
                "J03 a kid that is a path",
                with_header(
                    "kid",
                    json!("../../dev/null"),
                    own().signed(Signature::Hmac(vec![0])),
                ),
            ),
            (
                "J03 a kid that is SQL",
                with_header("kid", json!("' OR 1=1 --"), attackers()),
            ),
            (
                "J05 a signature of other text",
                own().signed(Signature::Broken(key.clone(), algorithm)),
            ),
            ("J06 crit", with_header("crit", json!(["exp"]), own())),
            ("J06 crit empty", with_header("crit", json!([]), own())),
            ("J06 crit text", with_header("crit", json!("exp"), own())),
            ("no header at all", {
                let mut token = own();
                token.header = json!({});
                token
            }),
            ("a header that is a list", {
                let mut token = own();
                token.header = json!([]);
                token
            }),
        ];
        for (name, token) in rows {
            let answer = post(&recipient).asserting(|_| token).send().await;
            table.refused(&format!("{algorithm}: {name}"), &answer, &[400, 401], REFUSALS);
        }
        let compact = own().compact();
        let (signed, signature) = compact.rsplit_once('.').unwrap();
        for (name, text) in [
            ("J05 no signature", format!("{signed}.")),
            (
                "J05 half a signature",
                format!("{signed}.{}", &signature[..signature.len() / 2]),
            ),
            ("J05 zeros", format!("{signed}.{}", "A".repeat(86))),
            ("J05 a signature and more", format!("{compact}AAAA")),
            ("J25 a blank within", compact.replacen('.', " .", 1)),
            (
                "J25 other letters of base64",
                compact.replace('-', "+").replace('_', "/") + "+",
            ),
            ("two in one", format!("{compact},{compact}")),
            ("a JWE's five parts", format!("{compact}.{signature}.{signature}")),
        ] {
            let answer = asserting(&recipient, &text).send().await;
            table.refused(&format!("{algorithm}: {name}"), &answer, &[400, 401], REFUSALS);
        }
        table.accepted(algorithm, &post(&recipient).send().await, 200);
    }
    table.done();
}

/// A token of the same client, signed with the same key, for another purpose (RFC8725-3.11).
#[tokio::test]
async fn c03_what_was_signed_for_something_else_is_no_assertion() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient("fapi2-message-signing").await;
    let shared = platform.share(&recipient, &platform.consumer().await).await;
    let url = format!("{}/fdx/auth/v1/token", platform.platform.mutual);
    let object = recipient.push(SCOPE).request;
    let with_sub = object
        .clone()
        .with("sub", recipient.client_id.clone())
        .with("jti", "x");
    let proof = recipient.proof(&recipient.key, "POST", &url, None);
    let claims = recipient.assertion().claims;
    let rows = [
        ("a request object", object.compact()),
        ("a request object that says it is the client", with_sub.compact()),
        ("a DPoP proof", proof.compact()),
        (
            "an assertion's claims in a DPoP proof",
            Token::new(&recipient.key, "dpop+jwt", claims.clone()).compact(),
        ),
        (
            "an assertion's claims in a request object",
            Token::new(&recipient.key, "oauth-authz-req+jwt", claims.clone()).compact(),
        ),
        (
            "an assertion's claims in a logout token",
            Token::new(&recipient.key, "logout+jwt", claims).compact(),
        ),
        ("the access token", shared.tokens.access_token.clone()),
        (
            "the id_token",
            shared.tokens.json["id_token"].as_str().unwrap().to_owned(),
        ),
    ];
    let mut table = Table::default();
    for (name, text) in rows {
        let answer = asserting(&recipient, &text).send().await;
        table.refused(name, &answer, &[400, 401], REFUSALS);
    }
    // And the other way round.
    let mut push = recipient.push(SCOPE);
    push.request = recipient.assertion();
    table.refused(
        "an assertion as request object",
        &push.send().await,
        &[400],
        &["invalid_request_object"],
    );
    table.done();
}

/// J18, J20, J21, R10: claims that are missing, of another type, or beyond all measure.
#[tokio::test]
async fn j18_j20_j21_r10_claims_are_there_and_what_they_should_be() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let now = platform.now().timestamp();
    let issuer = platform.platform.public.clone();
    let rows: Vec<(&str, &str, Option<Value>)> = vec![
        ("no exp", "exp", None),
        ("no aud", "aud", None),
        ("no jti", "jti", None),
        ("exp as text", "exp", Some(json!((now + 60).to_string()))),
        ("exp of u64", "exp", Some(json!(u64::MAX))),
        ("exp of 1e300", "exp", Some(json!(1e300))),
        ("exp below nothing", "exp", Some(json!(-1))),
        ("exp null", "exp", Some(Value::Null)),
        ("exp true", "exp", Some(json!(true))),
        ("exp in a list", "exp", Some(json!([now + 60]))),
        ("exp in milliseconds", "exp", Some(json!((now + 60) * 1000))),
        ("exp a day ahead", "exp", Some(json!(now + 86_400))),
        ("exp now", "exp", Some(json!(now))),
        ("nbf as text", "nbf", Some(json!("0"))),
        ("nbf a minute ahead", "nbf", Some(json!(now + 61))),
        ("iat a minute ahead", "iat", Some(json!(now + 61))),
        ("iat of 1e300", "iat", Some(json!(1e300))),
        ("J21 an array of our issuer", "aud", Some(json!([issuer]))),
        (
            "J21 our issuer and another",
            "aud",
            Some(json!([issuer, "https://evil.example"])),
        ),
        (
            "J21 the issuer and a slash",
            "aud",
            Some(json!(format!("{issuer}/"))),
        ),
        (
            "J21 the issuer in capitals",
            "aud",
            Some(json!(issuer.to_uppercase())),
        ),
        (
            "J21 the issuer's beginning",
            "aud",
            Some(json!(issuer[..issuer.len() - 1].to_owned())),
        ),
        (
            "J21 the mutual host",
            "aud",
            Some(json!(platform.platform.mutual)),
        ),
        ("J21 an empty list", "aud", Some(json!([]))),
        ("J21 no text", "aud", Some(json!(""))),
        ("jti empty", "jti", Some(json!(""))),
        ("jti a number", "jti", Some(json!(1))),
        ("jti null", "jti", Some(Value::Null)),
        ("jti a list", "jti", Some(json!(["x"]))),
    ];
    let mut table = Table::default();
    for (name, claim, value) in rows {
        let change = |token: Token| match value {
            Some(value) => token.with(claim, value),
            None => token.without(claim),
        };
        let answer = post(&recipient).asserting(change).send().await;
        table.refused(name, &answer, &[400, 401], REFUSALS);
    }
    table.accepted("as it is", &post(&recipient).send().await, 200);
    table.done();
}

/// C03, U08: the form round it: its type, twice, and beside other proofs.
#[tokio::test]
async fn c03_u08_one_proof_of_the_registered_kind_and_nothing_beside_it() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let mut twice = post(&recipient);
    twice
        .form
        .push(("client_assertion".into(), recipient.assertion().compact()));
    let mut other_type = asserting(&recipient, &recipient.assertion().compact());
    other_type = other_type.with(
        "client_assertion_type",
        "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
    );
    let no_type = asserting(&recipient, &recipient.assertion().compact()).without("client_assertion_type");
    let mut named = post(&recipient);
    named.assertion = None;
    let secret = named.clone().with("client_secret", "");
    let empty = named
        .clone()
        .with("client_assertion", "")
        .with("client_assertion_type", KIND);
    let rows: Vec<(&str, Post)> = vec![
        ("two assertions", twice),
        ("a secret beside it", post(&recipient).with("client_secret", "x")),
        ("another type", other_type),
        ("no type", no_type),
        ("a name and a certificate", named),
        ("an empty secret", secret),
        ("an empty assertion", empty),
    ];
    let mut table = Table::default();
    for (name, post) in rows {
        table.refused(name, &post.send().await, &[400, 401], REFUSALS);
    }
    let mut basic = post(&recipient);
    let assertion = basic.assertion.take().unwrap().compact();
    let form: Vec<_> = basic
        .form
        .into_iter()
        .chain([
            ("client_assertion_type".to_owned(), KIND.to_owned()),
            ("client_assertion".to_owned(), assertion),
        ])
        .collect();
    let request = recipient
        .connection()
        .post(&basic.url)
        .basic_auth(&recipient.client_id, Some("x"))
        .form(&form);
    table.refused(
        "Basic beside it",
        &Answer::to(request).await,
        &[400, 401],
        REFUSALS,
    );
    table.done();
}

/// C05: Basic opens the token endpoint to those who registered it, and nothing else to anybody.
#[tokio::test]
async fn c05_basic_authentication_opens_no_api() {
    let platform = TestPlatform::shared().await;
    let (bank, recipient) = (platform.bank(), platform.recipient(PROFILE).await);
    let mut table = Table::default();
    for path in [
        "/external/authentication/v1/resources/x",
        "/participant/user/v1/consents?userId=x",
        "/fdx/v6/core/accounts",
    ] {
        let url = format!("{}{path}", platform.platform.public);
        let request = platform
            .platform
            .plain
            .get(&url)
            .basic_auth(&bank.client_id, Some(&bank.secret));
        let answer = Answer::to(request).await;
        table.holds(path, answer.status == 401 && answer.json["code"] == "603", || {
            answer.text.clone()
        });
    }
    let url = format!("{}/fdx/auth/v1/token", platform.platform.public);
    let form = [("grant_type", "client_credentials")];
    let request = platform
        .platform
        .plain
        .post(&url)
        .basic_auth(&recipient.client_id, Some(""))
        .form(&form);
    table.refused(
        "a client of assertions",
        &Answer::to(request).await,
        &[401],
        &["invalid_client"],
    );
    // A secret that was registered for the header is none in the form.
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &bank.client_id),
        ("client_secret", &bank.secret),
    ];
    let answer = Answer::to(platform.platform.plain.post(&url).form(&form)).await;
    table.refused("the secret in the form", &answer, &[401], &["invalid_client"]);
    table.done();
}

/// C09: where a request says that it comes from changes nothing.
#[tokio::test]
async fn c09_a_claimed_origin_is_believed_by_nothing() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let url = format!("{}/fdx/v6/core/accounts", platform.platform.mutual);
    for (name, value) in [
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-for", "::ffff:127.0.0.1, 10.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1;proto=https;host=localhost"),
        ("x-forwarded-proto", "https"),
        ("x-original-url", "/fdx/auth/v1/jwks"),
        ("x-rewrite-url", "/fdx/auth/v1/jwks"),
        ("x-http-method-override", "OPTIONS"),
    ] {
        let request = recipient.connection().get(&url).header(name, value);
        Answer::to(request).await.refused_by_fdx(401, "603");
    }
}
