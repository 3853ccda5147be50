//! OpenID Connect clients (the suite's oidcc plans): a code in the query, secrets, bearer tokens; and who is signed in is
//! not asked again for what they agreed to.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    browser::{Browser, Landed},
    jws::{self, Key, Token},
    recipient::parameter,
};
use url::Url;

use crate::{
    parties::{Consumer, all},
    stage::TestPlatform,
};

const SECRET: &str = "a secret of an OpenID Connect client";

/// A client that has a secret and bearer tokens.
pub(crate) struct OpenIdClient {
    platform: &'static TestPlatform,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
}

impl OpenIdClient {
    /// Registers one, with these members added.
    pub(crate) async fn register(platform: &'static TestPlatform, more: Value) -> Self {
        let client_id = format!("openid-{}", platform.platform.fresh());
        let redirect_uri = format!(
            "https://{}.example/callback?own=1",
            client_id.to_ascii_lowercase()
        );
        let mut metadata = json!({
            "client_name": "A web site", "profile": "openid-connect", "token_endpoint_auth_method": "client_secret_basic",
            "sender_constraint": "none", "redirect_uris": [redirect_uri], "scope": "openid offline_access profile",
        });
        for (member, value) in more.as_object().unwrap() {
            metadata[member] = value.clone();
        }
        platform.register(&client_id, metadata, Some(SECRET)).await;
        Self {
            platform,
            client_id,
            redirect_uri,
        }
    }

    /// The address of a request with these parameters beside those that must be; `null` takes one away.
    pub(crate) fn url(&self, parameters: &Value) -> String {
        let mut all = json!({
            "client_id": self.client_id, "response_type": "code", "scope": "openid", "redirect_uri": self.redirect_uri,
            "state": "s-._~", "nonce": "n",
        });
        all.as_object_mut()
            .unwrap()
            .extend(parameters.as_object().unwrap().clone());
        let mut url = Url::parse(&format!(
            "{}/fdx/auth/v1/authorize",
            self.platform.platform.public
        ))
        .unwrap();
        for (name, value) in all.as_object().unwrap() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if !value.is_null() {
                url.query_pairs_mut().append_pair(name, &text);
            }
        }
        url.into()
    }

    /// The consumer signs in and agrees in this browser. Where it is sent.
    pub(crate) async fn agreed(&self, browser: &mut Browser, consumer: &Consumer, parameters: &Value) -> Url {
        let approval = self.approval(consumer);
        self.decided(browser, &approval, parameters).await
    }

    /// The consent application says this in this browser. Where it is sent.
    pub(crate) async fn decided(&self, browser: &mut Browser, approval: &Value, parameters: &Value) -> Url {
        let landed = self
            .platform
            .decide(browser, &self.url(parameters), approval)
            .await;
        landed.away()
    }

    fn approval(&self, consumer: &Consumer) -> Value {
        let mut approval = self.platform.bank().approval(&consumer.user_id, &[]);
        approval["claims"] =
            json!({"name": "Ada Lovelace", "email": "ada@example.org", "email_verified": true});
        approval
    }

    /// A token request with the secret in the header.
    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let url = format!("{}/fdx/auth/v1/token", self.platform.platform.public);
        let plain = self.platform.platform.channel(None);
        Answer::to(
            plain
                .post(url)
                .basic_auth(&self.client_id, Some(SECRET))
                .form(form),
        )
        .await
    }

    /// The tokens for the code at that address.
    pub(crate) async fn redeem(&self, callback: &Url) -> Answer {
        let code = parameter(callback, "code").unwrap_or_else(|| panic!("{callback}"));
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", &self.redirect_uri),
        ];
        self.token(&form).await
    }

    /// The tokens of a consumer who agrees to these parameters.
    pub(crate) async fn tokens(&self, consumer: &Consumer, parameters: &Value) -> Value {
        let callback = self
            .agreed(&mut self.platform.browser(), consumer, parameters)
            .await;
        self.redeem(&callback).await.expect(200).json
    }

    /// What userinfo answers to a token in the header.
    pub(crate) async fn userinfo(&self, token: &str) -> Answer {
        let url = format!("{}/fdx/auth/v1/userinfo", self.platform.platform.public);
        let plain = self.platform.platform.channel(None);
        Answer::to(
            self.platform
                .platform
                .request(&plain, Method::GET, &url)
                .bearer_auth(token),
        )
        .await
    }
}

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
async fn oidcc_prompt_none_not_logged_in() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let refused = |url: &Url, error: &str| {
        assert_eq!(parameter(url, "error").as_deref(), Some(error), "{url}");
        assert_eq!(parameter(url, "state").as_deref(), Some("s-._~"));
    };
    let silent = client.url(&json!({"prompt": "none"}));
    refused(&at_once(&mut platform.browser(), &silent).await, "login_required");
    // Whoever is signed in and has not agreed to this with this client is not asked either.
    let mut browser = platform.browser();
    client.agreed(&mut browser, &consumer, &json!({})).await;
    let other = OpenIdClient::register(platform, json!({})).await;
    refused(
        &at_once(&mut browser, &other.url(&json!({"prompt": "none"}))).await,
        "consent_required",
    );
    let more = json!({"prompt": "none", "scope": "openid profile"});
    refused(
        &at_once(&mut browser, &client.url(&more)).await,
        "consent_required",
    );
    let named = json!({"prompt": "none", "claims": {"userinfo": {"email": null}}});
    refused(
        &at_once(&mut browser, &client.url(&named)).await,
        "consent_required",
    );
    // A cookie that somebody made is none.
    let mut forged = platform.browser();
    forged.put("__Host-session", "AAAA");
    refused(&at_once(&mut forged, &silent).await, "login_required");
}

#[tokio::test]
async fn oidcc_prompt_none_logged_in_and_id_token_hint() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let mut browser = platform.browser();
    let wish = json!({"claims": {"id_token": {"name": null}}, "max_age": "15000"});
    let first = client.agreed(&mut browser, &consumer, &wish).await;
    let first = client.redeem(&first).await.expect(200).json;
    // L16: the session's cookie.
    let cookie = browser
        .cookies_set
        .iter()
        .find(|set| set.starts_with("__Host-session="))
        .unwrap();
    for flag in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    let hint = first["id_token"].as_str().unwrap();
    for parameters in [
        json!({"prompt": "none"}),
        json!({"prompt": "none", "id_token_hint": hint}),
        json!({"max_age": "10000"}),
        json!({"claims": {"id_token": {"name": null, "sub": {"value": claims(&first)["sub"]}}}}),
    ] {
        let callback = at_once(&mut browser, &client.url(&parameters)).await;
        let again = client.redeem(&callback).await.expect(200).json;
        for claim in ["sub", "auth_time"] {
            assert_eq!(claims(&again)[claim], claims(&first)[claim], "{parameters}");
        }
        // Another code of the same consent, not another consent.
        assert_eq!(again["grant_id"], first["grant_id"]);
        assert_eq!(
            claims(&again).get("name").is_some(),
            parameters.get("claims").is_some()
        );
    }
    // Another consumer is meant: nobody who is here.
    let stranger = platform.consumer().await;
    let theirs = client.tokens(&stranger, &json!({})).await;
    let their_hint = theirs["id_token"].as_str().unwrap();
    for hint in [their_hint, "no hint", first["access_token"].as_str().unwrap()] {
        let silent = client.url(&json!({"prompt": "none", "id_token_hint": hint}));
        let callback = at_once(&mut browser, &silent).await;
        assert_eq!(parameter(&callback, "error").as_deref(), Some("login_required"));
    }
}

#[tokio::test]
async fn oidcc_prompt_login_and_max_age_1_show_a_page() {
    let platform = Box::leak(Box::new(TestPlatform::start().await));
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let mut browser = platform.browser();
    let first = client.agreed(&mut browser, &consumer, &json!({})).await;
    let first = client.redeem(&first).await.expect(200).json;
    platform.platform.clock.pass(2);
    for parameters in [
        json!({"prompt": "login"}),
        json!({"prompt": "select_account"}),
        json!({"max_age": "1"}),
        json!({"max_age": "0"}),
    ] {
        let again = client.agreed(&mut browser, &consumer, &parameters).await;
        let again = client.redeem(&again).await.expect(200).json;
        assert!(
            claims(&again)["auth_time"].as_i64() > claims(&first)["auth_time"].as_i64(),
            "{parameters}"
        );
        platform.platform.clock.pass(2);
    }
    let silent = json!({"prompt": "none", "max_age": "1"});
    let callback = at_once(&mut browser, &client.url(&silent)).await;
    assert_eq!(parameter(&callback, "error").as_deref(), Some("login_required"));
    // The session ends, and with it what it answers.
    let silent = client.url(&json!({"prompt": "none"}));
    assert!(parameter(&at_once(&mut browser, &silent).await, "code").is_some());
    platform.platform.clock.pass(30 * 60 + 1);
    assert_eq!(
        parameter(&at_once(&mut browser, &silent).await, "error").as_deref(),
        Some("login_required")
    );
}

#[tokio::test]
async fn o23_a_consent_that_ended_is_asked_for_again() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let mut browser = platform.browser();
    let callback = client.agreed(&mut browser, &consumer, &json!({})).await;
    // A code that comes twice ends its consent.
    client.redeem(&callback).await.expect(200);
    client.redeem(&callback).await.refused(400, "invalid_grant");
    let silent = at_once(&mut browser, &client.url(&json!({"prompt": "none"}))).await;
    assert_eq!(parameter(&silent, "error").as_deref(), Some("consent_required"));
    // Without prompt=none a page is shown.
    assert!(matches!(
        browser.open(&client.url(&json!({}))).await,
        Landed::Page(_)
    ));
}

#[tokio::test]
async fn a_request_for_another_consumer_or_a_better_authentication_is_told_so() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    for (claims, error) in [
        (
            json!({"id_token": {"sub": {"value": "another"}}}),
            Some("login_required"),
        ),
        (
            json!({"id_token": {"acr": {"essential": true, "values": ["urn:bank:two-factor"]}}}),
            Some("unmet_authentication_requirements"),
        ),
        (
            json!({"id_token": {"acr": {"essential": true, "values": ["x", "urn:bank:password"]}}}),
            None,
        ),
        (
            json!({"id_token": {"acr": {"values": ["urn:bank:two-factor"]}}}),
            None,
        ),
    ] {
        let callback = client
            .agreed(&mut platform.browser(), &consumer, &json!({"claims": claims}))
            .await;
        assert_eq!(parameter(&callback, "error").as_deref(), error, "{claims}");
    }
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

/// P02: fifty visits at once of a signed-in browser with one request_uri, across two replicas: one code.
#[tokio::test]
async fn fifty_visits_with_one_request_uri_give_one_code() {
    let platform: &'static TestPlatform = Box::leak(Box::new(TestPlatform::start().await));
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let mut browser = platform.browser();
    client.agreed(&mut browser, &consumer, &json!({})).await;
    let plain = platform.platform.channel(None);
    let form = [
        ("client_id", &*client.client_id),
        ("response_type", "code"),
        ("scope", "openid"),
        ("redirect_uri", &client.redirect_uri),
    ];
    let pushed = plain
        .post(format!("{}/fdx/auth/v1/par", platform.platform.public))
        .basic_auth(&client.client_id, Some(SECRET))
        .form(&form);
    let request_uri = Answer::to(pushed)
        .await
        .expect(201)
        .member("request_uri")
        .to_owned();
    let replica = platform.replica().await;
    let origins = [platform.platform.public.clone(), replica.reached_at().public];
    let visits = (0..50).map(|number| {
        let mut url = Url::parse(&format!("{}/fdx/auth/v1/authorize", origins[number % 2])).unwrap();
        url.query_pairs_mut()
            .append_pair("client_id", &client.client_id)
            .append_pair("request_uri", &request_uri);
        let browser = browser.clone();
        async move { browser.peek(url.as_str()).await }
    });
    let answers = all(visits).await;
    let locations: Vec<Url> = answers
        .iter()
        .map(|answer| Url::parse(answer.header("location")).unwrap_or_else(|_| panic!("{}", answer.text)))
        .collect();
    let with = |name: &str, value: Option<&str>| {
        let found =
            |url: &&Url| parameter(url, name).is_some_and(|found| value.is_none_or(|value| found == value));
        locations.iter().filter(found).count()
    };
    assert_eq!(with("code", None), 1);
    assert_eq!(with("error", Some("invalid_request_uri")), 49);
}
