//! Signing in, and for how long.

use testkit::browser::Opened;

use super::{PASSWORD, Visit, cookie, credentials, dashboard};
use crate::{parties::SCOPE, stage::TestPlatform};

#[tokio::test]
async fn l01_signing_in_gives_another_session() {
    let platform = TestPlatform::shared().await;
    let mut visit = Visit::to(platform, SCOPE).await;
    let before = cookie(&visit.browser, "__Host-consent-");
    let mut stale = visit.browser.clone();
    let page = visit.sign_in(PASSWORD).await.page();
    assert!(page.url.path().ends_with("/decision"));
    assert_ne!(cookie(&visit.browser, "__Host-consent-"), before);
    // Who planted or kept the session of before has no session of the consumer's.
    let elsewhere = stale.open(page.url.as_str()).await.page();
    assert_eq!(elsewhere.url.path(), "/portal/consent");
}

#[tokio::test]
async fn every_visit_begins_with_sign_in() {
    let platform = TestPlatform::shared().await;
    let mut visit = Visit::to(platform, SCOPE).await.signed_in().await;
    let sign_in = format!(
        "{}/portal/consent?resourceId={}",
        platform.platform.public,
        visit.resource_id()
    );
    let page = visit.browser.open(&sign_in).await.page();
    assert!(page.page.source().contains("id=\"sign-in\""));

    let pushed = visit.recipient.push(SCOPE).pushed().await;
    let page = visit
        .browser
        .open(&visit.recipient.authorize_url(&pushed.request_uri))
        .await
        .page();
    assert!(page.page.source().contains("id=\"sign-in\""));
}

#[tokio::test]
async fn l05_an_unknown_name_and_a_wrong_password_get_the_same_answer() {
    let platform = TestPlatform::shared().await;
    let mut visit = Visit::to(platform, SCOPE).await;
    let known = visit.sign_in("wrong").await.page();
    let form = credentials(&visit.page.page, "nobody-of-that-name", "wrong");
    let unknown = visit.browser.submit(&visit.page, form).await.page();
    assert_eq!((known.answer.status, unknown.answer.status), (422, 422));
    let without = |page: &Opened| {
        let token = page.page.form_with("sign-in").fields[0].1.clone();
        page.page
            .source()
            .replace(&token, "")
            .replace(&visit.consumer.user_id, "")
            .replace("nobody-of-that-name", "")
    };
    assert_eq!(without(&known), without(&unknown));
}

#[tokio::test]
async fn guessing_is_slowed_and_locks_nobody_out_who_was_here_before() {
    let platform = TestPlatform::start().await;
    let mut visit = Visit::to(&platform, SCOPE).await;
    // The consumer has signed in with this browser before.
    let (mut known, _) = dashboard(&platform, &visit.consumer, PASSWORD).await;

    for _ in 0..5 {
        assert_eq!(visit.sign_in("a guess").await.page().answer.status, 422);
    }
    let refused = visit.sign_in(PASSWORD).await.page();
    assert_eq!(
        (refused.answer.status, refused.answer.header("retry-after")),
        (429, "60")
    );

    let page = known
        .open(&format!("{}/portal/sign-in", platform.platform.public))
        .await
        .page();
    let form = credentials(&page.page, &visit.consumer.user_id, PASSWORD);
    assert_eq!(known.submit(&page, form).await.page().url.path(), "/portal/");

    platform.platform.clock.pass(60);
    assert!(
        visit
            .sign_in(PASSWORD)
            .await
            .page()
            .url
            .path()
            .ends_with("/decision")
    );
}

#[tokio::test]
async fn l11_a_dashboard_session_ends_with_its_password_or_its_time() {
    let platform = TestPlatform::start().await;
    let consumer = platform.consumer().await;
    platform.register_user(&consumer, PASSWORD).await;
    let home = format!("{}/portal/", platform.platform.public);
    let (mut browser, page) = dashboard(&platform, &consumer, PASSWORD).await;
    assert_eq!(page.url.path(), "/portal/");
    platform.register_user(&consumer, "another password").await;
    assert_eq!(browser.open(&home).await.page().url.path(), "/portal/sign-in");

    let (mut browser, page) = dashboard(&platform, &consumer, "another password").await;
    assert_eq!(page.url.path(), "/portal/");
    platform.platform.clock.pass(30 * 60);
    assert_eq!(browser.open(&home).await.page().url.path(), "/portal/sign-in");

    let (mut browser, page) = dashboard(&platform, &consumer, "another password").await;
    let out = browser
        .submit(&page, page.page.form_with("sign-out").press("sign-out"))
        .await
        .page();
    assert_eq!(out.url.path(), "/portal/sign-in");
    assert_eq!(browser.open(&home).await.page().url.path(), "/portal/sign-in");
}
