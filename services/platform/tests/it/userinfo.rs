//! Userinfo (OIDC Core 5.3): who the consumer is, to whom they agreed, and to nobody else.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{answer::Answer, jws, recipient::parameter};

use crate::{openid::OpenIdClient, parties::SCOPE, stage::TestPlatform, table::Table};

const PATH: &str = "/fdx/auth/v1/userinfo";

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

#[tokio::test]
async fn oidcc_userinfo_get_post_header_and_post_body() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let tokens = client.tokens(&consumer, &json!({})).await;
    let (_, id_token) = jws::read(text(&tokens, "id_token"));
    let token = text(&tokens, "access_token");
    let (plain, url) = (
        platform.platform.channel(None),
        format!("{}{PATH}", platform.platform.public),
    );
    let asks = [
        plain.get(&url).bearer_auth(token),
        plain.post(&url).bearer_auth(token),
        plain.post(&url).bearer_auth(token).form(&[("x", "y")]),
        plain.post(&url).form(&[("access_token", token)]),
    ];
    for ask in asks {
        let answer = Answer::to(ask).await.expect(200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(answer.header("cache-control").contains("no-store"));
        assert_eq!(answer.json, json!({"sub": id_token["sub"]}));
    }
    // RFC6750-2: one place, and not the query.
    let twice = plain
        .post(&url)
        .bearer_auth(token)
        .form(&[("access_token", token)]);
    Answer::to(twice).await.refused(400, "invalid_request");
    let in_query = plain.get(format!("{url}?access_token={token}"));
    Answer::to(in_query).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn oidcc_claims_essential() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let wish = json!({"claims": {"userinfo": {"name": {"essential": true}, "unknown": null}}});
    let tokens = client.tokens(&consumer, &wish).await;
    let answer = client.userinfo(text(&tokens, "access_token")).await.expect(200);
    assert_eq!(answer.member("name"), "Ada Lovelace");
    // Nothing that was not asked, there or in the id_token.
    assert_eq!(answer.json.as_object().unwrap().len(), 2);
    assert_eq!(jws::read(text(&tokens, "id_token")).1.get("name"), None);

    let by_scope = client
        .tokens(&consumer, &json!({"scope": "openid profile"}))
        .await;
    let answer = client
        .userinfo(text(&by_scope, "access_token"))
        .await
        .expect(200)
        .json;
    assert_eq!(answer["name"], "Ada Lovelace");
    assert_eq!(answer.get("email"), None);

    let in_token = client
        .tokens(&consumer, &json!({"claims": {"id_token": {"email": null}}}))
        .await;
    assert_eq!(
        jws::read(text(&in_token, "id_token")).1["email"],
        "ada@example.org"
    );
    let answer = client
        .userinfo(text(&in_token, "access_token"))
        .await
        .expect(200)
        .json;
    assert_eq!(answer.get("email"), None);
}

/// What was not asked for is not even kept.
#[tokio::test]
async fn what_nobody_asked_for_is_not_kept() {
    let platform = TestPlatform::shared().await;
    let (client, consumer) = (
        OpenIdClient::register(platform, json!({})).await,
        platform.consumer().await,
    );
    let wish = json!({"claims": {"userinfo": {"name": null}}});
    for (parameters, kept) in [(wish, json!({"name": "Ada Lovelace"})), (json!({}), json!({}))] {
        let tokens = client.tokens(&consumer, &parameters).await;
        let consent_id: domain::ConsentId = text(&tokens, "grant_id").parse().unwrap();
        let told = platform
            .tx(move |tx| store::identities::find(tx, consent_id))
            .await
            .told;
        assert_eq!(serde_json::to_value(told).unwrap(), kept);
    }
}

/// The consent application tells standard claims of the right type, or its decision is refused.
#[tokio::test]
async fn o05_a_decision_tells_only_standard_claims() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let bank = platform.bank();
    let token = bank
        .token("external:resources:read external:resources:write")
        .await;
    for claims in [
        json!({"sub": "x"}),
        json!({"role": "admin"}),
        json!({"name": 1}),
        json!(["name"]),
    ] {
        let pushed = recipient.push("openid").pushed().await;
        let url = recipient.authorize_url(&pushed.request_uri);
        let resource_id = platform.begin(&mut platform.browser(), &url).await;
        let version = bank
            .resource(&token, &resource_id)
            .await
            .header("etag")
            .to_owned();
        let mut approval = bank.approval(&consumer.user_id, &[]);
        approval["claims"] = claims;
        bank.decide(&token, &resource_id, &version, &approval)
            .await
            .refused_by_fdx(400, "401");
    }
}

/// The consent application is told what the recipient would learn, and on which class of authentication it insists.
#[tokio::test]
async fn the_consent_application_is_told_what_is_asked() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient("fapi2-security").await;
    let claims =
        json!({"userinfo": {"name": null}, "id_token": {"acr": {"essential": true, "values": ["gold"]}}});
    let push = recipient
        .push("openid")
        .asking(|request| request.with("claims", claims));
    let pushed = push.pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let resource_id = platform.begin(&mut platform.browser(), &url).await;
    let token = platform.bank().token("external:resources:read").await;
    let resource = platform
        .bank()
        .resource(&token, &resource_id)
        .await
        .expect(200)
        .json;
    assert_eq!(resource["claims"], json!(["name"]));
    let topic = &resource["identity"][0];
    assert_eq!(
        (&topic["scope"], &topic["claims"]),
        (&json!("profile"), &json!(["name"]))
    );
    assert_eq!(resource["requiredAcrValues"], json!(["gold"]));
    assert_eq!(resource["acrValues"], json!(["gold"]));
}

#[tokio::test]
async fn oidcc_userinfo_rs256_and_the_other_algorithms() {
    let platform = TestPlatform::shared().await;
    let consumer = platform.consumer().await;
    let keys = Answer::to(
        platform
            .platform
            .channel(None)
            .get(format!("{}/fdx/auth/v1/jwks", platform.platform.public)),
    )
    .await
    .json;
    let keys = jose::PublicKeys::parse(&keys).unwrap();
    for algorithm in [
        jose::Algorithm::Rs256,
        jose::Algorithm::Ps256,
        jose::Algorithm::Es256,
    ] {
        let more = json!({"userinfo_signed_response_alg": algorithm.as_str()});
        let client = OpenIdClient::register(platform, more).await;
        let tokens = client.tokens(&consumer, &json!({})).await;
        let answer = client.userinfo(text(&tokens, "access_token")).await.expect(200);
        assert_eq!(answer.header("content-type"), "application/jwt");
        let claims = keys
            .verify(&jose::Compact::parse(&answer.text).unwrap(), &[algorithm])
            .unwrap();
        assert_eq!(claims.required_str("iss").unwrap(), platform.platform.public);
        assert_eq!(claims.required_str("aud").unwrap(), client.client_id);
        assert_eq!(
            claims.get("sub"),
            Some(&jws::read(text(&tokens, "id_token")).1["sub"])
        );
        assert_eq!(claims.get("nonce"), None);
    }
}

/// A recipient's token for the FDX APIs tells who the consumer is too, when it has `openid`; with its certificate alone.
#[tokio::test]
async fn m10_a_bound_token_needs_its_certificate_here_too() {
    let platform = TestPlatform::shared().await;
    let (recipient, stranger) = (
        platform.recipient("fapi2-security").await,
        platform.recipient("fapi2-security").await,
    );
    let consumer = platform.consumer().await;
    let shared = platform.share(&recipient, &consumer).await;
    let token = shared.tokens.access_token.as_str();
    let (mutual, public) = (
        format!("{}{PATH}", platform.platform.mutual),
        format!("{}{PATH}", platform.platform.public),
    );
    let subject = jws::read(text(&shared.tokens.json, "id_token")).1["sub"].clone();
    let answer = recipient.get(PATH, token).await.expect(200);
    assert_eq!(answer.json, json!({"sub": subject}));
    let own = recipient.connection();
    let by_form = Answer::to(own.post(&mutual).form(&[("access_token", token)])).await;
    assert_eq!(by_form.expect(200).json, json!({"sub": subject}));

    let mut table = Table::default();
    let clients_own = recipient
        .post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
        .tokens()
        .await;
    let without_openid = platform
        .share_scope(&recipient, &consumer, "fdx:accountbasic:read")
        .await;
    let bank = platform.bank().token("external:resources:read").await;
    let (others, bare) = (stranger.connection(), recipient.without_certificate());
    let refresh_token = shared.tokens.refresh_token.as_deref();
    let id_token = shared.tokens.json["id_token"].as_str();
    for (row, over, url, token, status, error) in [
        ("without token", &own, &mutual, None, 401, "invalid_token"),
        (
            "another certificate",
            &others,
            &mutual,
            Some(token),
            401,
            "invalid_token",
        ),
        (
            "no certificate",
            &bare,
            &mutual,
            Some(token),
            401,
            "invalid_token",
        ),
        (
            "the public listener",
            &bare,
            &public,
            Some(token),
            401,
            "invalid_token",
        ),
        (
            "T13 a client's own token",
            &own,
            &mutual,
            Some(&*clients_own.access_token),
            403,
            "insufficient_scope",
        ),
        (
            "without openid",
            &own,
            &mutual,
            Some(&*without_openid.tokens.access_token),
            403,
            "insufficient_scope",
        ),
        (
            "a token of the bank",
            &bare,
            &public,
            Some(&*bank),
            401,
            "invalid_token",
        ),
        (
            "T06 a refresh token",
            &own,
            &mutual,
            refresh_token,
            401,
            "invalid_token",
        ),
        ("T06 an id_token", &own, &mutual, id_token, 401, "invalid_token"),
        ("no token at all", &own, &mutual, Some("x"), 401, "invalid_token"),
    ] {
        for method in [Method::GET, Method::POST] {
            let mut request = platform.platform.request(over, method, url);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let answer = Answer::to(request).await;
            table.refused(row, &answer, &[status], &[error]);
            table.holds(
                row,
                answer.header("www-authenticate").starts_with("Bearer"),
                || format!("{:?}", answer.headers),
            );
        }
    }
    table.done();
}

/// From the end of the consent on, nobody learns anything.
#[tokio::test]
async fn a_consent_that_ended_tells_nobody() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    recipient.get(PATH, &shared.tokens.access_token).await.expect(200);
    recipient
        .post("/fdx/auth/v1/revoke", &[("token", &shared.tokens.access_token)])
        .send()
        .await
        .expect(200);
    recipient
        .get(PATH, &shared.tokens.access_token)
        .await
        .refused(401, "invalid_token");
}

/// RFC9396-6 and RFC6749-6: one token with less, and what it opens is what it says.
#[tokio::test]
async fn a_refresh_may_ask_for_fewer_accounts_and_clusters() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let clusters = json!(["ACCOUNT_BASIC", "TRANSACTIONS"]);
    let details = json!([{"type": "fdx_v1.0", "consentRequest": {"durationType": "TIME_BOUND", "durationPeriod": 30,
        "resources": [{"resourceType": "ACCOUNT", "dataClusters": clusters}]}}]);
    let push = recipient
        .push(SCOPE)
        .asking(|request| request.with("authorization_details", details));
    let pushed = push.pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let callback = platform.allow(&mut platform.browser(), &url, &consumer).await;
    let tokens = recipient
        .redeem(&parameter(&callback, "code").unwrap(), &pushed.verifier)
        .tokens()
        .await;
    let refresh = || recipient.refresh(tokens.refresh_token.as_deref().unwrap());
    let wanted = |resource: Value| {
        json!([{"type": "fdx_v1.0", "consentRequest": {"resources": [resource]}}]).to_string()
    };
    let (checking, savings) = (consumer.checking.as_str(), consumer.savings.as_str());
    let account = |id: &str| format!("/fdx/v6/core/accounts/{id}");

    // One account.
    let one = wanted(json!({"resourceType": "ACCOUNT", "resourceId": checking, "dataClusters": clusters}));
    let narrowed = refresh().with("authorization_details", &one).tokens().await;
    let resources = &narrowed.json["authorization_details"][0]["consentRequest"]["resources"];
    assert_eq!(resources.as_array().unwrap().len(), 1);
    assert_eq!(resources[0]["resourceId"], checking);
    let token = narrowed.access_token.as_str();
    assert!(token.len() <= 1_536, "{}", token.len());
    let list = recipient.get("/fdx/v6/core/accounts", token).await.expect(200);
    assert!(
        list.text.contains(checking) && !list.text.contains(savings),
        "{}",
        list.text
    );
    recipient.get(&account(checking), token).await.expect(200);
    for path in [account(savings), format!("{}/transactions", account(savings))] {
        recipient.get(&path, token).await.refused_by_fdx(404, "701");
    }
    recipient
        .get(&format!("{}/transactions", account(checking)), token)
        .await
        .expect(200);

    // One cluster.
    let basic = wanted(json!({"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC"]}));
    let narrowed = refresh().with("authorization_details", &basic).tokens().await;
    assert_eq!(narrowed.json["scope"], "openid fdx:accountbasic:read");
    let token = narrowed.access_token.as_str();
    recipient.get(&account(savings), token).await.expect(200);
    recipient
        .get(&format!("{}/transactions", account(checking)), token)
        .await
        .refused_by_fdx(403, "403");

    // Never more, and the grant is what it was.
    let beyond = wanted(json!({"resourceType": "ACCOUNT", "dataClusters": ["BALANCES"]}));
    let refused = refresh().with("authorization_details", &beyond);
    refused.send().await.refused(400, "invalid_authorization_details");
    let whole = refresh().tokens().await;
    assert_eq!(whole.json["scope"], SCOPE);
    assert!(
        recipient
            .get("/fdx/v6/core/accounts", &whole.access_token)
            .await
            .text
            .contains(savings)
    );
}
