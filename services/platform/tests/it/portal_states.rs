//! Pages at their edges: thirty accounts with long names on the narrowest screen, a decision taken twice or in two windows, the
//! way back after it, and what the keyboard's place looks like.

use jose::seal::MasterKey;
use serde_json::json;
use testkit::{
    chromium::{ENTER, Setup, TAB},
    recipient::parameter,
};

use crate::{
    parties::{Consumer, SCOPE},
    portal::{PASSWORD, Visit},
    portal_barriers::{Inspector, type_password},
    portal_by_hand::Journey,
    stage::TestPlatform,
};

/// The id of what has the focus, and how many lines of three pixels show that it has.
pub(crate) const FOCUS_DRAWN: &str = "let e = document.activeElement; let r = [];
    for (; e && e !== document.body; e = e.parentElement) { const s = getComputedStyle(e);
        if (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 3) r.push(e.tagName); }
    return [document.activeElement.id, r.length]";

/// So many accounts more, each with a long name that has no place to break.
async fn add_accounts(platform: &TestPlatform, consumer: &Consumer, number: usize) {
    let accounts: Vec<_> = (0..number)
        .map(|number| {
            json!({"account": {
                "accountCategory": "DEPOSIT_ACCOUNT", "accountId": format!("more-{number}"), "accountType": "SAVINGS",
                "accountNumberDisplay": format!("****{number:04}"), "currency": {"currencyCode": "USD"}, "status": "OPEN",
                "productName": format!("Donaudampfschifffahrtsgesellschaftskapitaenskonto{number}"), "currentBalance": 1,
            }})
        })
        .collect();
    let master = MasterKey::from_bytes([7; 32]);
    let naming = accounts::import::Naming::new(&master).unwrap();
    let format = accounts::import::Format::Fdx;
    let file = json!({ "accounts": accounts }).to_string();
    let statement = accounts::import::read(format, file.as_bytes(), &naming).unwrap();
    let user_id = consumer.user_id.parse().unwrap();
    let run = accounts::import::run(&platform.store, &user_id, statement, platform.now());
    run.await.unwrap();
}

/// WCAG 1.4.10: at 320 pixels, as at 400 % of 1,280, nothing has to be scrolled sideways.
#[tokio::test]
async fn thirty_accounts_with_long_names_fit_the_narrowest_screen() {
    let platform = TestPlatform::start().await;
    let consumer = platform.consumer().await;
    platform.register_user(&consumer, PASSWORD).await;
    add_accounts(&platform, &consumer, 28).await;
    let key = testkit::jws::Key::p256("signing");
    let long = "The Extraordinarily Long And Winding Name Of A Recipient Of Account Data Incorporated";
    let recipient = platform
        .recipient_with("fapi2-security", key, json!({"client_name": long}))
        .await;
    let mut inspector = Inspector::new().await;
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    inspector.browser.open_url(&url).await;
    let fits = async |inspector: &Inspector| {
        inspector.browser.resize(320).await;
        let wide = "return [...document.querySelectorAll('main *:not(.unseen)')]
            .filter(e => e.getBoundingClientRect().right > 320).map(e => e.tagName + '#' + e.id)
            .concat(document.documentElement.scrollWidth > 320 ? ['the page'] : [])";
        let found = inspector.browser.run(wide, json!([])).await;
        assert_eq!(found, json!([]));
    };
    fits(&inspector).await;
    type_password(&inspector.browser, &consumer, PASSWORD).await;
    inspector.browser.arrive("account-30").await;
    fits(&inspector).await;
    inspector.browser.click("shares-30").await;
    inspector.browser.click("share-30-TRANSACTIONS").await;
    inspector.browser.type_into("nickname-30", &"W".repeat(64)).await;
    inspector.browser.click("preview").await;
    inspector.browser.arrive("shared").await;
    fits(&inspector).await;
    inspector.look("decision-of-thirty", "en").await;
    inspector.browser.click("allow").await;
    // As the recipient's own site does not answer, only the address tells.
    let began = std::time::Instant::now();
    while !inspector
        .browser
        .url()
        .await
        .as_str()
        .starts_with(&recipient.redirect_uri)
    {
        assert!(began.elapsed() < testkit::PATIENCE);
    }
    let code = parameter(&inspector.browser.url().await, "code").unwrap();
    let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
    inspector
        .browser
        .open_url(&format!("{}/portal/", platform.platform.public))
        .await;
    type_password(&inspector.browser, &consumer, PASSWORD).await;
    let link = format!("consent-{}", tokens.json["grant_id"].as_str().unwrap());
    inspector.browser.arrive(&link).await;
    fits(&inspector).await;
    inspector.browser.click(&link).await;
    inspector.browser.arrive("accounts").await;
    fits(&inspector).await;
    inspector.look("connection-of-thirty", "en").await;
    inspector.browser.click("receipt-1").await;
    inspector.browser.arrive("check").await;
    fits(&inspector).await;
    inspector.look("receipt-of-thirty", "en").await;
    inspector.done();
}

/// The way back after a decision shows no form that could be sent again, and none that was kept: the page is asked for anew.
#[tokio::test]
async fn the_way_back_after_a_decision_decides_nothing() {
    let journey = Journey::with(Setup::default()).await;
    let pushed = journey.begin().await;
    let sign_in = journey.browser.url().await;
    journey.sign_in().await;
    journey.browser.arrive("allow").await;
    let decision = journey.browser.url().await;
    journey.press("allow").await;
    let url = journey.sent_to_the_recipient().await;
    for page in [&decision, &sign_in] {
        journey.browser.open_url(page.as_str()).await;
        let forms = "return document.querySelectorAll('#allow, #password').length";
        let shown = journey.browser.run(forms, json!([])).await;
        assert_eq!(shown, 0, "{page}");
    }
    let code = parameter(&url, "code").unwrap();
    journey.recipient.redeem(&code, &pushed.verifier).tokens().await;
    journey.browser.open_url(decision.as_str()).await;
    journey.browser.arrive("error-code").await;
}

/// WCAG 2.4.7: whatever the Tab key reaches on the decision page shows that it has the focus, by a line of three pixels.
#[tokio::test]
async fn the_focus_is_seen_wherever_it_goes() {
    let journey = Journey::with(Setup::default()).await;
    journey.begin().await;
    journey.sign_in().await;
    journey.browser.arrive("shares-1").await;
    let mut seen = 0;
    loop {
        journey.browser.keys(TAB).await;
        let found = journey.browser.run(FOCUS_DRAWN, json!([])).await;
        assert!(found[1].as_u64().unwrap() > 0, "{found}");
        seen += 1;
        if found[0] == "shares-1" {
            journey.browser.keys(ENTER).await;
        }
        if found[0] == "allow" {
            break;
        }
    }
    assert!(seen > 9, "{seen}");
}

/// Sent twice at once, a decision is taken once, and both answers lead on to the same.
#[tokio::test]
async fn a_decision_that_is_sent_twice_is_taken_once() {
    let platform = TestPlatform::shared().await;
    let mut visit = Visit::to(platform, SCOPE).await;
    visit.page = visit.sign_in(PASSWORD).await.page();
    let form = visit.page.page.form_with("allow").press("allow");
    let (mut first, mut second) = (visit.browser.clone(), visit.browser.clone());
    let (one, other) = tokio::join!(
        first.submit(&visit.page, form.clone()),
        second.submit(&visit.page, form)
    );
    let landed = [one, other].map(|landed| match landed {
        testkit::browser::Landed::Away(url) => parameter(&url, "code").is_some(),
        testkit::browser::Landed::Page(page) => {
            assert!(
                page.page.text_of("error-code").is_some(),
                "{}",
                page.page.source()
            );
            false
        }
    });
    assert_eq!(landed.iter().filter(|code| **code).count(), 1, "one code");
    let granted = platform.database.session().texts(&format!(
        "SELECT count(*)::text AS value FROM consent_grants WHERE client_id = '{}'",
        visit.recipient.client_id
    ));
    assert_eq!(granted, ["1"]);
}

/// Two requests in two windows of one browser: each is decided by itself.
#[tokio::test]
async fn two_windows_decide_two_requests() {
    let platform = TestPlatform::shared().await;
    let mut visit = Visit::to(platform, SCOPE).await;
    visit.page = visit.sign_in(PASSWORD).await.page();
    let first = visit.page.page.form_with("allow").press("allow");
    let pushed = visit.recipient.push(SCOPE).pushed().await;
    let url = visit.recipient.authorize_url(&pushed.request_uri);
    let second = visit.browser.open(&url).await.page();
    let deny = second.page.form_with("deny").press("deny");
    let denied = visit.browser.submit(&second, deny).await.away();
    assert_eq!(parameter(&denied, "error").as_deref(), Some("access_denied"));
    let allowed = visit.browser.submit(&visit.page, first).await.away();
    assert!(parameter(&allowed, "code").is_some(), "{allowed}");
}
