//! Attacks on the portal's sign-in, sessions and forms (L01 to L16), beside those in `portal.rs`: the second factor
//! skipped, replayed, guessed and taken over; forms of other sites at every change in the dashboard; poisoned hosts.

use reqwest::Method;
use testkit::{
    answer::Answer,
    authenticator::Authenticator,
    browser::{Browser, Opened},
    html::Page,
    jws,
    recipient::parameter,
};

use crate::{
    parties::{Consumer, SCOPE, all},
    portal::{PASSWORD, Visit, credentials, dashboard},
    stage::TestPlatform,
};

/// A consumer who has proven their password to the dashboard, and is asked for a code.
async fn half_way(platform: &TestPlatform) -> (Consumer, Authenticator, Browser, Opened) {
    let consumer = platform.consumer().await;
    let authenticator = platform.register_user_with_codes(&consumer, PASSWORD).await;
    let (browser, page) = dashboard(platform, &consumer, PASSWORD).await;
    assert_eq!(page.url.path(), "/portal/sign-in/code");
    (consumer, authenticator, browser, page)
}

async fn give_code(browser: &mut Browser, page: &Opened, code: &str) -> Opened {
    let form = page.page.form_with("totp").fill("totp", code).press("sign-in");
    browser.submit(page, form).await.page()
}

/// The recipient learns how the consumer was authenticated (RFC 8176).
#[tokio::test]
async fn a_second_factor_lets_in_and_is_told_to_the_recipient() {
    let platform = TestPlatform::shared().await;
    let mut visit = Visit::to(platform, SCOPE).await;
    let authenticator = platform.register_user_with_codes(&visit.consumer, PASSWORD).await;
    visit.page = visit.sign_in(PASSWORD).await.page();
    assert_eq!(visit.page.url.path(), "/portal/consent/code");
    let wrong = give_code(&mut visit.browser, &visit.page, "000000").await;
    assert_eq!(wrong.answer.status, 422);
    let code = authenticator.code(platform.now());
    visit.page = give_code(&mut visit.browser, &wrong, &code).await;
    assert_eq!(visit.page.url.path(), "/portal/consent/decision");
    let url = visit.press("allow").await.away();
    let code = parameter(&url, "code").unwrap_or_else(|| panic!("{url}"));
    let tokens = visit.recipient.redeem(&code, &visit.verifier).tokens().await;
    let (_, identity) = jws::read(tokens.json["id_token"].as_str().unwrap());
    assert_eq!(identity["amr"], serde_json::json!(["pwd", "otp", "mfa"]));
}

#[tokio::test]
async fn l08_the_second_factor_cannot_be_skipped() {
    let platform = TestPlatform::shared().await;
    // In the consent application: the next page, and its form.
    let mut visit = Visit::to(platform, SCOPE).await;
    let decided = Visit::to(platform, SCOPE).await;
    platform.register_user_with_codes(&visit.consumer, PASSWORD).await;
    visit.page = visit.sign_in(PASSWORD).await.page();
    let decision = format!(
        "{}/portal/consent/decision?resourceId={}",
        platform.platform.public,
        visit.resource_id()
    );
    let page = visit.browser.open(&decision).await.page();
    assert_eq!(page.url.path(), "/portal/consent");
    let mut form = visit.page.page.form_with("totp");
    form.action = format!("/portal/consent/decision?resourceId={}", visit.resource_id());
    form.fields.push(("decision".into(), "allow".into()));
    form.fields.push(("etag".into(), "\"1\"".into()));
    form.fields
        .push(("account".into(), visit.consumer.checking.clone()));
    let page = visit.browser.submit(&visit.page, form).await.page();
    assert_eq!(page.url.path(), "/portal/consent");
    // Nor by proving the second alone, at another request.
    let other = format!(
        "{}/portal/consent/code?resourceId={}",
        platform.platform.public,
        decided.resource_id()
    );
    let page = visit.browser.open(&other).await.page();
    assert_eq!(page.url.path(), "/portal/consent");

    // In the dashboard.
    let (_, _, mut browser, page) = half_way(platform).await;
    for path in ["/portal/", "/portal/stop-all"] {
        let url = format!("{}{path}", platform.platform.public);
        assert_eq!(
            browser.clone().open(&url).await.page().url.path(),
            "/portal/sign-in"
        );
    }
    // Going on with the code afterwards is going back: the session that asked for it has ended there, not here.
    assert_eq!(give_code(&mut browser, &page, "000000").await.answer.status, 422);
}

#[tokio::test]
async fn l09_a_code_works_once_also_for_five_at_once() {
    let platform = TestPlatform::start().await;
    let (consumer, authenticator, mut browser, page) = half_way(&platform).await;
    let code = authenticator.code(platform.now());
    let form = page.page.form_with("totp").fill("totp", &code).press("sign-in");
    let racing = (0..5).map(|_| {
        let (mut browser, form, url) = (browser.clone(), form.clone(), page.url.clone());
        async move {
            let from = Opened {
                answer: browser.open(url.as_str()).await.page().answer,
                page: Page::new(""),
                url,
            };
            browser.submit(&from, form).await.page().url.path().to_owned()
        }
    });
    let landed = all(racing).await;
    let inside = landed.iter().filter(|path| *path == "/portal/").count();
    assert_eq!(inside, 1, "{landed:?}");

    // Somebody who looked over the shoulder and knows the password.
    let (mut thief, page) = dashboard(&platform, &consumer, PASSWORD).await;
    assert_eq!(give_code(&mut thief, &page, &code).await.answer.status, 422);
    // Past the waits that so many wrong attempts earn.
    platform.platform.clock.pass(600);
    let page = browser
        .open(&format!("{}/portal/sign-in", platform.platform.public))
        .await
        .page();
    let form = credentials(&page.page, &consumer.user_id, PASSWORD);
    let page = browser.submit(&page, form).await.page();
    let next = authenticator.code(platform.now());
    assert_eq!(give_code(&mut browser, &page, &next).await.url.path(), "/portal/");
}

#[tokio::test]
async fn l09_half_a_sign_in_ends_in_five_minutes_and_is_its_consumers_alone() {
    let platform = TestPlatform::start().await;
    let (_, _, mut browser, page) = half_way(&platform).await;
    let (_, authenticator_of_another, ..) = half_way(&platform).await;
    let code = authenticator_of_another.code(platform.now());
    assert_eq!(give_code(&mut browser, &page, &code).await.answer.status, 422);

    let (_, authenticator, mut browser, page) = half_way(&platform).await;
    platform.platform.clock.pass(300);
    let code = authenticator.code(platform.now());
    let late = give_code(&mut browser, &page, &code).await;
    assert_eq!(late.url.path(), "/portal/sign-in");
}

#[tokio::test]
async fn l10_guessing_codes_is_slowed_everywhere_and_locks_nobody_out_who_was_here_before() {
    let platform = TestPlatform::start().await;
    let (consumer, authenticator, mut known, page) = half_way(&platform).await;
    let code = authenticator.code(platform.now());
    assert_eq!(give_code(&mut known, &page, &code).await.url.path(), "/portal/");

    // Who knows the password guesses, each time with a browser that was never seen.
    for _ in 0..5 {
        let (mut stranger, page) = dashboard(&platform, &consumer, PASSWORD).await;
        assert_eq!(give_code(&mut stranger, &page, "000000").await.answer.status, 422);
    }
    let (mut stranger, page) = dashboard(&platform, &consumer, PASSWORD).await;
    let code = authenticator.code(platform.now() + chrono::Duration::seconds(30));
    let refused = give_code(&mut stranger, &page, &code).await;
    assert_eq!(
        (refused.answer.status, refused.answer.header("retry-after")),
        (429, "60")
    );

    let page = known
        .open(&format!("{}/portal/sign-in", platform.platform.public))
        .await
        .page();
    let form = credentials(&page.page, &consumer.user_id, PASSWORD);
    let page = known.submit(&page, form).await.page();
    assert_eq!(give_code(&mut known, &page, &code).await.url.path(), "/portal/");
}

#[tokio::test]
async fn l11_another_second_factor_ends_every_session() {
    let platform = TestPlatform::shared().await;
    let (consumer, authenticator, mut browser, page) = half_way(platform).await;
    let code = authenticator.code(platform.now());
    let page = give_code(&mut browser, &page, &code).await;
    assert_eq!(page.url.path(), "/portal/");
    let (mut half, asked) = dashboard(platform, &consumer, PASSWORD).await;
    platform.register_user_with_codes(&consumer, PASSWORD).await;
    let page = browser.open(page.url.as_str()).await.page();
    assert_eq!(page.url.path(), "/portal/sign-in");
    // Half of one too.
    let code = authenticator.code(platform.now() + chrono::Duration::seconds(30));
    let form = asked.page.form_with("totp").fill("totp", &code).press("sign-in");
    half.submit(&asked, form).await.error_page("invalid_request");
}

/// L05: whether a name has a second factor shows to nobody who does not know its password.
#[tokio::test]
async fn l05_a_wrong_password_tells_nothing_of_a_second_factor() {
    let platform = TestPlatform::shared().await;
    let consumer = platform.consumer().await;
    platform.register_user_with_codes(&consumer, PASSWORD).await;
    let (_, with) = dashboard(platform, &consumer, "wrong").await;
    let nobody = platform.consumer().await;
    let (_, without) = dashboard(platform, &nobody, "wrong").await;
    assert_eq!((with.answer.status, without.answer.status), (422, 422));
    let of = |page: &Opened, name: &str| {
        let token = page.page.form_with("sign-in").fields[0].1.clone();
        page.page.source().replace(&token, "").replace(name, "")
    };
    assert_eq!(of(&with, &consumer.user_id), of(&without, &nobody.user_id));
}

/// L02: every change in the dashboard, with everything in order but where the form came from.
#[tokio::test]
async fn l02_no_change_in_the_dashboard_is_made_by_another_site() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    platform.register_user(&consumer, PASSWORD).await;
    let shared = platform.share(&recipient, &consumer).await;
    let (mut browser, page) = dashboard(platform, &consumer, PASSWORD).await;
    let link = page.page.link(&format!("consent-{}", shared.consent_id)).unwrap();
    let page = browser
        .open(&format!("{}{link}", platform.platform.public))
        .await
        .page();
    let token = page.page.form_with("pause").fields[0].1.clone();
    let cookie = browser
        .cookies_set
        .iter()
        .rev()
        .find(|cookie| cookie.starts_with("__Host-portal="))
        .and_then(|cookie| cookie.split(';').next())
        .unwrap()
        .to_owned();
    let connection = platform.platform.channel(None);
    let id = &shared.consent_id;
    let (stop, pause, resume, remove, approval) = (
        format!("/portal/connections/{id}/stop"),
        format!("/portal/connections/{id}/pause"),
        format!("/portal/connections/{id}/resume"),
        format!("/portal/connections/{id}/remove"),
        format!("/portal/connections/{id}/approval"),
    );
    let paths = [
        stop.as_str(),
        &pause,
        &resume,
        &remove,
        &approval,
        "/portal/stop-all",
    ];
    for path in paths {
        for (site, token) in [
            ("cross-site", token.as_str()),
            ("same-site", &token),
            ("same-origin", ""),
            ("same-origin", "AAAA"),
        ] {
            let url = format!("{}{path}", platform.platform.public);
            let request = platform
                .platform
                .request(&connection, Method::POST, &url)
                .header("cookie", &cookie)
                .header("sec-fetch-site", site)
                .form(&[
                    ("csrf", token),
                    ("account", &consumer.checking),
                    ("answer", "withdraw"),
                ]);
            let answer = Answer::to(request).await;
            assert_eq!(answer.status, 403, "{path} {site}");
        }
    }
    let read = recipient.get("/fdx/v6/core/accounts", &shared.tokens.access_token);
    let read = read.await.expect(200);
    assert_eq!(read.json["accounts"].as_array().unwrap().len(), 2);
}

/// L06: where a page leads is never what a request says of itself.
#[tokio::test]
async fn l06_a_poisoned_host_leads_nowhere() {
    let platform = TestPlatform::shared().await;
    let connection = platform.platform.channel(None);
    for path in ["/portal", "/portal/", "/portal/stop-all"] {
        let url = format!("{}{path}", platform.platform.public);
        let request = platform
            .platform
            .request(&connection, Method::GET, &url)
            .header("host", "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-proto", "http")
            .header("forwarded", "host=evil.example;proto=http");
        let answer = Answer::to(request).await;
        assert!(!answer.text.contains("evil"), "{path}");
        if answer.status == 303 {
            let location = answer.header("location");
            assert!(location.starts_with("/portal/"), "{path}: {location}");
        }
    }
}

/// L13, and what a choice of language could smuggle: the words of a page are ours, whatever the address says.
#[tokio::test]
async fn l13_an_address_puts_nothing_on_a_page() {
    let platform = TestPlatform::shared().await;
    let consumer = platform.consumer().await;
    platform.register_user(&consumer, PASSWORD).await;
    let (mut browser, _) = dashboard(platform, &consumer, PASSWORD).await;
    let evil = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for query in [
        format!("done={evil}"),
        format!("lang={evil}"),
        format!("x={evil}&lang=fr"),
    ] {
        let url = format!("{}/portal/?{query}", platform.platform.public);
        let page = browser.open(&url).await.page();
        assert_eq!(page.answer.status, 200, "{query}");
        assert!(!page.page.source().contains("<script"), "{query}");
    }
    let language = browser
        .cookies_set
        .iter()
        .find(|cookie| cookie.starts_with("__Host-portal-language="));
    assert!(language.unwrap().starts_with("__Host-portal-language=fr;"));
}
