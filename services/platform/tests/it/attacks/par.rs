//! Pushed requests: in time, by their owner, bounded in number, and told to nobody.

use testkit::{
    browser::Landed,
    recipient::{Push, challenge},
};

use crate::{parties::SCOPE, stage::TestPlatform, table::Table};

const PROFILE: &str = "fapi2-security";
const ALL: [&str; 3] = ["fapi1-advanced", "fapi2-message-signing", "fapi2-security"];

/// P03: good for a minute, and not for a second more.
#[tokio::test]
async fn p03_a_request_uri_ends_with_its_minute() {
    let platform = TestPlatform::start().await;
    let recipient = platform.recipient(PROFILE).await;
    let answer = recipient.push(SCOPE).send().await.expect(201);
    let lives = answer.json["expires_in"].as_i64().unwrap();
    let url = recipient.authorize_url(answer.member("request_uri"));
    platform.platform.clock.pass(lives - 1);
    platform.begin(&mut platform.browser(), &url).await;
    platform.platform.clock.pass(1);
    match platform.browser().open(&url).await {
        Landed::Page(page) => {
            assert_eq!(
                page.page.text_of("error-code").as_deref(),
                Some("invalid_request_uri")
            );
        }
        // Its redirect URI was proven when it was pushed.
        Landed::Away(url) => {
            assert!(url.as_str().starts_with(&recipient.redirect_uri), "{url}");
            let told = |name| testkit::recipient::parameter(&url, name);
            assert_eq!(told("error").as_deref(), Some("invalid_request_uri"));
            assert_eq!(told("iss").as_deref(), Some(&*platform.platform.public));
            assert_eq!(told("code"), None);
        }
    }
}

/// P05, R06: a reference within what is pushed, in the form and in the object.
#[tokio::test]
async fn p05_r06_a_reference_cannot_be_pushed() {
    let platform = TestPlatform::shared().await;
    let mut table = Table::default();
    for profile in ALL {
        let recipient = platform.recipient(profile).await;
        let earlier = recipient.push(SCOPE).pushed().await;
        for reference in [
            "urn:ietf:params:oauth:request_uri:x",
            &earlier.request_uri,
            "https://recipient.example/request.jwt",
            "http://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
        ] {
            let form = recipient
                .push(SCOPE)
                .posting(|post| post.with("request_uri", reference));
            table.refused(
                &format!("{profile}: {reference} in the form"),
                &form.send().await,
                &[400],
                &["invalid_request"],
            );
            let mut object = recipient
                .push(SCOPE)
                .asking(|token| token.with("request_uri", reference));
            object.signed = true;
            table.refused(
                &format!("{profile}: {reference} in the object"),
                &object.send().await,
                &[400],
                &["invalid_request", "invalid_request_object"],
            );
        }
    }
    table.done();
}

/// P06: a client whose requests wait by the thousand is told to slow down. Nobody else is, and it is let in again when
/// they are over.
#[tokio::test]
async fn p06_a_flood_of_one_client_is_answered_429_and_harms_no_other() {
    let platform = TestPlatform::start().await;
    let (flooding, other) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    flooding.push(SCOPE).pushed().await;
    // As if it had pushed all that may wait.
    let most = http::limits::WAITING_REQUESTS;
    let wait = format!(
        "INSERT INTO authorization_requests (request_id, request_uri_hash, client_id, parameters, created_at, expires_at)
         SELECT gen_random_uuid(), sha256(n::text::bytea), client_id, parameters, created_at, expires_at
         FROM authorization_requests, generate_series(2, {most}) AS n WHERE client_id = '{}'",
        flooding.client_id
    );
    platform.database.session().execute(&wait);
    let answer = flooding.push(SCOPE).send().await;
    answer.refused(429, "slow_down");
    assert!(!answer.header("retry-after").is_empty(), "{:?}", answer.headers);
    other.push(SCOPE).send().await.expect(201);
    // What it has is not taken from it, and its tokens are not touched.
    flooding
        .post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
        .send()
        .await
        .expect(200);
    platform.platform.clock.pass(61);
    flooding.push(SCOPE).send().await.expect(201);
}

/// P06: what anybody can bring in a client's name, through a browser, keeps out nothing that the client brings itself.
#[tokio::test]
async fn p06_a_flood_through_browsers_keeps_no_pushed_request_out() {
    let platform = TestPlatform::start().await;
    let recipient = platform.recipient("fapi1-advanced").await;
    let object = recipient.push(SCOPE).request.compact();
    let mut url = url::Url::parse(&recipient.authorize_url("x")).unwrap();
    url.query_pairs_mut()
        .clear()
        .append_pair("client_id", &recipient.client_id)
        .append_pair("redirect_uri", &recipient.redirect_uri)
        .append_pair("response_type", "code id_token")
        .append_pair("request", &object);
    platform.begin(&mut platform.browser(), url.as_str()).await;
    let most = http::limits::WAITING_REQUESTS;
    platform.database.session().execute(&format!(
        "INSERT INTO authorization_requests
         (request_id, request_uri_hash, client_id, parameters, created_at, expires_at, pushed)
         SELECT gen_random_uuid(), sha256(n::text::bytea), client_id, parameters, created_at, expires_at, pushed
         FROM authorization_requests, generate_series(2, {most}) AS n"
    ));
    match platform.browser().open(url.as_str()).await {
        Landed::Page(page) => {
            assert_eq!(page.page.text_of("error-code").as_deref(), Some("slow_down"));
            assert_eq!(page.answer.status, 429);
        }
        Landed::Away(url) => panic!("{url}"),
    }
    recipient.push(SCOPE).send().await.expect(201);
}

/// P06: whoever has one `request_uri` cannot fill our tables with it.
#[tokio::test]
async fn p06_a_request_is_reloaded_only_so_often() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let mut lodged = 0;
    let refused = loop {
        match platform.browser().open(&url).await {
            Landed::Page(page) if page.answer.status == 200 => lodged += 1,
            Landed::Page(page) => break page,
            Landed::Away(url) => panic!("{url}"),
        }
        assert!(lodged < 1_000, "without end");
    };
    assert!(lodged >= 10, "{lodged}: a reload is ordinary");
    assert_eq!(refused.answer.status, 429, "{}", refused.page.source());
    // Another request of the same client is another matter.
    let other = recipient.push(SCOPE).pushed().await;
    platform
        .begin(
            &mut platform.browser(),
            &recipient.authorize_url(&other.request_uri),
        )
        .await;
}

/// P08: what was pushed stands in no cookie, address or page that the browser sees before the end.
#[tokio::test]
async fn p08_what_was_pushed_is_told_to_nobody_on_the_way() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let pushed = recipient
        .push(SCOPE)
        .asking(|token| token.with("login_hint", "ada.lovelace@bank.example"))
        .pushed()
        .await;
    let secrets = [
        pushed.state.as_str(),
        &pushed.nonce,
        &challenge(&pushed.verifier),
        "ada.lovelace",
        "fdx:accountbasic",
    ];
    let url = recipient.authorize_url(&pushed.request_uri);
    let mut browser = platform.browser();
    let first = browser.peek(&url).await;
    assert_eq!(first.status, 303);
    let mut seen: Vec<String> = first
        .headers
        .values()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    assert_eq!(first.header("referrer-policy"), "no-referrer");
    let other = platform.recipient(PROFILE).await;
    let wrong = browser
        .open(&other.authorize_url(&pushed.request_uri))
        .await
        .page();
    seen.push(wrong.page.source().to_owned());
    seen.extend(browser.cookies_set.clone());
    for text in seen {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(
            !text.contains(pushed.request_uri.rsplit(':').next().unwrap()),
            "{text}"
        );
    }
}

/// P10: every way to have no proof of possession of the code.
#[tokio::test]
async fn p10_without_s256_there_is_no_code() {
    let platform = TestPlatform::shared().await;
    let mut table = Table::default();
    type Change = fn(Push) -> Push;
    let rows: &[(&str, Change)] = &[
        ("no challenge", |p| {
            p.asking(|t| t.without("code_challenge").without("code_challenge_method"))
        }),
        ("no method", |p| p.asking(|t| t.without("code_challenge_method"))),
        ("no challenge, a method", |p| {
            p.asking(|t| t.without("code_challenge"))
        }),
        ("plain", |p| {
            p.asking(|t| t.with("code_challenge_method", "plain"))
        }),
        ("s256", |p| p.asking(|t| t.with("code_challenge_method", "s256"))),
        ("S512", |p| p.asking(|t| t.with("code_challenge_method", "S512"))),
        ("a list of methods", |p| {
            p.asking(|t| t.with("code_challenge_method", "S256 plain"))
        }),
        ("a short challenge", |p| {
            p.asking(|t| t.with("code_challenge", "x".repeat(42)))
        }),
        ("a long challenge", |p| {
            p.asking(|t| t.with("code_challenge", "x".repeat(44)))
        }),
        ("a challenge with padding", |p| {
            p.asking(|t| t.with("code_challenge", "x".repeat(42) + "="))
        }),
        ("a challenge of other letters", |p| {
            p.asking(|t| t.with("code_challenge", "+/".repeat(21) + "x"))
        }),
        ("a challenge and a blank", |p| {
            p.asking(|t| t.with("code_challenge", "x".repeat(42) + " "))
        }),
    ];
    for profile in ALL {
        let recipient = platform.recipient(profile).await;
        for (name, change) in rows {
            let answer = change(recipient.push(SCOPE)).send().await;
            table.refused(
                &format!("{profile}: {name}"),
                &answer,
                &[400],
                &["invalid_request"],
            );
        }
    }
    table.done();
}
