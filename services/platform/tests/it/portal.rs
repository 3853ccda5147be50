//! The reference portal as a browser without script meets it: sign-in, session, forms, decision, dashboard, and the
//! attacks on each.

mod sign_in;
mod visit;

use reqwest::Method;
use serde_json::json;
use testkit::{
    answer::Answer,
    bank::{CONSENTS, RESOURCES},
    browser::Landed,
    html::Page,
    recipient::parameter,
};

use self::visit::cookie;
use crate::{
    parties::{BANK_SCOPES, SCOPE},
    stage::TestPlatform,
};

pub(crate) use self::visit::{Visit, credentials, dashboard};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

#[tokio::test]
async fn pages_carry_their_headers_and_cookies_their_flags() {
    let platform = TestPlatform::shared().await;
    let visit = Visit::to(platform, SCOPE).await.signed_in().await;
    let headers = |name: &str| visit.page.answer.header(name).to_owned();
    let policy = headers("content-security-policy");
    for rule in [
        "default-src 'none'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("script-src") && !policy.contains("unsafe"));
    assert_eq!(headers("cache-control"), "no-store");
    assert_eq!(headers("referrer-policy"), "no-referrer");
    // L16.
    for cookie in visit
        .browser
        .cookies_set
        .iter()
        .filter(|cookie| cookie.contains("-consent-"))
    {
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for flag in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=300"] {
            assert!(cookie.contains(flag), "{flag}: {cookie}");
        }
    }
}

#[tokio::test]
async fn l02_l03_a_form_counts_only_from_our_page_in_the_browser_that_was_given_it() {
    let platform = TestPlatform::shared().await;
    let mut visit = Visit::to(platform, SCOPE).await;
    let other = Visit::to(platform, SCOPE).await;
    let form = credentials(&visit.page.page, &visit.consumer.user_id, PASSWORD);

    // Another site's, by what the browser says of it; with everything else in order.
    let connection = platform.platform.channel(None);
    let url = visit.page.url.join(&form.action).unwrap();
    for site in ["cross-site", "same-site"] {
        let request = platform.platform.request(&connection, Method::POST, url.as_str());
        let request = request
            .header("cookie", cookie(&visit.browser, "__Host-consent-"))
            .header("sec-fetch-site", site)
            .form(&form.fields);
        let answer = Answer::to(request).await;
        assert_eq!(answer.status, 403);
        assert_eq!(
            Page::new(answer.text).text_of("error-code").as_deref(),
            Some("invalid_request")
        );
    }

    // The token of another browser, of none, and a browser without a session.
    let theirs = credentials(&other.page.page, &visit.consumer.user_id, PASSWORD).fields[0]
        .1
        .clone();
    for token in [theirs.as_str(), "", "AAAA"] {
        let forged = form.clone().fill("csrf", token);
        visit
            .browser
            .submit(&visit.page, forged)
            .await
            .error_page("invalid_request");
    }
    platform
        .browser()
        .submit(&visit.page, form.clone())
        .await
        .error_page("invalid_request");

    // Nothing of it was held against the consumer.
    assert!(matches!(visit.sign_in(PASSWORD).await, Landed::Page(page) if page.answer.status == 200));
}

#[tokio::test]
async fn l02_a_decision_of_another_site_is_none() {
    let platform = TestPlatform::shared().await;
    let mut visit = Visit::to(platform, SCOPE).await.signed_in().await;
    let forged = visit.page.page.form_with("allow").press("allow").fill("csrf", "");
    visit
        .browser
        .submit(&visit.page, forged)
        .await
        .error_page("invalid_request");
    let bank = platform.bank();
    let token = bank.token(BANK_SCOPES).await;
    let found = bank.resource(&token, &visit.resource_id()).await.expect(200);
    assert_eq!(found.member("status"), "LODGED");
}

#[tokio::test]
async fn a_consumer_says_no_before_or_after_signing_in() {
    let platform = TestPlatform::shared().await;
    let mut before = Visit::to(platform, SCOPE).await;
    let url = before.press("deny").await.away();
    assert_eq!(parameter(&url, "error").as_deref(), Some("access_denied"));

    let mut after = Visit::to(platform, SCOPE).await.signed_in().await;
    let url = after.press("deny").await.away();
    assert_eq!(parameter(&url, "error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn all_accounts_are_ticked_and_at_least_one_is_needed() {
    let platform = TestPlatform::shared().await;
    let mut visit = Visit::to(platform, SCOPE).await.signed_in().await;
    let form = visit.page.page.form_with("allow");
    assert_eq!(form.boxes("account").len(), 2);
    assert_eq!(
        form.fields.iter().filter(|(name, _)| name == "account").count(),
        2
    );
    for id in ["account-1", "account-2", "allow", "deny"] {
        assert!(visit.page.page.source().contains(&format!("id=\"{id}\"")), "{id}");
    }
    visit.page = visit
        .browser
        .submit(&visit.page, form.tick("account", &[]).press("allow"))
        .await
        .page();
    assert_eq!(visit.page.answer.status, 422);
    let form = visit
        .page
        .page
        .form_with("allow")
        .tick("account", &[&visit.consumer.savings])
        .press("allow");
    let url = visit.browser.submit(&visit.page, form).await.away();
    let code = parameter(&url, "code").unwrap();
    let tokens = visit.recipient.redeem(&code, &visit.verifier).tokens().await;
    let read = visit
        .recipient
        .get("/fdx/v6/core/accounts", &tokens.access_token)
        .await
        .expect(200);
    assert_eq!(read.json["accounts"].as_array().unwrap().len(), 1);
}

/// O01: what the browser sends is a wish; the API knows what the consumer holds.
#[tokio::test]
async fn o01_an_account_of_another_cannot_be_slipped_in() {
    let platform = TestPlatform::shared().await;
    let mut visit = Visit::to(platform, SCOPE).await.signed_in().await;
    let mut form = visit.page.page.form_with("allow").press("allow");
    form.fields
        .push(("account".into(), platform.consumer().await.checking));
    visit
        .browser
        .submit(&visit.page, form)
        .await
        .error_page("invalid_request");
}

#[tokio::test]
async fn a_request_for_identity_shows_no_account() {
    let platform = TestPlatform::shared().await;
    let mut visit = Visit::to(platform, "openid").await.signed_in().await;
    assert!(!visit.page.page.source().contains("name=\"account\""));
    assert!(parameter(&visit.press("allow").await.away(), "code").is_some());
}

#[tokio::test]
async fn what_was_decided_elsewhere_leads_on() {
    let platform = TestPlatform::shared().await;
    let mut visit = Visit::to(platform, SCOPE).await.signed_in().await;
    let bank = platform.bank();
    let token = bank.token(BANK_SCOPES).await;
    let decision = bank.approval(&visit.consumer.user_id, &[&visit.consumer.checking]);
    bank.decide(&token, &visit.resource_id(), "\"1\"", &decision)
        .await
        .expect(200);
    let url = visit.press("deny").await.away();
    assert!(
        parameter(&url, "code").is_some(),
        "the decision that was taken first holds: {url}"
    );
}

#[tokio::test]
async fn a_request_that_lapsed_or_never_was_is_an_error_page() {
    let platform = TestPlatform::start().await;
    let mut visit = Visit::to(&platform, SCOPE).await;
    platform.platform.clock.pass(300);
    visit.sign_in(PASSWORD).await.error_page("invalid_request");
    let url = visit.page.url.clone();
    visit
        .browser
        .open(url.as_str())
        .await
        .error_page("invalid_request");
    for query in [
        "",
        "?resourceId=",
        "?resourceId=x",
        "?resourceId=6f2f0a4e-5d1c-4b8f-9c53-0f6f8a1c2d3e",
    ] {
        let url = format!("{}/portal/consent{query}", platform.platform.public);
        visit.browser.open(&url).await.error_page("invalid_request");
    }
}

#[tokio::test]
async fn l13_what_others_named_themselves_is_text() {
    let platform = TestPlatform::shared().await;
    let named = json!({"client_name": "<img src=x onerror=alert(1)>\"'&"});
    let recipient = platform
        .recipient_with("fapi2-security", testkit::jws::Key::p256("signing"), named)
        .await;
    let visit = Visit::of(
        platform,
        recipient,
        SCOPE,
        &[("login_hint", "\"><script>alert(1)</script>")],
    )
    .await;
    let visit_page = visit.page.page.source().to_owned();
    assert!(
        !visit_page.contains("<img") && !visit_page.contains("<script"),
        "{visit_page}"
    );
    let decision = visit.signed_in().await;
    assert!(!decision.page.page.source().contains("<img"));
}

#[tokio::test]
async fn pages_speak_the_language_that_the_recipient_asks_for() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient("fapi2-security").await;
    let visit = Visit::of(platform, recipient, SCOPE, &[("ui_locales", "de fr-CA en")]).await;
    assert!(visit.page.page.source().contains("<html lang=\"fr\">"));
    assert_eq!(visit.page.answer.header("content-language"), "fr");
}

#[tokio::test]
async fn a_consumer_pauses_resumes_and_stops_in_the_dashboard() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    platform.register_user(&consumer, PASSWORD).await;
    let shared = platform.share(&recipient, &consumer).await;
    let read = || recipient.get("/fdx/v6/core/accounts", &shared.tokens.access_token);

    let (mut browser, page) = dashboard(platform, &consumer, PASSWORD).await;
    let link = page.page.link(&format!("consent-{}", shared.consent_id)).unwrap();
    let at = |path: &str| format!("{}{path}", platform.platform.public);
    let page = browser.open(&at(&link)).await.page();
    let page = browser
        .submit(&page, page.page.form_with("pause").press("pause"))
        .await
        .page();
    read().await.refused_by_fdx(403, "602");
    let page = browser
        .submit(&page, page.page.form_with("resume").press("resume"))
        .await
        .page();
    read().await.expect(200);
    let question = browser.open(&at(&page.page.link("stop").unwrap())).await.page();
    read().await.expect(200);
    let ended = browser
        .submit(&question, question.page.form_with("revoke").press("revoke"))
        .await
        .page();
    read().await.refused_by_fdx(401, "603");
    assert!(!ended.page.source().contains("id=\"pause\"") && !ended.page.source().contains("id=\"stop\""));
    browser
        .submit(&question, question.page.form_with("revoke").press("revoke"))
        .await
        .error_page("invalid_request");

    // O08: another consumer sees nothing there and ends nothing.
    let other = platform.consumer().await;
    platform.register_user(&other, PASSWORD).await;
    let (mut stranger, list) = dashboard(platform, &other, PASSWORD).await;
    assert!(!list.page.source().contains(&shared.consent_id));
    stranger.open(&at(&link)).await.error_page("invalid_request");
}

/// The portal is served where consumers are, and is no door to the APIs.
#[tokio::test]
async fn the_portal_and_the_solution_apis_are_on_the_public_listener_alone() {
    let platform = TestPlatform::shared().await;
    let connection = platform.platform.channel(None);
    for path in ["/portal/", "/portal/consent", RESOURCES, CONSENTS] {
        let url = format!("{}{path}", platform.platform.mutual);
        let answer = Answer::to(platform.platform.request(&connection, Method::GET, &url)).await;
        assert!([404, 405].contains(&answer.status), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn who_is_lost_in_the_portal_meets_a_page() {
    let platform = TestPlatform::shared().await;
    for path in ["/portal/nowhere", "/portal/consent/deny", "/portal/sign-out"] {
        let url = format!("{}{path}", platform.platform.public);
        platform.browser().open(&url).await.error_page("invalid_request");
    }
}
