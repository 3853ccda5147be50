//! Codes and what leads to them: each is good once, for its owner, in its time, on whichever replica.

use reqwest::Method;
use testkit::{
    answer::Answer,
    bank::RESOURCES,
    browser::{Browser, Landed},
    recipient::{Post, Recipient, parameter},
};

use crate::{
    parties::{Consumer, SCOPE, all},
    stage::TestPlatform,
    table::Table,
};

const PROFILE: &str = "fapi2-security";
const RACERS: usize = 50;

/// Two replicas behind one name.
async fn two() -> (TestPlatform, TestPlatform) {
    let one = TestPlatform::start().await;
    let other = one.replica().await;
    (one, other)
}

/// The address as the other replica is reached.
fn moved(url: &str, from: &TestPlatform, to: &TestPlatform) -> String {
    let (here, there) = (&from.platform, to.reached_at());
    url.replace(&here.mutual, &there.mutual)
        .replace(&here.public, &there.public)
}

fn elsewhere(mut post: Post, from: &TestPlatform, to: &TestPlatform) -> Post {
    post.url = moved(&post.url, from, to);
    post
}

/// A browser comes to the address at one of the replicas, with the cookies that it has.
async fn come(browser: Browser, url: String) -> Answer {
    browser.peek(&url).await
}

/// The browser that began, and the address that it is sent back to.
async fn decided(
    platform: &TestPlatform,
    recipient: &Recipient,
    consumer: &Consumer,
    uri: &str,
) -> (Browser, String) {
    let mut browser = platform.browser();
    let resource_id = platform.begin(&mut browser, &recipient.authorize_url(uri)).await;
    let bank = platform.bank();
    let token = bank
        .token("external:resources:read external:resources:write")
        .await;
    let found = bank.resource(&token, &resource_id).await.expect(200);
    let approval = bank.approval(&consumer.user_id, &[&consumer.checking]);
    let decided = bank
        .decide(&token, &resource_id, found.header("etag"), &approval)
        .await
        .expect(200);
    (browser, decided.member("continueUrl").to_owned())
}

fn codes_of(answers: &[Answer]) -> Vec<String> {
    answers
        .iter()
        .filter_map(|answer| url::Url::parse(answer.header("location")).ok())
        .filter_map(|url| parameter(&url, "code"))
        .collect()
}

/// P02, T01: fifty browsers come back at once with one request, each with a decision of its own.
#[tokio::test]
async fn p02_t01_of_fifty_racing_uses_of_one_request_uri_one_gives_a_code() {
    let (one, other) = two().await;
    let (recipient, consumer) = (one.recipient(PROFILE).await, one.consumer().await);
    let pushed = recipient.push(SCOPE).pushed().await;
    let mut ready = vec![];
    for number in 0..RACERS {
        let (browser, back) = decided(&one, &recipient, &consumer, &pushed.request_uri).await;
        let back = if number % 2 == 0 {
            back
        } else {
            moved(&back, &one, &other)
        };
        ready.push((browser, back));
    }
    let answers = all(ready.into_iter().map(|(browser, back)| come(browser, back))).await;
    let codes = codes_of(&answers);
    assert_eq!(codes.len(), 1, "{codes:?}");
    for answer in answers.iter().filter(|answer| answer.status != 303) {
        assert!(
            answer.text.contains("id=\"error-code\""),
            "{} {}",
            answer.status,
            answer.text
        );
        assert_eq!(answer.status, 400);
    }
    recipient.redeem(&codes[0], &pushed.verifier).tokens().await;
    let living = one
        .database
        .session()
        .number("SELECT count(*) FROM consent_grants");
    assert_eq!(living, 1);
}

/// L03, T01: one browser comes back fifty times at once.
#[tokio::test]
async fn t01_of_fifty_racing_continues_one_gives_a_code() {
    let (one, other) = two().await;
    let (recipient, consumer) = (one.recipient(PROFILE).await, one.consumer().await);
    let pushed = recipient.push(SCOPE).pushed().await;
    let (browser, back) = decided(&one, &recipient, &consumer, &pushed.request_uri).await;
    let racers = (0..RACERS).map(|number| {
        let back = if number % 2 == 0 {
            back.clone()
        } else {
            moved(&back, &one, &other)
        };
        come(browser.clone(), back)
    });
    let answers = all(racers.collect::<Vec<_>>().into_iter()).await;
    assert_eq!(codes_of(&answers).len(), 1);
}

/// O06: a decision is taken once, whoever takes it, and whatever it is.
#[tokio::test]
async fn o06_of_fifty_racing_decisions_one_is_taken() {
    let (one, other) = two().await;
    let (recipient, consumer) = (one.recipient(PROFILE).await, one.consumer().await);
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let resource_id = one.begin(&mut one.browser(), &url).await;
    let bank = one.bank();
    let token = bank
        .token("external:resources:read external:resources:write")
        .await;
    let version = bank
        .resource(&token, &resource_id)
        .await
        .header("etag")
        .to_owned();
    let racers = (0..RACERS).map(|number| {
        let there = if number % 2 == 0 {
            one.reached_at()
        } else {
            other.reached_at()
        };
        let body = if number % 3 == 0 {
            serde_json::json!({"status": "REJECTED"})
        } else {
            bank.approval(&consumer.user_id, &[&consumer.checking])
        };
        let url = format!("{}{RESOURCES}/{resource_id}", there.public);
        let request = there
            .request(&there.channel(None), Method::PATCH, &url)
            .bearer_auth(&token)
            .header("if-match", &version)
            .json(&body);
        Answer::to(request)
    });
    let answers = all(racers.collect::<Vec<_>>().into_iter()).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert!(
            [409, 412].contains(&answer.status),
            "{} {}",
            answer.status,
            answer.text
        );
    }
}

/// J23: one assertion at every endpoint that takes one, on two replicas, fifty times at once.
#[tokio::test]
async fn j23_of_fifty_uses_of_one_assertion_anywhere_one_is_accepted() {
    let (one, other) = two().await;
    let recipient = one.recipient(PROFILE).await;
    let assertion = Some(recipient.assertion());
    let racers: Vec<_> = (0..RACERS)
        .map(|number| {
            let mut post = match number % 4 {
                0 => recipient.post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")]),
                1 => recipient.post("/fdx/auth/v1/introspect", &[("token", "x")]),
                2 => recipient.post("/fdx/auth/v1/revoke", &[("token", "x")]),
                _ => {
                    let push = recipient.push(SCOPE);
                    let claims = push.request.claims.as_object().unwrap().clone();
                    let parameters = claims.into_iter().filter_map(|(name, value)| {
                        let sent = !["iss", "aud", "nbf", "iat", "exp", "client_id"].contains(&name.as_str());
                        sent.then(|| (name, value.as_str().unwrap_or_default().to_owned()))
                    });
                    parameters.fold(push.post, |post, (name, value)| post.with(&name, &value))
                }
            };
            post.assertion.clone_from(&assertion);
            if number % 8 < 4 {
                post
            } else {
                elsewhere(post, &one, &other)
            }
        })
        .collect();
    let answers = all(racers.into_iter().map(|post| async move { post.send().await })).await;
    let accepted = answers.iter().filter(|answer| answer.status < 300).count();
    assert_eq!(accepted, 1);
    for answer in answers.iter().filter(|answer| answer.status >= 300) {
        answer.refused(401, "invalid_client");
    }
}

/// T01, T02 on two replicas, with different verifiers and certificates among the fifty.
#[tokio::test]
async fn t01_t02_of_fifty_redemptions_on_two_replicas_one_succeeds_and_is_revoked_by_the_others() {
    let (one, other) = two().await;
    let (recipient, consumer) = (one.recipient(PROFILE).await, one.consumer().await);
    let (code, pushed) = one.code(&recipient, &consumer, SCOPE).await;
    let racers: Vec<_> = (0..RACERS)
        .map(|number| {
            let post = recipient.redeem(&code, &pushed.verifier);
            if number % 2 == 0 {
                post
            } else {
                elsewhere(post, &one, &other)
            }
        })
        .collect();
    let answers = all(racers.into_iter().map(|post| async move { post.send().await })).await;
    let given: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(given.len(), 1);
    recipient
        .get("/fdx/v6/core/accounts", given[0].member("access_token"))
        .await
        .refused_by_fdx(401, "603");
}

/// T03, P10: whoever has the code and not all the rest gets nothing, and its owner keeps it.
#[tokio::test]
async fn t03_p10_a_stolen_code_is_of_no_use_to_the_thief() {
    let platform = TestPlatform::shared().await;
    let (recipient, thief) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    let consumer = platform.consumer().await;
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    let (_, thieves) = platform.code(&thief, &consumer, SCOPE).await;
    let mut rows: Vec<(&str, Post)> = vec![
        (
            "the thief, with its own verifier",
            thief.redeem(&code, &thieves.verifier),
        ),
        (
            "the thief, with the verifier",
            thief.redeem(&code, &pushed.verifier),
        ),
        (
            "the thief, with the verifier and the redirect URI",
            thief
                .redeem(&code, &pushed.verifier)
                .with("redirect_uri", &recipient.redirect_uri),
        ),
        (
            "without verifier",
            recipient.redeem(&code, &pushed.verifier).without("code_verifier"),
        ),
        (
            "the challenge",
            recipient.redeem(&code, &testkit::recipient::challenge(&pushed.verifier)),
        ),
        ("another's verifier", recipient.redeem(&code, &thieves.verifier)),
        (
            "a verifier of 42 characters",
            recipient.redeem(&code, &pushed.verifier[1..]),
        ),
        (
            "a verifier of 129 characters",
            recipient.redeem(&code, &"v".repeat(129)),
        ),
        (
            "the verifier and a blank",
            recipient.redeem(&code, &format!("{} ", pushed.verifier)),
        ),
        (
            "the code and a blank",
            recipient.redeem(&format!("{code} "), &pushed.verifier),
        ),
        (
            "the code in capitals",
            recipient.redeem(&code.to_uppercase(), &pushed.verifier),
        ),
        (
            "the code and a NUL",
            recipient.redeem(&format!("{code}\0"), &pushed.verifier),
        ),
        (
            "half of the code",
            recipient.redeem(&code[..20], &pushed.verifier),
        ),
    ];
    let mut named = thief.redeem(&code, &pushed.verifier);
    named = named.with("client_id", &recipient.client_id);
    rows.push(("the thief, under the owner's name", named));
    let mut table = Table::default();
    for (name, post) in rows {
        let answer = post.send().await;
        table.refused(name, &answer, &[400, 401], &["invalid_grant", "invalid_client"]);
    }
    table.done();
    recipient.redeem(&code, &pushed.verifier).tokens().await;
}

/// T05: a code ends with its sixtieth second, a decision with its fifth minute, and a request before either began.
#[tokio::test]
async fn t05_time_ends_the_code_and_what_leads_to_it() {
    let platform = TestPlatform::start().await;
    let clock = platform.platform.clock.clone();
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    clock.pass(59);
    recipient.redeem(&code, &pushed.verifier).tokens().await;
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    clock.pass(60);
    recipient
        .redeem(&code, &pushed.verifier)
        .send()
        .await
        .refused(400, "invalid_grant");

    // A sign-in page that was left open.
    let pushed = recipient.push(SCOPE).pushed().await;
    let (mut browser, back) = decided(&platform, &recipient, &consumer, &pushed.request_uri).await;
    clock.pass(300);
    browser.open(&back).await.error_page("invalid_request");
    let pushed = recipient.push(SCOPE).pushed().await;
    let mut browser = platform.browser();
    let resource_id = platform
        .begin(&mut browser, &recipient.authorize_url(&pushed.request_uri))
        .await;
    clock.pass(300);
    let bank = platform.bank();
    let token = bank.token("external:resources:read").await;
    bank.resource(&token, &resource_id)
        .await
        .refused_by_fdx(404, "1107");
}

/// T06: what one store gave out is nothing in another.
#[tokio::test]
async fn t06_a_value_of_one_store_is_nothing_in_another() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let shared = platform.share(&recipient, &consumer).await;
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    let waiting = recipient.push(SCOPE).pushed().await;
    let mut browser = platform.browser();
    let resource_id = platform
        .begin(&mut browser, &recipient.authorize_url(&waiting.request_uri))
        .await;
    let cookie = browser.cookies_set[0]
        .split(['=', ';'])
        .nth(1)
        .unwrap()
        .to_owned();
    let reference = waiting.request_uri.rsplit(':').next().unwrap().to_owned();
    let refresh_token = shared.tokens.refresh_token.clone().unwrap();
    let (_, claims) = testkit::jws::read(&shared.tokens.access_token);
    let values = [
        ("request_uri", waiting.request_uri.as_str()),
        ("what follows its prefix", reference.as_str()),
        ("resource id", resource_id.as_str()),
        ("cookie", cookie.as_str()),
        ("consent id", shared.consent_id.as_str()),
        ("access token", shared.tokens.access_token.as_str()),
        ("its jti", claims["jti"].as_str().unwrap()),
        ("id_token", shared.tokens.json["id_token"].as_str().unwrap()),
        ("state", pushed.state.as_str()),
    ];
    let mut table = Table::default();
    for (name, value) in values.iter().chain(&[("refresh token", refresh_token.as_str())]) {
        let answer = recipient.redeem(value, &pushed.verifier).send().await;
        table.refused(&format!("{name} as code"), &answer, &[400], &["invalid_grant"]);
    }
    for (name, value) in values.iter().chain(&[("code", code.as_str())]) {
        let answer = recipient.refresh(value).send().await;
        table.refused(
            &format!("{name} as refresh token"),
            &answer,
            &[400],
            &["invalid_grant"],
        );
    }
    for (name, value) in [
        ("code", &code),
        ("refresh token", &refresh_token),
        ("cookie", &cookie),
        ("resource id", &resource_id),
    ] {
        let uri = format!("urn:ietf:params:oauth:request_uri:{value}");
        let landed = platform.browser().open(&recipient.authorize_url(&uri)).await;
        let page = match landed {
            Landed::Page(page) => page.page.text_of("error-code"),
            Landed::Away(url) => Some(url.to_string()),
        };
        table.holds(name, page.as_deref() == Some("invalid_request_uri"), || {
            format!("as request_uri: {page:?}")
        });
        let answer = recipient.get("/fdx/v6/core/accounts", value).await;
        table.holds(name, answer.status == 401, || {
            format!("as access token: {}", answer.text)
        });
    }
    table.done();
    recipient.redeem(&code, &pushed.verifier).tokens().await;
}

/// T08: the database goes away while the code is redeemed: either a token whose row is there, or none, and never a code
/// that is spent for nothing twice.
#[tokio::test]
async fn t08_no_token_leaves_whose_row_is_not_written() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    // Writing the token's row fails, after everything else in the statement went well.
    let mut session = platform.database.session();
    session.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;
         CREATE TRIGGER refuse BEFORE INSERT ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION refuse()",
    );
    let answer = recipient.redeem(&code, &pushed.verifier).send().await;
    assert!(
        [500, 503].contains(&answer.status),
        "{} {}",
        answer.status,
        answer.text
    );
    assert!(answer.json.get("access_token").is_none());
    assert!(!answer.text.contains("disk full"), "Z03: {}", answer.text);
    assert_eq!(
        session.number("SELECT count(*) FROM access_tokens WHERE consent_id IS NOT NULL"),
        0
    );
    session.execute("DROP TRIGGER refuse ON refresh_tokens");
    // Neither the code nor the assertion was spent by what failed.
    recipient.redeem(&code, &pushed.verifier).tokens().await;
}

/// C08, U09: between the decision and the way back the client is disabled, or its redirect URI withdrawn: no code goes
/// anywhere.
#[tokio::test]
async fn c08_u09_what_was_withdrawn_meanwhile_is_not_answered() {
    let platform = TestPlatform::shared().await;
    let consumer = platform.consumer().await;
    for withdrawn in ["client", "redirect URI"] {
        let recipient = platform.recipient(PROFILE).await;
        let pushed = recipient.push(SCOPE).pushed().await;
        let (mut browser, back) = decided(platform, &recipient, &consumer, &pushed.request_uri).await;
        if withdrawn == "client" {
            let (id, now): (domain::ClientId, _) = (recipient.client_id.parse().unwrap(), platform.now());
            platform
                .tx(move |tx| store::clients::set_status(tx, &id, domain::ClientStatus::Disabled, now))
                .await;
        } else {
            let metadata = serde_json::json!({
                "client_name": "A recipient", "profile": PROFILE, "token_endpoint_auth_method": "private_key_jwt",
                "jwks": {"keys": [recipient.key.public_jwk()]}, "redirect_uris": ["https://new.example/callback"],
                "scope": crate::parties::ALL_SCOPES,
            });
            platform.register(&recipient.client_id, metadata, None).await;
        }
        match browser.open(&back).await {
            Landed::Page(page) => assert_eq!(page.answer.status, 400, "{withdrawn}"),
            Landed::Away(url) => panic!("{withdrawn}: sent to {url}"),
        }
    }
}
