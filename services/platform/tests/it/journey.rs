//! The whole journey over the wire: a recipient obtains a consumer's consent and reads accounts, until the consumer
//! revokes.

use serde_json::json;
use testkit::{
    answer::Answer,
    jws,
    recipient::{Recipient, parameter},
};

use crate::{
    parties::{ALL_SCOPES, SCOPE, Shared},
    stage::TestPlatform,
};

const DETAILS: &str = r#"[{"type": "fdx_v1.0", "consentRequest": {"durationType": "TIME_BOUND", "durationPeriod": 90,
    "lookbackPeriod": 60, "resources": [{"resourceType": "ACCOUNT",
        "dataClusters": ["ACCOUNT_BASIC", "TRANSACTIONS"]}]}}]"#;

async fn reads_accounts(recipient: &Recipient, shared: &Shared) -> Answer {
    recipient
        .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
        .await
}

#[tokio::test]
async fn from_a_pushed_request_to_the_revocation() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-message-signing").await,
        platform.consumer().await,
    );

    let details: serde_json::Value = serde_json::from_str(DETAILS).unwrap();
    let push = recipient
        .push(SCOPE)
        .asking(|request| request.with("authorization_details", details));
    let pushed = push.pushed().await;
    assert!(
        pushed
            .request_uri
            .starts_with("urn:ietf:params:oauth:request_uri:"),
        "{}",
        pushed.request_uri
    );

    let mut browser = platform.browser();
    let url = recipient.authorize_url(&pushed.request_uri);
    let callback = platform.allow(&mut browser, &url, &consumer).await;
    assert!(
        callback.as_str().starts_with(&recipient.redirect_uri),
        "{callback}"
    );
    assert_eq!(parameter(&callback, "state"), Some(pushed.state.clone()));
    assert_eq!(
        parameter(&callback, "iss"),
        Some(recipient.platform.public.clone())
    );
    let code = parameter(&callback, "code").unwrap();
    // L16
    let cookie = browser
        .cookies_set
        .iter()
        .find(|cookie| cookie.starts_with("__Host-"))
        .unwrap();
    for flag in ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"] {
        assert!(cookie.contains(flag), "{cookie}");
    }

    let answer = recipient.redeem(&code, &pushed.verifier).send().await.expect(200);
    assert!(answer.header("cache-control").contains("no-store"));
    assert_eq!(answer.member("token_type"), "Bearer");
    assert_eq!(answer.json["expires_in"], 300);
    assert_eq!(
        answer.json["authorization_details"][0]["type"], "fdx_v1.0",
        "{}",
        answer.text
    );
    let (header, claims) = jws::read(answer.member("access_token"));
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!(claims["fdxConsentId"], answer.json["grant_id"]);
    assert_eq!(
        (&claims["client_id"], &claims["azp"]),
        (&json!(recipient.client_id), &json!(recipient.client_id))
    );
    assert!(claims["cnf"]["x5t#S256"].is_string(), "{claims}");
    let (_, identity) = jws::read(answer.member("id_token"));
    assert_eq!(
        (&identity["nonce"], &identity["aud"]),
        (&json!(pushed.nonce), &json!(recipient.client_id))
    );
    assert_eq!(identity["sub"], claims["sub"]);
    assert_ne!(
        identity["sub"],
        json!(consumer.user_id),
        "a recipient does not learn the bank's own name for a person"
    );

    let tokens = answer.member("access_token").to_owned();
    let accounts = recipient.get("/fdx/v6/core/accounts", &tokens).await.expect(200);
    let listed: Vec<_> = accounts.json["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["accountId"].clone())
        .collect();
    assert_eq!(
        listed,
        [json!(consumer.checking), json!(consumer.savings)],
        "{}",
        accounts.text
    );
    let path = format!("/fdx/v6/core/accounts/{}/transactions", consumer.checking);
    let transactions = recipient.get(&path, &tokens).await.expect(200);
    assert_eq!(
        transactions.json["transactions"].as_array().unwrap().len(),
        1,
        "the last seven days: {}",
        transactions.text
    );

    let consent_id = answer.member("grant_id").to_owned();
    let consent = recipient
        .get(&format!("/fdx/v6/consents/{consent_id}"), &tokens)
        .await
        .expect(200);
    assert_eq!(consent.json["status"], "ACTIVE");
    assert_eq!(consent.json["id"], json!(consent_id));

    let revocation = format!(
        "{}/fdx/v6/consents/{consent_id}/revocation",
        recipient.platform.mutual
    );
    let request = recipient
        .platform
        .request(&recipient.connection(), reqwest::Method::PATCH, &revocation);
    let body = json!({"reason": "USER_ACTION", "initiator": "INDIVIDUAL"});
    Answer::to(request.bearer_auth(&tokens).json(&body))
        .await
        .expect(204);

    recipient
        .get("/fdx/v6/core/accounts", &tokens)
        .await
        .refused_by_fdx(401, "603");
    recipient.get(&path, &tokens).await.refused_by_fdx(401, "603");
    let refresh = recipient.refresh(answer.member("refresh_token")).send().await;
    refresh.refused(400, "invalid_grant");
}

/// Every profile that serves consumers, in each of its response modes.
#[tokio::test]
async fn every_profile_reaches_the_accounts() {
    let platform = TestPlatform::shared().await;
    let consumer = platform.consumer().await;
    let cases = [
        ("fapi1-advanced", ("code id_token", None)),
        ("fapi1-advanced", ("code", Some("jwt"))),
        ("fapi2-security", ("code", None)),
        ("fapi2-security", ("code", Some("jwt"))),
        ("fapi2-message-signing", ("code", Some("query"))),
        ("fapi2-message-signing", ("code", Some("jwt"))),
    ];
    for (profile, response) in cases {
        for by_certificate in [false, true] {
            let mut recipient = if by_certificate {
                platform.certificate_recipient(profile).await
            } else {
                platform.rsa_recipient(profile).await
            };
            recipient.response = response;
            let pushed = recipient.push(ALL_SCOPES).pushed().await;
            let url = recipient.authorize_url(&pushed.request_uri);
            let callback = platform.allow(&mut platform.browser(), &url, &consumer).await;
            let answer = if response.1 == Some("jwt") {
                let (header, claims) = jws::read(&parameter(&callback, "response").unwrap());
                assert!(header["kid"].is_string());
                assert_eq!(
                    (&claims["aud"], &claims["iss"]),
                    (&json!(recipient.client_id), &json!(recipient.platform.public))
                );
                assert_eq!(claims["state"], json!(pushed.state));
                assert!(parameter(&callback, "code").is_none(), "{callback}");
                claims
            } else {
                if response.0 == "code id_token" {
                    assert!(
                        callback.query().is_none() && callback.fragment().is_some(),
                        "{callback}"
                    );
                    let (_, identity) = jws::read(&parameter(&callback, "id_token").unwrap());
                    // FAPI1-ADV-5.2.2.1: both hashes, for what was really sent.
                    assert!(
                        identity["c_hash"].is_string() && identity["s_hash"].is_string(),
                        "{identity}"
                    );
                    assert_eq!(identity["nonce"], json!(pushed.nonce));
                }
                assert_eq!(parameter(&callback, "state"), Some(pushed.state.clone()));
                json!({"code": parameter(&callback, "code").unwrap()})
            };
            let code = answer["code"].as_str().unwrap();
            let tokens = recipient.redeem(code, &pushed.verifier).tokens().await;
            recipient
                .get("/fdx/v6/core/accounts", &tokens.access_token)
                .await
                .expect(200);
        }
    }
}

#[tokio::test]
async fn a_refresh_token_stays_and_gives_new_access_tokens() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let refresh_token = shared.tokens.refresh_token.clone().unwrap();
    for _ in 0..2 {
        let tokens = recipient.refresh(&refresh_token).tokens().await;
        assert_eq!(
            tokens.refresh_token.as_deref(),
            Some(refresh_token.as_str()),
            "not rotated"
        );
        assert_ne!(tokens.access_token, shared.tokens.access_token);
        recipient
            .get("/fdx/v6/core/accounts", &tokens.access_token)
            .await
            .expect(200);
    }
    reads_accounts(&recipient, &shared).await.expect(200);
}

/// `user-rejects-authentication`, in each mode.
#[tokio::test]
async fn a_consumer_who_says_no_is_told_to_the_recipient() {
    let platform = TestPlatform::shared().await;
    for (profile, response) in [
        ("fapi2-security", ("code", None)),
        ("fapi2-security", ("code", Some("jwt"))),
        ("fapi1-advanced", ("code id_token", None)),
    ] {
        let mut recipient = platform.recipient(profile).await;
        recipient.response = response;
        let pushed = recipient.push(SCOPE).pushed().await;
        let url = recipient.authorize_url(&pushed.request_uri);
        let callback = platform
            .decide(&mut platform.browser(), &url, &json!({"status": "REJECTED"}))
            .await
            .away();
        let (error, state) = if response.1 == Some("jwt") {
            let (_, claims) = jws::read(&parameter(&callback, "response").unwrap());
            (
                claims["error"].as_str().map(str::to_owned),
                claims["state"].as_str().map(str::to_owned),
            )
        } else {
            assert_eq!(
                callback.fragment().is_some(),
                response.0 == "code id_token",
                "{callback}"
            );
            (parameter(&callback, "error"), parameter(&callback, "state"))
        };
        assert_eq!(
            (error.as_deref(), state),
            (Some("access_denied"), Some(pushed.state))
        );
        // P02
        let again = platform.browser().open(&url).await.away();
        assert!(
            again.as_str().contains("error") || again.as_str().contains("response="),
            "{again}"
        );
    }
}

/// The same journey with the pages of the reference portal, by what a person sees and presses.
#[tokio::test]
async fn a_consumer_uses_the_portal() {
    const PASSWORD: &str = "correct horse battery staple";
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    platform.register_user(&consumer, PASSWORD).await;
    let pushed = recipient.push(SCOPE).pushed().await;
    let mut browser = platform.browser();
    let page = browser
        .open(&recipient.authorize_url(&pushed.request_uri))
        .await
        .page();
    let form = page
        .page
        .form_with("sign-in")
        .fill("username", &consumer.user_id)
        .fill("password", "wrong")
        .press("sign-in");
    let page = browser.submit(&page, form).await.page();
    let form = page
        .page
        .form_with("sign-in")
        .fill("username", &consumer.user_id)
        .fill("password", PASSWORD)
        .press("sign-in");
    let page = browser.submit(&page, form).await.page();
    let form = page
        .page
        .form_with("allow")
        .tick("account", &[&consumer.checking])
        .press("allow");
    let callback = browser.submit(&page, form).await.away();
    let code = parameter(&callback, "code").unwrap_or_else(|| panic!("{callback}"));
    let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
    let accounts = recipient
        .get("/fdx/v6/core/accounts", &tokens.access_token)
        .await
        .expect(200);
    let listed: Vec<_> = accounts.json["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["accountId"].clone())
        .collect();
    assert_eq!(listed, [json!(consumer.checking)]);
}
