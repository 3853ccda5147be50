//! OpenID Connect clients (the suite's oidcc plans): a code in the query, secrets, bearer tokens; and who is signed in is
//! not asked again for what they agreed to.

mod client;
mod signed_in;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    browser::Browser,
    jws::{self, Key, Token},
    recipient::parameter,
};
use url::Url;

use crate::stage::TestPlatform;

pub(crate) use self::client::OpenIdClient;

const SECRET: &str = "a secret of an OpenID Connect client";

fn claims(tokens: &Value) -> Value {
    jws::read(tokens["id_token"].as_str().unwrap()).1
}

/// What an OpenID Connect client may not be asked for at a page: where the browser went instead.
async fn at_once(browser: &mut Browser, url: &str) -> Url {
    browser.open(url).await.away()
}

#[tokio::test]
async fn oidcc_server() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let callback = client
        .agreed(&mut platform.browser(), &consumer, &json!({"extra": "foobar"}))
        .await;
    // The redirect URI's own query is kept, and the state comes back as it went.
    assert_eq!(parameter(&callback, "own").as_deref(), Some("1"));
    assert_eq!(parameter(&callback, "state").as_deref(), Some("s-._~"));
    assert_eq!(
        parameter(&callback, "iss").as_deref(),
        Some(platform.platform.public.as_str())
    );
    let tokens = client.redeem(&callback).await.expect(200);
    assert!(tokens.header("cache-control").contains("no-store"));
    assert_eq!(tokens.json["token_type"], "Bearer");
    // OIDC Registration 2: RS256 unless another is registered; its key is published.
    let id_token = tokens.member("id_token");
    let (header, claims) = jws::read(id_token);
    assert_eq!(header["alg"], "RS256");
    let keys = Answer::to(
        platform
            .platform
            .channel(None)
            .get(format!("{}/fdx/auth/v1/jwks", platform.platform.public)),
    )
    .await
    .json;
    let verified = jose::PublicKeys::parse(&keys).unwrap().verify(
        &jose::Compact::parse(id_token).unwrap(),
        &[jose::Algorithm::Rs256],
    );
    assert!(verified.is_ok());
    assert_eq!(claims["aud"], client.client_id.as_str());
    assert_eq!(claims["nonce"], "n");
    assert_eq!(
        claims["at_hash"],
        jose::half_hash::half_hash(jose::Algorithm::Rs256, tokens.member("access_token"))
    );
    assert!(claims["auth_time"].is_u64() && claims.get("name").is_none());
    // The token is for userinfo and opens no account.
    let token = tokens.member("access_token");
    assert_eq!(
        client.userinfo(token).await.expect(200).member("sub"),
        claims["sub"].as_str().unwrap()
    );
    let url = format!("{}/fdx/v6/core/accounts", platform.platform.mutual);
    let plain = platform.platform.channel(None);
    Answer::to(
        platform
            .platform
            .request(&plain, Method::GET, &url)
            .bearer_auth(token),
    )
    .await
    .refused_by_fdx(401, "603");
}

#[tokio::test]
async fn oidcc_refresh_token() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let tokens = client
        .tokens(
            &consumer,
            &json!({"scope": "openid offline_access", "prompt": "consent"}),
        )
        .await;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let again = client.token(&form).await.expect(200).json;
    assert_ne!(again["access_token"], tokens["access_token"]);
    for claim in ["iss", "sub", "aud", "auth_time"] {
        assert_eq!(claims(&again)[claim], claims(&tokens)[claim], "{claim}");
    }
    client
        .userinfo(again["access_token"].as_str().unwrap())
        .await
        .expect(200);
    let other = OpenIdClient::register(platform, json!({})).await;
    other.token(&form).await.refused(400, "invalid_grant");
    client
        .token(&[("grant_type", "client_credentials")])
        .await
        .refused(400, "unauthorized_client");
}

#[tokio::test]
async fn oidcc_codereuse_ends_what_the_code_gave() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let callback = client
        .agreed(&mut platform.browser(), &consumer, &json!({}))
        .await;
    let tokens = client.redeem(&callback).await.expect(200).json;
    client.redeem(&callback).await.refused(400, "invalid_grant");
    client
        .userinfo(tokens["access_token"].as_str().unwrap())
        .await
        .refused(401, "invalid_token");
}

#[tokio::test]
async fn oidcc_server_client_secret_post() {
    let platform = TestPlatform::shared().await;
    let post = json!({"token_endpoint_auth_method": "client_secret_post"});
    let (client, consumer) = (
        OpenIdClient::register(platform, post).await,
        platform.consumer().await,
    );
    let callback = client
        .agreed(&mut platform.browser(), &consumer, &json!({}))
        .await;
    client.redeem(&callback).await.refused(401, "invalid_client");
    let code = parameter(&callback, "code").unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", &client.redirect_uri),
        ("client_id", &client.client_id),
        ("client_secret", SECRET),
    ];
    let url = format!("{}/fdx/auth/v1/token", platform.platform.public);
    Answer::to(platform.platform.channel(None).post(url).form(&form))
        .await
        .expect(200);
}

#[tokio::test]
async fn oidcc_ensure_registered_redirect_uri_and_response_type_missing() {
    let platform = TestPlatform::shared().await;
    let client = OpenIdClient::register(platform, json!({})).await;
    for uri in [
        "https://evil.example/callback",
        &client.redirect_uri.replace("?own=1", ""),
        &format!("{}&x=1", client.redirect_uri),
    ] {
        let landed = platform
            .browser()
            .open(&client.url(&json!({"redirect_uri": uri})))
            .await;
        landed.error_page("invalid_request");
    }
    for (parameters, error) in [
        (json!({"response_type": null}), "invalid_request"),
        (json!({"response_type": "token"}), "unsupported_response_type"),
        (json!({"scope": "openid fdx:accountbasic:read"}), "invalid_scope"),
        (
            json!({"code_challenge": "x", "code_challenge_method": "plain"}),
            "invalid_request",
        ),
    ] {
        let callback = at_once(&mut platform.browser(), &client.url(&parameters)).await;
        assert_eq!(
            parameter(&callback, "error").as_deref(),
            Some(error),
            "{parameters}"
        );
    }
}

/// What OpenID Connect clients may do, FAPI clients may not.
#[tokio::test]
async fn fapi_clients_stay_as_they_were() {
    let platform = TestPlatform::shared().await;
    for profile in ["fapi2-security", "fapi2-message-signing", "fapi1-advanced"] {
        let recipient = platform.recipient(profile).await;
        let mut url = Url::parse(&format!("{}/fdx/auth/v1/authorize", platform.platform.public)).unwrap();
        url.query_pairs_mut().extend_pairs([
            ("client_id", recipient.client_id.as_str()),
            ("response_type", "code"),
            ("scope", "openid"),
            ("redirect_uri", &recipient.redirect_uri),
            ("state", "s"),
        ]);
        let callback = platform.browser().open(url.as_str()).await.away();
        let error = parameter(&callback, "error").or_else(|| parameter(&callback, "response"));
        assert!(
            error.is_some() && parameter(&callback, "code").is_none(),
            "{callback}"
        );
        let silent = recipient
            .push("openid")
            .asking(|request| request.with("prompt", "none"));
        silent.send().await.refused(400, "login_required");
    }
    // RS256 is nobody's but theirs.
    let key = Key::rsa("rs");
    let recipient = platform
        .recipient_with("fapi2-message-signing", key.clone(), json!({}))
        .await;
    recipient
        .push("openid")
        .asking(|request: Token| request.signed(jws::Signature::By(key.clone(), "RS256")))
        .send()
        .await
        .refused(400, "invalid_request_object");
}

#[tokio::test]
async fn a_signed_request_object_may_be_rs256() {
    let platform = TestPlatform::shared().await;
    let key = Key::rsa("rs");
    let mut jwk = key.public_jwk();
    jwk["alg"] = json!("RS256");
    let more = json!({"jwks": {"keys": [jwk]}, "request_object_signing_alg": "RS256"});
    let (client, consumer) = (
        OpenIdClient::register(platform, more).await,
        platform.consumer().await,
    );
    let now = domain::Clock::now(&platform.platform.clock).timestamp();
    let request = json!({
        "iss": client.client_id, "aud": platform.platform.public, "nbf": now, "exp": now + 300,
        "client_id": client.client_id, "response_type": "code", "scope": "openid",
        "redirect_uri": client.redirect_uri, "state": "inside",
    });
    let object = Token::new(&key, "oauth-authz-req+jwt", request);
    let signed =
        |token: Token, alg: &'static str| token.signed(jws::Signature::By(key.clone(), alg)).compact();
    let good = json!({"request": signed(object.clone(), "RS256"), "state": "outside"});
    let callback = client.agreed(&mut platform.browser(), &consumer, &good).await;
    assert_eq!(parameter(&callback, "state").as_deref(), Some("inside"));
    let bad = json!({"request": signed(object, "PS256")});
    let callback = at_once(&mut platform.browser(), &client.url(&bad)).await;
    assert_eq!(
        parameter(&callback, "error").as_deref(),
        Some("invalid_request_object")
    );
}

#[tokio::test]
async fn oidcc_ensure_post_request_succeeds() {
    let platform = TestPlatform::shared().await;
    let client = OpenIdClient::register(platform, json!({})).await;
    let url = Url::parse(&client.url(&json!({}))).unwrap();
    let form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let to = format!("{}/fdx/auth/v1/authorize", platform.platform.public);
    let answer = Answer::to(platform.platform.channel(None).post(to).form(&form)).await;
    assert!(
        answer.status == 303 && answer.header("location").contains("resourceId="),
        "{}",
        answer.text
    );
}

/// Subjects: each client its own, clients of one sector the same (OIDC Core 8.1).
#[tokio::test]
async fn a_consumer_has_another_name_in_each_sector() {
    let platform = TestPlatform::shared().await;
    let consumer = platform.consumer().await;
    let sector = format!(
        "https://{}.example/sector",
        platform.platform.fresh().to_ascii_lowercase().replace('_', "-")
    );
    let mut subjects = vec![];
    for more in [
        json!({}),
        json!({}),
        json!({"sector_identifier_uri": sector}),
        json!({"sector_identifier_uri": format!("{sector}/other")}),
    ] {
        let client = OpenIdClient::register(platform, more).await;
        subjects.push(claims(&client.tokens(&consumer, &json!({})).await)["sub"].clone());
    }
    let [one, other, in_sector, beside] = &subjects[..] else {
        panic!("four")
    };
    assert_eq!(in_sector, beside);
    assert!(one != other && one != in_sector && other != in_sector);
    assert!(
        subjects
            .iter()
            .all(|subject| *subject != consumer.user_id.as_str())
    );
}

/// RFC 7591: what a client did not register, it does not get.
#[tokio::test]
async fn grants_that_a_client_did_not_register_are_refused() {
    let platform = TestPlatform::shared().await;
    let more = json!({"grant_types": ["authorization_code"]});
    let (client, consumer) = (
        OpenIdClient::register(platform, more).await,
        platform.consumer().await,
    );
    let tokens = client.tokens(&consumer, &json!({})).await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    client
        .token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
        .await
        .refused(400, "unauthorized_client");
}

/// The portal tells the name of who signed in, to whom asks for it, and says so before.
#[tokio::test]
async fn the_consumer_reads_that_their_name_is_told() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    platform.register_user(&consumer, "a password of Ada").await;
    for (parameters, told) in [
        (json!({"scope": "openid profile"}), Some("Ada")),
        (json!({}), None),
    ] {
        let mut browser = platform.browser();
        let sign_in = browser.open(&client.url(&parameters)).await.page();
        let form = sign_in.page.form_with("sign-in");
        let form = form
            .fill("username", &consumer.user_id)
            .fill("password", "a password of Ada");
        let decision = browser.submit(&sign_in, form.press("sign-in")).await.page();
        let line = decision.page.text_of("told-your-name");
        assert_eq!(line.is_some_and(|line| line.contains("Ada")), told.is_some());
        let form = decision.page.form_with("allow").press("allow");
        let callback = browser.submit(&decision, form).await.away();
        let tokens = client.redeem(&callback).await.expect(200).json;
        // The class of authentication that metadata promises.
        assert_eq!(claims(&tokens)["acr"], "urn:concordat:acr:password");
        let answer = client
            .userinfo(tokens["access_token"].as_str().unwrap())
            .await
            .expect(200);
        assert_eq!(answer.json.get("name"), told.map(Value::from).as_ref());
    }
}
