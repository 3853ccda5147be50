//! No page has a barrier that axe-core can find: WCAG 2.2 level A and AA and its best practices, in each language, light
//! and dark, on a phone and a desktop; and none has to be scrolled sideways.
//!
//! With `PORTAL_PICTURES` a folder, a picture of each is left there.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::{
    authenticator::Authenticator,
    chromium::{Chromium, Setup},
    jws::Key,
    recipient::Recipient,
};

use crate::{
    parties::{ALL_SCOPES, Consumer, Shared},
    portal::PASSWORD,
    stage::TestPlatform,
};

/// Chosen on the page, and kept from there on.
const LANGUAGES: [&str; 3] = ["en", "es", "fr"];

/// Every page in each of these; between them both schemes and both widths.
const SCREENS: [(u32, &str); 2] = [(1280, "light"), (390, "dark")];

/// The others, which a language does not change, in the first of them.
const MORE_SCREENS: [(u32, &str); 2] = [(1280, "dark"), (390, "light")];

const RUN: &str = "return axe.run(document, {
    runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']},
    resultTypes: ['violations', 'incomplete'],
}).then(found => ({
    passes: found.passes.length,
    sideways: document.documentElement.scrollWidth > window.innerWidth,
    faults: found.violations.concat(found.incomplete).map(rule => rule.id + ': '
        + rule.nodes.map(node => node.target + ' ' + node.failureSummary).join('; ')),
}));";

/// A browser that looks at pages closely.
pub(crate) struct Inspector {
    pub(crate) browser: Chromium,
    axe: String,
    pub(crate) pictures: Option<PathBuf>,
    faults: Vec<String>,
}

impl Inspector {
    pub(crate) async fn new() -> Self {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/node_modules/axe-core/axe.min.js");
        Self {
            browser: Chromium::open(Setup::default()).await,
            axe: std::fs::read_to_string(file)
                .unwrap_or_else(|error| panic!("axe-core: scripts/browser installs it: {error}")),
            pictures: std::env::var_os("PORTAL_PICTURES").map(PathBuf::from),
            faults: vec![],
        }
    }

    /// Looks at the page that is open, on every screen.
    pub(crate) async fn look(&mut self, name: &str, language: &str) {
        let shown = self
            .browser
            .run("return document.documentElement.lang", json!([]))
            .await;
        assert_eq!(shown, language, "{name}");
        let more = if language == LANGUAGES[0] {
            &MORE_SCREENS[..]
        } else {
            &[]
        };
        for (width, scheme) in SCREENS.iter().chain(more) {
            self.browser.resize(*width).await;
            self.browser.color_scheme(scheme).await;
            let found = self.browser.run(&format!("{};{RUN}", self.axe), json!([])).await;
            assert!(
                found["passes"].as_u64().is_some_and(|passes| passes > 10),
                "axe did not look: {found}"
            );
            let place = format!("{name} {language} {width} {scheme}");
            if found["sideways"] == true {
                self.faults.push(format!("{place}: wider than the screen"));
            }
            let faults = found["faults"].as_array().unwrap().iter();
            self.faults.extend(
                faults
                    .filter_map(Value::as_str)
                    .map(|fault| format!("{place}: {fault}")),
            );
            if let Some(folder) = &self.pictures {
                let file = folder.join(format!("{name}.{language}.{width}.{scheme}.png"));
                self.browser.picture(&file).await;
            }
        }
    }

    /// Looks at the page of an address in every language; ends in the first.
    pub(crate) async fn look_at(&mut self, name: &str, address: &str) {
        for language in LANGUAGES {
            self.in_language(address, language).await;
            self.look(name, language).await;
        }
        self.in_language(address, LANGUAGES[0]).await;
    }

    pub(crate) async fn in_language(&self, address: &str, language: &str) {
        let joint = if address.contains('?') { '&' } else { '?' };
        self.browser
            .open_url(&format!("{address}{joint}lang={language}"))
            .await;
    }

    pub(crate) fn done(self) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
    }
}

pub(crate) async fn type_password(browser: &Chromium, consumer: &Consumer, password: &str) {
    browser
        .run("document.getElementById('username').value = ''", json!([]))
        .await;
    browser.type_into("username", &consumer.user_id).await;
    browser.type_into("password", password).await;
    browser.click("sign-in").await;
}

async fn give_code(browser: &Chromium, platform: &TestPlatform, authenticator: &Authenticator) {
    browser.arrive("totp").await;
    let code = authenticator.code(platform.now());
    platform.platform.clock.pass(30);
    browser.type_into("totp", &code).await;
    browser.click("sign-in").await;
}

#[tokio::test]
async fn the_consent_application_has_no_barrier() {
    let platform = TestPlatform::start().await;
    let recipient = named(&platform, "Budget Buddy").await;
    let (consumer, other) = (platform.consumer().await, platform.consumer().await);
    let authenticator = platform.register_user_with_codes(&consumer, PASSWORD).await;
    share_with_another(&platform, &consumer, &other).await;
    let mut inspector = Inspector::new().await;
    let pushed = recipient.push(ALL_SCOPES).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    inspector.browser.open_url(&url).await;
    let sign_in = inspector.browser.url().await.to_string();
    inspector.look_at("sign-in", &sign_in).await;
    for language in LANGUAGES {
        inspector.in_language(&sign_in, language).await;
        type_password(&inspector.browser, &consumer, "wrong").await;
        inspector.browser.arrive("problem").await;
        inspector.look("sign-in-wrong", language).await;
    }
    type_password(&inspector.browser, &consumer, PASSWORD).await;
    inspector.browser.arrive("totp").await;
    let code = inspector.browser.url().await.to_string();
    inspector.look_at("code", &code).await;
    inspector.browser.type_into("totp", "000000").await;
    inspector.browser.click("sign-in").await;
    inspector.browser.arrive("problem").await;
    inspector.look("code-wrong", LANGUAGES[0]).await;
    give_code(&inspector.browser, &platform, &authenticator).await;
    inspector.browser.arrive("allow").await;
    let decision = inspector.browser.url().await.to_string();
    inspector.look_at("decision", &decision).await;
    for language in LANGUAGES {
        inspector.in_language(&decision, language).await;
        inspector.browser.click("preview").await;
        inspector.browser.arrive("shared").await;
        inspector.look("decision-preview", language).await;
        inspector.in_language(&decision, language).await;
        inspector.browser.click("account-1").await;
        inspector.browser.click("account-2").await;
        inspector.browser.click("allow").await;
        inspector.browser.arrive("problem").await;
        inspector.look("decision-none-chosen", language).await;
        inspector.in_language(&decision, language).await;
        inspector.browser.click("shares-1").await;
        inspector.browser.click("share-1-TRANSACTIONS").await;
        inspector.browser.type_into("nickname-1", "Rainy days").await;
        inspector.look("decision-shares", language).await;
        inspector.browser.click("preview").await;
        inspector.browser.arrive("shared").await;
        inspector.look("decision-shares-preview", language).await;
        inspector.browser.click("share-1-BALANCES").await;
        inspector.browser.click("allow").await;
        inspector.browser.arrive("problem").await;
        inspector.look("decision-shares-refused", language).await;
    }
    let nowhere = format!("{}/portal/nowhere", platform.platform.public);
    inspector.look_at("error", &nowhere).await;
    inspector.done();
}

#[tokio::test]
async fn the_dashboard_has_no_barrier() {
    let platform = TestPlatform::start().await;
    let (consumer, other) = (platform.consumer().await, platform.consumer().await);
    platform.register_user(&consumer, PASSWORD).await;
    platform.register_user(&other, PASSWORD).await;
    let mut inspector = Inspector::new().await;
    let at = |path: &str| format!("{}{path}", platform.platform.public);
    let home = at("/portal/");
    inspector
        .look_at("dashboard-sign-in", &at("/portal/sign-in"))
        .await;
    type_password(&inspector.browser, &consumer, PASSWORD).await;
    inspector.browser.arrive("sign-out").await;
    inspector.look_at("connections-none", &home).await;

    let budget = named(&platform, "Budget Buddy").await;
    let lender = named(&platform, "Lender & Sons").await;
    let mut shared: Vec<Shared> = vec![];
    for recipient in [&budget, &budget, &lender] {
        shared.push(platform.share(recipient, &consumer).await);
    }
    for _ in 0..7 {
        budget
            .get("/fdx/v6/core/accounts", &shared[0].tokens.access_token)
            .await
            .expect(200);
    }
    let page = |number: usize| at(&format!("/portal/connections/{}", shared[number].consent_id));
    inspector.look_at("connection", &page(0)).await;
    inspector
        .look_at("accesses", &format!("{}/accesses", page(0)))
        .await;
    let receipt = |number: usize, sequence: usize| format!("{}/receipts/{sequence}", page(number));
    inspector.look_at("receipt", &receipt(0, 1)).await;
    inspector.look_at("receipt-absent", &receipt(0, 99)).await;
    inspector.look_at("stop", &format!("{}/stop", page(0))).await;
    inspector.look_at("stop-all", &at("/portal/stop-all")).await;
    let account = &consumer.savings;
    inspector
        .look_at("remove", &format!("{}/remove?account={account}", page(0)))
        .await;
    inspector.in_language(&page(1), LANGUAGES[0]).await;
    inspector.browser.click("pause").await;
    inspector.browser.arrive("resume").await;
    inspector.look_at("connection-on-hold", &page(1)).await;
    inspector.look_at("receipt-paused", &receipt(1, 2)).await;
    inspector.in_language(&page(2), LANGUAGES[0]).await;
    inspector.browser.click("stop").await;
    inspector.browser.arrive("revoke").await;
    inspector.browser.click("revoke").await;
    inspector.browser.arrive("history").await;
    inspector.look_at("connection-over", &page(2)).await;
    inspector.look_at("receipt-over", &receipt(2, 2)).await;
    inspector.look_at("connections", &home).await;

    // What another holder has to agree to.
    share_with_another(&platform, &consumer, &other).await;
    let joint = platform.share(&lender, &consumer).await;
    let page = at(&format!("/portal/connections/{}", joint.consent_id));
    inspector.look_at("connection-awaited", &page).await;
    inspector
        .look_at("receipt-awaited", &format!("{page}/receipts/1"))
        .await;
    inspector.browser.click("sign-out").await;
    inspector.browser.arrive("username").await;
    type_password(&inspector.browser, &other, PASSWORD).await;
    inspector.browser.arrive("waiting").await;
    inspector.look_at("connections-waiting", &home).await;
    inspector.look_at("connection-of-another", &page).await;
    inspector.browser.click("approve").await;
    inspector.browser.arrive("withdraw").await;
    inspector.look_at("connection-agreed", &page).await;
    inspector.done();
}

/// A recipient with all that pages show of one.
pub(crate) async fn named(platform: &TestPlatform, name: &str) -> Recipient {
    let more = json!({
        "client_name": name, "description": "See where your money goes",
        "registry_references": [{"registered_entity_name": format!("{name} Inc."), "registry": "GLEIF",
            "registered_entity_id": "549300EXAMPLE0000042"}],
        "intermediaries": [{"name": "Pipeline Data"}],
    });
    platform
        .recipient_with("fapi2-security", Key::p256("signing"), more)
        .await
}

/// The consumer's checking account is held by another too, whose agreement is needed.
async fn share_with_another(platform: &TestPlatform, consumer: &Consumer, other: &Consumer) {
    let account = consumer.checking.parse().unwrap();
    let user = other.user_id.parse().unwrap();
    platform
        .tx(move |tx| store::imports::add_holder(tx, &user, &account, true))
        .await;
}
