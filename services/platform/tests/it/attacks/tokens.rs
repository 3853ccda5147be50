//! Access tokens that we did not give, or not for this; and tokens in places where no token belongs.

use openssl::{
    bn::BigNum,
    ec::{EcGroup, EcKey},
    nid::Nid,
    pkey::PKey,
};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    jws::{Key, Signature, Token, read},
    recipient::Recipient,
};

use crate::{
    parties::{SCOPE, Shared},
    stage::TestPlatform,
    table::Table,
};

const PROFILE: &str = "fapi2-security";
const ACCOUNTS: &str = "/fdx/v6/core/accounts";

async fn set_up() -> (&'static TestPlatform, Recipient, Shared) {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let shared = platform.share(&recipient, &platform.consumer().await).await;
    (platform, recipient, shared)
}

/// Our public P-256 key as PEM, from the key set that everybody reads.
async fn our_key(platform: &TestPlatform, kid: &str) -> (Value, Vec<u8>) {
    let url = format!("{}/fdx/auth/v1/jwks", platform.platform.public);
    let set = Answer::to(platform.platform.plain.get(url))
        .await
        .expect(200)
        .json;
    let jwk = set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == kid)
        .unwrap()
        .clone();
    let number = |name: &str| {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        BigNum::from_slice(&URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap()).unwrap()
    };
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = EcKey::from_public_key_affine_coordinates(&group, &number("x"), &number("y")).unwrap();
    let pem = PKey::from_ec_key(key).unwrap().public_key_to_pem().unwrap();
    (jwk, pem)
}

/// J01, J02, J03, J05, J06, J08, J25: a token that says all the right things and is not ours opens nothing, and is nothing
/// at introspection.
#[tokio::test]
async fn j01_j02_j03_j08_j25_a_forged_access_token_opens_nothing() {
    let (platform, recipient, shared) = set_up().await;
    let good = shared.tokens.access_token.as_str();
    let (header, claims) = read(good);
    let kid = header["kid"].as_str().unwrap();
    let (jwk, pem) = our_key(platform, kid).await;
    let attacker = Key::p256(kid);
    let forged = || {
        let mut token = Token::new(&attacker, "at+jwt", claims.clone());
        token.header = header.clone();
        token
    };
    let with = |name: &str, value: Value| {
        let mut token = forged();
        token.header[name] = value;
        token.compact()
    };
    let own_kid = |token: Token| {
        let mut token = token;
        token.header["kid"] = kid.into();
        token.compact()
    };
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (head, payload) = signed.split_once('.').unwrap();
    let rows: Vec<(&str, String)> = vec![
        ("another key under our kid", forged().compact()),
        (
            "the client's own key",
            Token::new(&recipient.key, "at+jwt", claims.clone()).compact(),
        ),
        ("J01 none", own_kid(forged().signed(Signature::Absent))),
        ("J01 our signature away", format!("{signed}.")),
        (
            "J02 HMAC with our PEM",
            own_kid(forged().signed(Signature::Hmac(pem))),
        ),
        (
            "J02 HMAC with our JWK",
            own_kid(forged().signed(Signature::Hmac(jwk.to_string().into_bytes()))),
        ),
        ("J03 jwk", with("jwk", attacker.public_jwk())),
        ("J03 jku", with("jku", json!("https://evil.example/jwks"))),
        ("J03 an unknown kid", with("kid", json!("unknown"))),
        ("J03 no kid", {
            let mut token = forged();
            token.header.as_object_mut().unwrap().remove("kid");
            token.compact()
        }),
        ("J05 zeros", format!("{signed}.{}", "A".repeat(86))),
        ("J05 half a signature", format!("{signed}.{}", &signature[..43])),
        (
            "J08 JSON",
            json!({"protected": head, "payload": payload, "signature": signature})
                .to_string()
                .replace(' ', ""),
        ),
        ("J25 padding", format!("{good}=")),
        ("J25 a part more", format!("{good}.{signature}")),
        ("J25 other letters", format!("{}+", &good[..good.len() - 1])),
        ("J16 dots", ".".repeat(4_000)),
        ("nothing", "..".to_owned()),
    ];
    let mut table = Table::default();
    for (name, token) in &rows {
        let answer = recipient.get(ACCOUNTS, token).await;
        let refused = answer.status == 401 && answer.json["code"] == "603";
        table.holds(name, refused, || format!("{} {}", answer.status, answer.text));
        let answer = recipient
            .post("/fdx/auth/v1/introspect", &[("token", token)])
            .send()
            .await;
        table.holds(name, answer.text == r#"{"active":false}"#, || {
            format!("introspected: {}", answer.text)
        });
    }
    table.done();
    recipient.get(ACCOUNTS, good).await.expect(200);
}

/// T06: what we signed for something else is no access token, here or at introspection.
#[tokio::test]
async fn t06_what_we_signed_for_something_else_is_no_access_token() {
    let platform = TestPlatform::shared().await;
    let mut recipient = platform.recipient("fapi2-message-signing").await;
    recipient.response = ("code", Some("jwt"));
    let consumer = platform.consumer().await;
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let callback = platform.allow(&mut platform.browser(), &url, &consumer).await;
    let jarm = testkit::recipient::parameter(&callback, "response").unwrap();
    let code = read(&jarm).1["code"].as_str().unwrap().to_owned();
    let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
    for token in [
        &jarm,
        tokens.json["id_token"].as_str().unwrap(),
        tokens.refresh_token.as_ref().unwrap(),
    ] {
        recipient.get(ACCOUNTS, token).await.refused_by_fdx(401, "603");
    }
    for token in [&jarm, tokens.json["id_token"].as_str().unwrap()] {
        let answer = recipient
            .post("/fdx/auth/v1/introspect", &[("token", token)])
            .send()
            .await;
        assert_eq!(answer.text, r#"{"active":false}"#);
    }
}

/// C10, C11 at an API: the header has one reading, and a token anywhere else is none.
#[tokio::test]
async fn c10_c11_t10_a_token_stands_in_one_header_and_nowhere_else() {
    let (platform, recipient, shared) = set_up().await;
    let good = &shared.tokens.access_token;
    let url = format!("{}{ACCOUNTS}", platform.platform.mutual);
    let ask = |url: &str, headers: &[(&str, String)]| {
        let mut request = platform
            .platform
            .request(&recipient.connection(), Method::GET, url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        Answer::to(request)
    };
    let mut table = Table::default();
    for value in [
        format!("Bearer  {good}"),
        format!("Bearer\t{good}"),
        format!("Bearer{good}"),
        format!("Bearer {good} "),
        format!("Bearer {good},"),
        format!("Bearer {good} x"),
        format!("Bearer Bearer {good}"),
        format!("Bearer \"{good}\""),
        format!("Token {good}"),
        format!("Basic {good}"),
        format!("DPoP {good}"),
        good.clone(),
        "Bearer".to_owned(),
        "Bearer null".to_owned(),
    ] {
        let answer = ask(&url, &[("authorization", value.clone())]).await;
        // Blanks round a value are not part of it (RFC9110-5.5).
        if value.trim() == format!("Bearer {good}") {
            continue;
        }
        let row = value.replace(good.as_str(), "TOKEN");
        table.holds(&row, answer.status == 401, || {
            format!("{} {}", answer.status, answer.text)
        });
    }
    let bearer = format!("Bearer {good}");
    for (name, headers) in [
        (
            "twice",
            vec![
                ("authorization", bearer.clone()),
                ("authorization", bearer.clone()),
            ],
        ),
        (
            "beside another",
            vec![
                ("authorization", "Basic eDp5".to_owned()),
                ("authorization", bearer.clone()),
            ],
        ),
        ("in a cookie", vec![("cookie", format!("access_token={good}"))]),
        (
            "in a header of a proxy",
            vec![("proxy-authorization", bearer.clone())],
        ),
        (
            "in a forwarded header",
            vec![("x-forwarded-access-token", good.clone())],
        ),
    ] {
        let answer = ask(&url, &headers).await;
        table.holds(name, answer.status == 401, || {
            format!("{} {}", answer.status, answer.text)
        });
    }
    let in_query = ask(&format!("{url}?access_token={good}"), &[]).await;
    table.holds("in the query", in_query.status == 401, || in_query.text.clone());
    table.accepted(
        "C11 bEaReR",
        &ask(&url, &[("authorization", format!("bEaReR {good}"))]).await,
        200,
    );
    table.done();
}

/// T10: nothing that holds or tells of a token may be kept on the way.
#[tokio::test]
async fn t10_no_cache_keeps_a_token_or_what_it_opens() {
    let (_, recipient, shared) = set_up().await;
    let refresh = recipient.refresh(shared.tokens.refresh_token.as_deref().unwrap());
    let answers = [
        refresh.send().await.expect(200),
        recipient.push(SCOPE).send().await.expect(201),
        recipient
            .post(
                "/fdx/auth/v1/introspect",
                &[("token", &shared.tokens.access_token)],
            )
            .send()
            .await
            .expect(200),
        recipient
            .post("/fdx/auth/v1/revoke", &[("token", "x")])
            .send()
            .await
            .expect(200),
        recipient.redeem("x", &shared.verifier).send().await.expect(400),
        recipient
            .get(ACCOUNTS, &shared.tokens.access_token)
            .await
            .expect(200),
        recipient.get(ACCOUNTS, "x").await.expect(401),
    ];
    for answer in answers {
        assert!(
            answer.header("cache-control").contains("no-store"),
            "{} {:?}",
            answer.status,
            answer.headers
        );
        assert!(
            answer.header("etag").is_empty() && answer.header("set-cookie").is_empty(),
            "{:?}",
            answer.headers
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("strict-transport-security").contains("max-age"));
    }
}

/// X08: no page of another origin may read an answer, whoever asks for the leave.
#[tokio::test]
async fn x08_no_page_of_another_origin_may_read_an_answer() {
    let (platform, recipient, shared) = set_up().await;
    let url = format!("{}{ACCOUNTS}", platform.platform.mutual);
    let request = platform
        .platform
        .request(&recipient.connection(), Method::GET, &url)
        .bearer_auth(&shared.tokens.access_token)
        .header("origin", "https://evil.example");
    let answer = Answer::to(request).await.expect(200);
    for name in ["access-control-allow-origin", "access-control-allow-credentials"] {
        assert!(answer.header(name).is_empty(), "{:?}", answer.headers);
    }
}

/// T11 with tokens of every kind, and by a client that is no owner: nothing learnt, nothing changed.
#[tokio::test]
async fn t11_a_stranger_learns_and_ends_nothing() {
    let (platform, recipient, shared) = set_up().await;
    let stranger = platform.recipient(PROFILE).await;
    let id_token = shared.tokens.json["id_token"].as_str().unwrap().to_owned();
    for token in [
        &shared.tokens.access_token,
        shared.tokens.refresh_token.as_ref().unwrap(),
        &id_token,
        &shared.code,
        &shared.consent_id,
    ] {
        for hint in ["access_token", "refresh_token", "nonsense"] {
            let form = [("token", token.as_str()), ("token_type_hint", hint)];
            let told = stranger
                .post("/fdx/auth/v1/introspect", &form)
                .send()
                .await
                .expect(200);
            assert_eq!(told.text, r#"{"active":false}"#, "{hint}");
            stranger
                .post("/fdx/auth/v1/revoke", &form)
                .send()
                .await
                .expect(200);
        }
    }
    recipient
        .get(ACCOUNTS, &shared.tokens.access_token)
        .await
        .expect(200);
    recipient
        .refresh(shared.tokens.refresh_token.as_deref().unwrap())
        .tokens()
        .await;
}

/// F01, T11: somebody who knows an access token and nothing else cannot end it over the wrong connection either.
#[tokio::test]
async fn t11_a_revocation_needs_the_clients_proof() {
    let (platform, recipient, shared) = set_up().await;
    let url = format!("{}/fdx/auth/v1/revoke", platform.platform.mutual);
    let form = [
        ("token", shared.tokens.access_token.as_str()),
        ("client_id", &recipient.client_id),
    ];
    for over in [recipient.connection(), recipient.without_certificate()] {
        let answer = Answer::to(over.post(&url).form(&form)).await;
        answer.refused(401, "invalid_client");
    }
    recipient
        .get(ACCOUNTS, &shared.tokens.access_token)
        .await
        .expect(200);
}
