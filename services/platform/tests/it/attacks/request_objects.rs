//! Request objects: forged, borrowed, half outside, and with values that are not what they should be (RFC 9101).

use serde_json::{Value, json};
use testkit::{
    browser::Landed,
    jws::{Key, Signature, Token},
    recipient::{Recipient, parameter},
};
use url::Url;

use crate::{parties::SCOPE, stage::TestPlatform, table::Table};

const SIGNED: [&str; 2] = ["fapi1-advanced", "fapi2-message-signing"];
const REFUSALS: &[&str] = &["invalid_request_object", "invalid_request"];

/// R01: what must be signed is, wherever the parameters stand.
#[tokio::test]
async fn r01_parameters_that_nobody_signed_are_no_request() {
    let platform = TestPlatform::shared().await;
    let mut table = Table::default();
    for profile in SIGNED {
        let recipient = platform.recipient(profile).await;
        table.refused(
            profile,
            &recipient.push(SCOPE).unsigned().send().await,
            &[400],
            &["invalid_request"],
        );
        let mut empty = recipient.push(SCOPE).unsigned();
        empty.post = empty.post.with("request", "");
        table.refused(
            &format!("{profile}: an empty object"),
            &empty.send().await,
            &[400],
            &["invalid_request"],
        );
        let none = recipient
            .push(SCOPE)
            .asking(|token| token.signed(Signature::Absent));
        table.refused(
            &format!("{profile}: alg none"),
            &none.send().await,
            &[400],
            &["invalid_request_object"],
        );
    }
    table.done();
}

/// R02: what stands beside the object decides nothing, at the PAR endpoint too.
#[tokio::test]
async fn r02_what_stands_beside_the_object_is_ignored() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-message-signing").await,
        platform.consumer().await,
    );
    let push = recipient.push(SCOPE).posting(|post| {
        post.with("state", "outside")
            .with("nonce", "outside")
            .with("scope", "openid fdx:balances:read")
            .with("redirect_uri", "https://evil.example/")
            .with("response_mode", "fragment")
            .with("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
            .with("code_challenge_method", "plain")
    });
    let (code, pushed) = platform.code_of(&recipient, &consumer, push).await;
    let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
    assert_eq!(tokens.json["scope"], SCOPE);
    let (_, claims) = testkit::jws::read(tokens.json["id_token"].as_str().unwrap());
    assert_eq!(claims["nonce"].as_str(), Some(&*pushed.nonce));
}

/// R03: another client's name, outside, inside and as the issuer.
#[tokio::test]
async fn r03_one_clients_object_under_anothers_name() {
    let platform = TestPlatform::shared().await;
    let mut table = Table::default();
    for profile in SIGNED {
        let (recipient, other) = (
            platform.recipient(profile).await,
            platform.recipient(profile).await,
        );
        let id = other.client_id.clone();
        let own = recipient.client_id.clone();
        let rows = [
            (
                "outside",
                recipient.push(SCOPE).posting(|post| post.with("client_id", &id)),
            ),
            (
                "inside",
                recipient
                    .push(SCOPE)
                    .asking(|token| token.with("client_id", id.clone())),
            ),
            (
                "iss",
                recipient
                    .push(SCOPE)
                    .asking(|token| token.with("iss", id.clone())),
            ),
            (
                "inside and iss",
                recipient
                    .push(SCOPE)
                    .asking(|token| token.with("iss", id.clone()).with("client_id", id.clone())),
            ),
            (
                "no client_id inside",
                recipient.push(SCOPE).asking(|token| token.without("client_id")),
            ),
            (
                "no iss",
                recipient.push(SCOPE).asking(|token| token.without("iss")),
            ),
            (
                "a list",
                recipient
                    .push(SCOPE)
                    .asking(|token| token.with("client_id", json!([own, id]))),
            ),
            (
                "capitals",
                recipient
                    .push(SCOPE)
                    .asking(|token| token.with("client_id", own.to_uppercase())),
            ),
        ];
        for (name, push) in rows {
            let errors = ["invalid_request_object", "invalid_request", "invalid_client"];
            table.refused(
                &format!("{profile}: {name}"),
                &push.send().await,
                &[400, 401],
                &errors,
            );
        }
        // The whole object of another, who signed it for itself.
        let mut stolen = recipient.push(SCOPE);
        stolen.request = other.push(SCOPE).request;
        table.refused(
            &format!("{profile}: another's object"),
            &stolen.send().await,
            &[400],
            REFUSALS,
        );
    }
    table.done();
}

/// R05: a reference to anything that is not ours leads nowhere, and nothing is fetched.
#[tokio::test]
async fn r05_a_request_uri_points_to_us_or_nowhere() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient("fapi1-advanced").await;
    // If anybody came for it, they would be noticed here.
    let bait = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    bait.set_nonblocking(true).unwrap();
    let address = bait.local_addr().unwrap();
    for uri in [
        format!("http://{address}/request.jwt"),
        format!("https://{address}/request.jwt"),
        format!("https://localhost:{}/", address.port()),
        "file:///etc/passwd".to_owned(),
        "data:application/jwt,e30.e30.".to_owned(),
        "urn:ietf:params:oauth:request_uri:../../x".to_owned(),
        "URN:IETF:params:oauth:request_uri:x".to_owned(),
        "urn:ietf:params:oauth:request_uri:x#y".to_owned(),
    ] {
        let mut url = Url::parse(&recipient.authorize_url(&uri)).unwrap();
        url.query_pairs_mut()
            .append_pair("redirect_uri", &recipient.redirect_uri)
            .append_pair("response_type", "code id_token");
        match platform.browser().open(url.as_str()).await {
            Landed::Page(page) => {
                assert_eq!(
                    page.page.text_of("error-code").as_deref(),
                    Some("invalid_request_uri"),
                    "{uri}"
                );
                assert!(!page.page.source().contains(&address.port().to_string()));
            }
            Landed::Away(away) => panic!("{uri}: {away}"),
        }
    }
    assert_eq!(bait.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

/// R06, R08 by value: nested objects, and keys that are not for this.
#[tokio::test]
async fn r06_r08_an_object_by_value_is_signed_by_its_client_and_holds_no_other() {
    let platform = TestPlatform::shared().await;
    let signing = Key::p256("signing");
    let sealed = Key::p256("sealing");
    let mut for_encryption = sealed.public_jwk();
    for_encryption["use"] = "enc".into();
    for_encryption["alg"] = "ECDH-ES".into();
    let recipient = platform
        .recipient_with(
            "fapi1-advanced",
            signing.clone(),
            json!({"jwks": {"keys": [signing.public_jwk(), for_encryption]}}),
        )
        .await;
    let other = platform.recipient("fapi1-advanced").await;
    let good = || recipient.push(SCOPE).request;
    let inner = good().compact();
    let rows: Vec<(&str, Token)> = vec![
        ("R06 request inside", good().with("request", inner.clone())),
        (
            "R06 request_uri inside",
            good().with("request_uri", "urn:ietf:params:oauth:request_uri:x"),
        ),
        ("R06 an empty request_uri inside", good().with("request_uri", "")),
        ("R06 null", good().with("request", Value::Null)),
        (
            "R08 a key for encryption",
            good().signed(Signature::By(sealed, "ES256")),
        ),
        (
            "R08 another client's key",
            good().signed(Signature::By(other.key.clone(), "ES256")),
        ),
        (
            "R08 no key of anybody",
            good().signed(Signature::By(Key::p256("signing"), "ES256")),
        ),
        ("J01", good().signed(Signature::Absent)),
        ("J02", good().signed(Signature::Hmac(signing.public_pem()))),
        ("an assertion's type", {
            let mut token = good();
            token.header["typ"] = "client-authentication+jwt".into();
            token
        }),
        ("an assertion", recipient.assertion()),
    ];
    let mut table = Table::default();
    for (name, token) in rows {
        let landed = platform
            .browser()
            .open(by_value(platform, &recipient, &token).as_str())
            .await;
        let error = match &landed {
            Landed::Page(page) => page.page.text_of("error-code"),
            Landed::Away(url) => {
                table.holds(name, url.as_str().starts_with(&recipient.redirect_uri), || {
                    url.to_string()
                });
                table.holds(name, parameter(url, "code").is_none(), || url.to_string());
                parameter(url, "error")
            }
        };
        let fits = error.as_deref().is_some_and(|error| REFUSALS.contains(&error));
        table.holds(name, fits, || format!("{error:?}"));
    }
    table.done();
}

fn by_value(platform: &TestPlatform, recipient: &Recipient, token: &Token) -> Url {
    let mut url = Url::parse(&format!("{}/fdx/auth/v1/authorize", platform.platform.public)).unwrap();
    url.query_pairs_mut()
        .append_pair("client_id", &recipient.client_id)
        .append_pair("redirect_uri", &recipient.redirect_uri)
        .append_pair("response_type", "code id_token")
        .append_pair("scope", SCOPE)
        .append_pair("state", "outside")
        .append_pair("request", &token.compact());
    url
}

/// R10, J18: nothing is coerced into what it is not.
#[tokio::test]
async fn r10_no_value_is_taken_for_another() {
    let platform = TestPlatform::shared().await;
    let mut table = Table::default();
    for profile in SIGNED {
        let recipient = platform.recipient(profile).await;
        for name in [
            "response_type",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "code_challenge",
            "code_challenge_method",
            "prompt",
            "login_hint",
            "response_mode",
            "client_id",
        ] {
            for value in [
                json!(1),
                json!(true),
                json!([]),
                json!(["x"]),
                json!({}),
                json!(""),
                Value::Null,
            ] {
                let row = format!("{profile}: {name} = {value}");
                let answer = recipient
                    .push(SCOPE)
                    .asking(|token| token.with(name, value))
                    .send()
                    .await;
                table.refused(&row, &answer, &[400], REFUSALS);
            }
        }
        for (name, value) in [
            ("max_age", json!("x")),
            ("max_age", json!(-1)),
            ("max_age", json!(1.5)),
            ("max_age", json!(u64::MAX)),
            ("max_age", json!([1])),
        ] {
            let answer = recipient
                .push(SCOPE)
                .asking(|token| token.with(name, value.clone()))
                .send()
                .await;
            table.refused(&format!("{profile}: {name} = {value}"), &answer, &[400], REFUSALS);
        }
    }
    table.done();
}

/// R11: pairs that a profile does not have, and the implicit grant in every spelling (D06, X06).
#[tokio::test]
async fn r11_d06_no_token_comes_by_the_browser() {
    let platform = TestPlatform::shared().await;
    let mut table = Table::default();
    for profile in ["fapi1-advanced", "fapi2-message-signing", "fapi2-security"] {
        for constraint in ["mtls", "dpop"] {
            // FAPI 1.0 knows no other binding than that to a certificate.
            if (profile, constraint) == ("fapi1-advanced", "dpop") {
                continue;
            }
            let recipient = platform
                .recipient_with(
                    profile,
                    Key::p256("signing"),
                    json!({"sender_constraint": constraint}),
                )
                .await;
            for kind in [
                "token",
                "id_token",
                "token id_token",
                "code token",
                "code id_token token",
                "none",
                "code code",
                "code  id_token",
                "CODE",
                "code,id_token",
                "device",
            ] {
                let answer = recipient
                    .push(SCOPE)
                    .asking(|token| token.with("response_type", kind))
                    .send()
                    .await;
                table.refused(
                    &format!("{profile} {constraint}: {kind}"),
                    &answer,
                    &[400],
                    &["unsupported_response_type", "invalid_request"],
                );
            }
            for mode in [
                "form_post",
                "form_post.jwt",
                "web_message",
                "JWT",
                "query jwt",
                "fragment.query",
            ] {
                let answer = recipient
                    .push(SCOPE)
                    .asking(|token| token.with("response_mode", mode))
                    .send()
                    .await;
                table.refused(
                    &format!("{profile} {constraint}: {mode}"),
                    &answer,
                    &[400],
                    &["invalid_request"],
                );
            }
        }
    }
    table.done();
}
