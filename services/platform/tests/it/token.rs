//! The token endpoint: codes and refresh tokens that do not agree with who brings them, and what happens to tokens that
//! are given back.

use testkit::recipient::{Post, Recipient};

use crate::{
    parties::{SCOPE, Shared},
    stage::TestPlatform,
    table::Table,
};

const PROFILE: &str = "fapi2-security";

async fn accounts(recipient: &Recipient, token: &str) -> u16 {
    recipient.get("/fdx/v6/core/accounts", token).await.status
}

/// conformance 2.1.4: each row alone keeps the code good for its owner.
#[tokio::test]
async fn a_code_that_does_not_agree_gives_nothing() {
    let platform = TestPlatform::shared().await;
    let (recipient, other) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    let consumer = platform.consumer().await;
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    let redeem = || recipient.redeem(&code, &pushed.verifier);
    let wrong = recipient.platform.fresh();
    let rows: Vec<(&str, Post)> = vec![
        (
            "ensure-pkce-code-verifier-required",
            redeem().without("code_verifier"),
        ),
        (
            "incorrect-pkce-code-verifier-rejected",
            redeem().with("code_verifier", &wrong),
        ),
        ("a verifier that is none", redeem().with("code_verifier", "short")),
        (
            "the challenge as verifier",
            redeem().with("code_verifier", &testkit::recipient::challenge(&pushed.verifier)),
        ),
        (
            "another redirect_uri",
            redeem().with("redirect_uri", &other.redirect_uri),
        ),
        (
            "T03 ensure-authorization-code-is-bound-to-client",
            other
                .redeem(&code, &pushed.verifier)
                .with("redirect_uri", &recipient.redirect_uri),
        ),
        ("another code", redeem().with("code", &wrong)),
        (
            "T06 the request_uri as code",
            redeem().with("code", &pushed.request_uri),
        ),
        ("a code of 60 kB", redeem().with("code", &"c".repeat(50_000))),
    ];
    let mut table = Table::default();
    for (name, post) in rows {
        table.refused(name, &post.send().await, &[400], &["invalid_grant"]);
    }
    table.refused(
        "no code",
        &redeem().without("code").send().await,
        &[400],
        &["invalid_request"],
    );
    table.refused(
        "no grant_type",
        &redeem().without("grant_type").send().await,
        &[400],
        &["invalid_request"],
    );
    for grant_type in [
        "password",
        "implicit",
        "urn:openid:params:grant-type:ciba",
        "authorization_code ",
    ] {
        table.refused(
            grant_type,
            &redeem().with("grant_type", grant_type).send().await,
            &[400],
            &["unsupported_grant_type"],
        );
    }
    table.accepted("as it is", &redeem().send().await, 200);
    table.done();
}

/// T02, attempt-reuse-authorization-code-after-one-second: what the code gave is dead.
#[tokio::test]
async fn t02_a_reused_code_revokes_what_it_gave() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let shared = platform.share(&recipient, &consumer).await;
    assert_eq!(accounts(&recipient, &shared.tokens.access_token).await, 200);
    recipient
        .redeem(&shared.code, &shared.verifier)
        .send()
        .await
        .refused(400, "invalid_grant");
    recipient
        .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
        .await
        .refused_by_fdx(401, "603");
    refresh(&recipient, &shared)
        .send()
        .await
        .refused(400, "invalid_grant");
}

/// T02 by somebody else: who cannot prove to be the client cannot end its consent with a code that it found.
#[tokio::test]
async fn t03_a_stranger_with_a_used_code_ends_nothing() {
    let platform = TestPlatform::shared().await;
    let (recipient, other) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    let shared = platform.share(&recipient, &platform.consumer().await).await;
    other
        .redeem(&shared.code, &shared.verifier)
        .send()
        .await
        .refused(400, "invalid_grant");
    assert_eq!(accounts(&recipient, &shared.tokens.access_token).await, 200);
}

fn refresh(recipient: &Recipient, shared: &Shared) -> Post {
    recipient.refresh(shared.tokens.refresh_token.as_deref().unwrap())
}

/// F01, conformance 3.11.
#[tokio::test]
async fn a_refresh_that_does_not_agree_gives_nothing() {
    let platform = TestPlatform::shared().await;
    let (recipient, other) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    let shared = platform.share(&recipient, &platform.consumer().await).await;
    let good = || refresh(&recipient, &shared);
    let mut table = Table::default();
    table.refused(
        "F01 another client",
        &refresh(&other, &shared).send().await,
        &[400],
        &["invalid_grant"],
    );
    table.refused(
        "F01 another certificate",
        &good().over(other.connection()).send().await,
        &[400],
        &["invalid_grant"],
    );
    let without = good().over(recipient.without_certificate()).send().await;
    table.refused(
        "no certificate",
        &without,
        &[400, 401],
        &["invalid_client", "invalid_grant", "invalid_request"],
    );
    let mut unproven = good();
    unproven.assertion = None;
    table.refused(
        "no proof",
        &unproven.send().await,
        &[400, 401],
        &["invalid_client", "invalid_grant", "invalid_request"],
    );
    let access = good().with("refresh_token", &shared.tokens.access_token);
    table.refused(
        "T06 an access token",
        &access.send().await,
        &[400],
        &["invalid_grant"],
    );
    let code = good().with("refresh_token", &shared.code);
    table.refused("T06 a code", &code.send().await, &[400], &["invalid_grant"]);
    let wider = good().with("scope", "fdx:accountbasic:read fdx:balances:read");
    table.refused(
        "more than was granted",
        &wider.send().await,
        &[400],
        &["invalid_scope"],
    );
    let narrowed = good().with("scope", "fdx:accountbasic:read").send().await;
    table.accepted("less than was granted", &narrowed, 200);
    table.holds("less", narrowed.json["scope"] == "fdx:accountbasic:read", || {
        narrowed.text.clone()
    });
    table.accepted("as it is", &good().send().await, 200);
    table.done();
    let narrow = narrowed.member("access_token");
    let consumer_path = format!(
        "/fdx/v6/core/accounts/{}/transactions",
        account_of(&recipient, narrow).await
    );
    recipient
        .get(&consumer_path, narrow)
        .await
        .refused_by_fdx(403, "403");
}

async fn account_of(recipient: &Recipient, token: &str) -> String {
    let accounts = recipient.get("/fdx/v6/core/accounts", token).await.expect(200);
    accounts.json["accounts"][0]["accountId"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// RFC 7009, T11, F10: a client gives back what is its own, and nothing of anybody else's.
#[tokio::test]
async fn t11_tokens_are_given_back_by_their_owner_alone() {
    let platform = TestPlatform::shared().await;
    let (recipient, other) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    let consumer = platform.consumer().await;
    let (one, another) = (
        platform.share(&recipient, &consumer).await,
        platform.share(&recipient, &consumer).await,
    );
    let revoke = |who: &Recipient, token: &str| who.post("/fdx/auth/v1/revoke", &[("token", token)]);
    let introspect = |who: &Recipient, token: &str| who.post("/fdx/auth/v1/introspect", &[("token", token)]);
    let refresh_token = one.tokens.refresh_token.clone().unwrap();

    for token in [&one.tokens.access_token, &refresh_token] {
        revoke(&other, token).send().await.expect(200);
        assert_eq!(
            introspect(&other, token).send().await.expect(200).text,
            r#"{"active":false}"#
        );
        assert_eq!(
            introspect(&recipient, token).send().await.expect(200).json["active"],
            true
        );
    }
    assert_eq!(accounts(&recipient, &one.tokens.access_token).await, 200);

    // An access token ends alone.
    revoke(&recipient, &one.tokens.access_token)
        .send()
        .await
        .expect(200);
    assert_eq!(accounts(&recipient, &one.tokens.access_token).await, 401);
    assert_eq!(
        introspect(&recipient, &one.tokens.access_token).send().await.text,
        r#"{"active":false}"#
    );
    let again = refresh(&recipient, &one).tokens().await;
    assert_eq!(accounts(&recipient, &again.access_token).await, 200);
    // A refresh token takes the access tokens of its grant with it, and no other grant's.
    revoke(&recipient, &refresh_token).send().await.expect(200);
    assert_eq!(accounts(&recipient, &again.access_token).await, 401);
    refresh(&recipient, &one)
        .send()
        .await
        .refused(400, "invalid_grant");
    assert_eq!(accounts(&recipient, &another.tokens.access_token).await, 200);
    // What nobody knows is given back as well (RFC7009-2.2).
    revoke(&recipient, "unknown").send().await.expect(200);
    assert_eq!(
        introspect(&recipient, "unknown").send().await.text,
        r#"{"active":false}"#
    );
    revoke(&recipient, "x")
        .without("token")
        .send()
        .await
        .refused(400, "invalid_request");
}

/// T13: what a client gets for itself opens no consumer's data.
#[tokio::test]
async fn t13_a_clients_own_token_reads_no_account() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let own = recipient
        .post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
        .tokens()
        .await;
    assert!(
        own.refresh_token.is_none() && own.json.get("id_token").is_none(),
        "{}",
        own.json
    );
    recipient
        .get("/fdx/v6/core/accounts", &own.access_token)
        .await
        .refused_by_fdx(403, "403");
    let bank = platform.bank();
    let token = bank.token("external:resources:read").await;
    recipient
        .get("/fdx/v6/core/accounts", &token)
        .await
        .refused_by_fdx(401, "603");
}

/// X06: a scope that was not registered, for each kind of client.
#[tokio::test]
async fn a_client_gets_only_what_it_registered() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    for scope in [
        "external:resources:read",
        "participantuser:consents:write",
        "fdx:tax:read",
        "everything",
    ] {
        let post = recipient.post(
            "/fdx/auth/v1/token",
            &[("grant_type", "client_credentials"), ("scope", scope)],
        );
        post.send().await.refused(400, "invalid_scope");
    }
    let application = platform.application("external:resources:read").await;
    let plain = platform.platform.channel(None);
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "external:resources:write"),
    ];
    let request = plain.post(format!("{}/fdx/auth/v1/token", platform.platform.public));
    let request = request
        .basic_auth(&application.client_id, Some(&application.secret))
        .form(&form);
    testkit::answer::Answer::to(request)
        .await
        .refused(400, "invalid_scope");
}

/// T05, F08: time passes on a platform of its own.
#[tokio::test]
async fn time_ends_codes_tokens_and_consents() {
    let platform = TestPlatform::start().await;
    let clock = platform.platform.clock.clone();
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    clock.pass(61);
    // ensure-token-endpoint-fails-with-expired-auth-code
    recipient
        .redeem(&code, &pushed.verifier)
        .send()
        .await
        .refused(400, "invalid_grant");

    let shared = platform.share(&recipient, &consumer).await;
    clock.pass(299);
    assert_eq!(accounts(&recipient, &shared.tokens.access_token).await, 200);
    clock.pass(2);
    recipient
        .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
        .await
        .refused_by_fdx(401, "603");
    let fresh = refresh(&recipient, &shared).tokens().await;
    assert_eq!(accounts(&recipient, &fresh.access_token).await, 200);

    // Z05: the consent ends when its time is over, whether or not anybody wrote that down.
    let brief = recipient
        .push(SCOPE)
        .asking(|t| t.with("authorization_details", brief_consent()))
        .pushed()
        .await;
    let callback = platform
        .allow(
            &mut platform.browser(),
            &recipient.authorize_url(&brief.request_uri),
            &consumer,
        )
        .await;
    let code = testkit::recipient::parameter(&callback, "code").unwrap();
    let tokens = recipient.redeem(&code, &brief.verifier).tokens().await;
    clock.pass(5 * 86_400);
    recipient
        .refresh(tokens.refresh_token.as_deref().unwrap())
        .send()
        .await
        .refused(400, "invalid_grant");
}

fn brief_consent() -> serde_json::Value {
    serde_json::json!([{"type": "fdx_v1.0", "consentRequest": {
        "durationType": "TIME_BOUND", "durationPeriod": 5, "lookbackPeriod": 30,
        "resources": [{"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC", "TRANSACTIONS"]}],
    }}])
}

/// A ONE_TIME consent gives one access token and no refresh token, and ends with it.
#[tokio::test]
async fn a_one_time_consent_is_consumed() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let mut details = brief_consent();
    let request = &mut details[0]["consentRequest"];
    request["durationType"] = "ONE_TIME".into();
    request.as_object_mut().unwrap().remove("durationPeriod");
    let once = recipient
        .push(SCOPE)
        .asking(|token| token.with("authorization_details", details))
        .pushed()
        .await;
    let callback = platform
        .allow(
            &mut platform.browser(),
            &recipient.authorize_url(&once.request_uri),
            &consumer,
        )
        .await;
    let code = testkit::recipient::parameter(&callback, "code").unwrap();
    let tokens = recipient.redeem(&code, &once.verifier).tokens().await;
    assert!(tokens.refresh_token.is_none(), "{}", tokens.json);
    assert_eq!(accounts(&recipient, &tokens.access_token).await, 200);
    platform.platform.clock.pass(301);
    recipient
        .get("/fdx/v6/core/accounts", &tokens.access_token)
        .await
        .refused_by_fdx(401, "603");
}
