//! The page of a receipt: what one change was, in each language, for the consumer who granted the connection and nobody else.

use reqwest::Method;
use serde_json::json;
use testkit::{
    answer::Answer,
    bank::CONSENTS,
    chromium::{Chromium, Setup, TAB},
};

use crate::{
    parties::{BANK_SCOPES, Consumer, Shared},
    portal::PASSWORD,
    portal_barriers::type_password,
    portal_dashboard::AtHome,
    portal_states::FOCUS_DRAWN,
    stage::TestPlatform,
};

fn address(shared: &Shared, sequence: &str) -> String {
    format!("/portal/connections/{}/receipts/{sequence}", shared.consent_id)
}

/// A connection after four changes of its consumer and one that came too late.
async fn changed(platform: &TestPlatform) -> (Consumer, Shared) {
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let bank = platform.bank();
    let token = bank.token(BANK_SCOPES).await;
    let path = format!("{CONSENTS}/{}?userId={}", shared.consent_id, consumer.user_id);
    let until = platform.now() + chrono::Duration::days(2);
    for change in [
        json!({"status": "ON_HOLD", "holdUntil": until}),
        json!({"status": "ACTIVE"}),
        json!({"action": "REMOVE_ACCOUNTS", "accountIds": [consumer.savings]}),
        json!({"status": "REVOKED", "reason": "USER_ACTION"}),
        json!({"status": "ACTIVE"}),
    ] {
        let request = bank.request(Method::PATCH, &path, &token).json(&change);
        let answer = Answer::to(request).await;
        assert!([200, 409].contains(&answer.status), "{}", answer.text);
    }
    (consumer, shared)
}

#[tokio::test]
async fn a_consumer_reads_each_receipt_in_plain_words() {
    let platform = TestPlatform::shared().await;
    let (consumer, shared) = changed(platform).await;
    let mut at_home = AtHome::of(platform, &consumer).await;
    let connection = at_home.connection(&shared).await;
    for (sequence, happened, after) in [
        (1, "was allowed", "Ends by itself on "),
        (2, "was paused", "Paused until "),
        (3, "was resumed", "Ends by itself on "),
        (4, "Accounts were removed", "Ends by itself on "),
        (5, "was stopped", "Ended on "),
        (6, "came too late", "It had ended before."),
    ] {
        let link = connection.page.link(&format!("receipt-{sequence}")).unwrap();
        assert_eq!(link, address(&shared, &sequence.to_string()));
        let page = at_home.open(&link).await;
        let source = page.page.source();
        for words in [
            happened,
            after,
            "****0017",
            "Account identifying information",
            &shared.consent_id,
        ] {
            assert!(source.contains(words), "{sequence} {words}: {source}");
        }
        assert_eq!(source.contains("Removed "), sequence > 3, "{source}");
        let name = page.page.text_of("by").unwrap();
        assert!(source.contains(&format!("Signed in as {name}")), "{name}");
        // The means to check it.
        assert_eq!(page.page.text_of("keys"), page.page.link("keys"));
        let keys = page.page.link("keys").unwrap();
        let keys = Answer::to(platform.platform.channel(None).get(keys))
            .await
            .expect(200);
        let file = at_home.open(&page.page.link("download").unwrap()).await;
        let (header, claims) = testkit::jws::read(&file.answer.text);
        let kid = header["kid"].as_str().unwrap();
        assert!(keys.text.contains(kid) && source.contains(kid), "{kid}");
        assert!(source.contains(claims["rowHash"].as_str().unwrap()));
        let policy = page.answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'"),
            "{policy}"
        );
        assert_eq!(page.answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_receipt_is_in_the_consumers_language() {
    let platform = TestPlatform::shared().await;
    let (consumer, shared) = changed(platform).await;
    let mut at_home = AtHome::of(platform, &consumer).await;
    for (language, happened, why) in [
        ("en", "Sharing with ", "The consumer wanted it."),
        ("es", "Se dejó de compartir con ", "El consumidor lo quiso."),
        ("fr", "Le partage avec ", "Le consommateur l’a voulu."),
    ] {
        let page = at_home
            .open(&format!("{}?lang={language}", address(&shared, "5")))
            .await;
        let source = page.page.source();
        assert!(source.contains(&format!("<html lang=\"{language}\">")));
        assert!(source.contains(happened), "{source}");
        assert_eq!(page.page.text_of("why").as_deref(), Some(why));
    }
}

/// O08, O20: another consumer's receipt is the same page as one that is not there, also for who holds an account of the
/// connection; and so is its file.
#[tokio::test]
async fn o08_another_consumers_receipt_is_absent() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer, holder, stranger) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
        platform.consumer().await,
        platform.consumer().await,
    );
    let (account, user) = (
        consumer.checking.parse().unwrap(),
        holder.user_id.parse().unwrap(),
    );
    platform
        .tx(move |tx| store::imports::add_holder(tx, &user, &account, true))
        .await;
    let shared = platform.share(&recipient, &consumer).await;
    let absent = format!("{}9", shared.consent_id.split_at(35).0);
    for someone in [&holder, &stranger] {
        let at_home = AtHome::of(platform, someone).await;
        let mut pages = vec![];
        for consent_id in [&shared.consent_id, &absent] {
            for rest in ["1", "1/file", "99", "0", "-1", "x", "1%2Ffile"] {
                let url = format!("{}/portal/connections/{consent_id}/receipts/{rest}", at_home.home);
                let answer = at_home.browser.peek(&url).await;
                assert_eq!(answer.status, 404, "{rest}");
                pages.push(answer.text);
            }
        }
        pages.dedup();
        assert_eq!(pages.len(), 1, "{pages:?}");
        assert!(pages[0].contains("id=\"error-code\"") && pages[0].contains("id=\"home\""));
    }
    // Their own connection has no 99th change either; and who is not signed in is asked who they are.
    let mut at_home = AtHome::of(platform, &consumer).await;
    let nowhere = format!("{}{}", at_home.home, address(&shared, "99"));
    at_home.browser.open(&nowhere).await.error_page("invalid_request");
    let url = format!("{}{}", at_home.home, address(&shared, "1"));
    let page = platform.browser().open(&url).await.page();
    assert_eq!(page.url.path(), "/portal/sign-in");
}

/// WCAG 2.4.7: on the page, too, each place that the Tab key reaches is seen, in the order in which it is read.
#[tokio::test]
async fn the_keyboard_goes_through_a_receipt_and_is_seen() {
    let platform = TestPlatform::shared().await;
    let (consumer, shared) = changed(platform).await;
    platform.register_user(&consumer, PASSWORD).await;
    let browser = Chromium::open(Setup::default()).await;
    browser
        .open_url(&format!("{}/portal/", platform.platform.public))
        .await;
    type_password(&browser, &consumer, PASSWORD).await;
    browser.arrive("sign-out").await;
    browser
        .open_url(&format!("{}{}", platform.platform.public, address(&shared, "5")))
        .await;
    browser.arrive("check").await;
    for id in [
        "sign-out",
        "back",
        "download",
        "keys",
        "language-es",
        "language-fr",
    ] {
        browser.keys(TAB).await;
        let found = browser.run(FOCUS_DRAWN, json!([])).await;
        assert_eq!(found[0], id);
        assert!(found[1].as_u64().unwrap() > 0, "{id}");
    }
}
