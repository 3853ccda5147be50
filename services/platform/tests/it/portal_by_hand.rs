//! The consumer's whole journey in a real browser, as it is made by hand: on a phone and on a desktop with the keyboard
//! alone, and with scripts switched off.

use std::time::Instant;

use testkit::{
    authenticator::Authenticator,
    chromium::{Chromium, ENTER, SPACE, Setup, TAB},
    recipient::{Pushed, Recipient, parameter},
};
use url::Url;

use crate::{
    parties::{Consumer, SCOPE},
    portal::PASSWORD,
    stage::TestPlatform,
};

/// A consumer with one-time codes, on the way to a recipient's request.
pub(crate) struct Journey {
    pub(crate) platform: TestPlatform,
    pub(crate) recipient: Recipient,
    pub(crate) consumer: Consumer,
    authenticator: Authenticator,
    pub(crate) browser: Chromium,
}

impl Journey {
    pub(crate) async fn with(setup: Setup) -> Self {
        let platform = TestPlatform::start().await;
        let consumer = platform.consumer().await;
        Self {
            recipient: platform.recipient("fapi2-security").await,
            authenticator: platform.register_user_with_codes(&consumer, PASSWORD).await,
            browser: Chromium::open(setup).await,
            consumer,
            platform,
        }
    }

    /// Opens a new request of the recipient.
    pub(crate) async fn begin(&self) -> Pushed {
        let pushed = self.recipient.push(SCOPE).pushed().await;
        let url = self.recipient.authorize_url(&pushed.request_uri);
        self.browser.open_url(&url).await;
        pushed
    }

    /// The code that the authenticator shows; its time then passes, since a code works once.
    pub(crate) fn code(&self) -> String {
        let code = self.authenticator.code(self.platform.now());
        self.platform.platform.clock.pass(30);
        code
    }

    /// Waits until the browser was sent to the recipient. Where.
    pub(crate) async fn sent_to_the_recipient(&self) -> Url {
        let began = Instant::now();
        loop {
            let url = self.browser.url().await;
            if self
                .recipient
                .redirect_uri
                .starts_with(&url.origin().ascii_serialization())
            {
                return url;
            }
            assert!(began.elapsed() < testkit::PATIENCE, "still at {url}");
        }
    }

    /// By keys alone: name, password and code.
    pub(crate) async fn sign_in(&self) {
        self.browser.tab_to("username").await;
        self.browser.keys(&self.consumer.user_id).await;
        self.browser.keys(TAB).await;
        assert_eq!(self.browser.focused().await, "password");
        self.browser.keys(PASSWORD).await;
        self.press("sign-in").await;
        self.browser.arrive("totp").await;
        assert_eq!(
            self.browser.focused().await,
            "totp",
            "nothing else is asked there"
        );
        let code = self.code();
        self.browser.keys(&format!("{code}{ENTER}")).await;
    }

    /// By keys alone: goes on to that button or link, and presses it.
    pub(crate) async fn press(&self, id: &str) {
        self.browser.tab_to(id).await;
        self.browser.keys(ENTER).await;
    }
}

async fn by_keyboard(width: u32) {
    let journey = Journey::with(Setup {
        width,
        ..Setup::default()
    })
    .await;
    let browser = &journey.browser;

    // No.
    journey.begin().await;
    journey.sign_in().await;
    browser.arrive("deny").await;
    browser.tab_to("deny").await;
    browser.keys(TAB).await;
    assert_eq!(
        browser.focused().await,
        "allow",
        "yes is one key from no, and not before it"
    );
    browser.open_url(browser.url().await.as_str()).await;
    journey.press("deny").await;
    let url = journey.sent_to_the_recipient().await;
    assert_eq!(parameter(&url, "error").as_deref(), Some("access_denied"));

    // Yes, after a look at what would be shared of one account; then of both.
    let pushed = journey.begin().await;
    journey.sign_in().await;
    browser.arrive("account-2").await;
    browser.tab_to("account-2").await;
    browser.keys(SPACE).await;
    journey.press("preview").await;
    browser.arrive("shared").await;
    let shown = browser.text("shared").await;
    assert!(
        shown.contains("0017") && !shown.contains("0179") && !shown.contains("1234.56"),
        "{shown}"
    );
    let from_here = browser.tab_to("allow").await;
    assert!(
        !from_here.contains(&"account-1".to_owned()),
        "the focus went on from the preview: {from_here:?}"
    );
    browser.tab_to("account-2").await;
    browser.keys(SPACE).await;
    journey.press("allow").await;
    let url = journey.sent_to_the_recipient().await;
    let code = parameter(&url, "code").unwrap_or_else(|| panic!("{url}"));
    let tokens = journey.recipient.redeem(&code, &pushed.verifier).tokens().await;
    let accounts = async || {
        journey
            .recipient
            .get("/fdx/v6/core/accounts", &tokens.access_token)
            .await
    };
    let read = accounts().await.expect(200);
    assert_eq!(read.json["accounts"].as_array().unwrap().len(), 2);

    // The dashboard.
    let consent_id = tokens.json["grant_id"].as_str().unwrap();
    let home = format!("{}/portal/", journey.platform.platform.public);
    browser.open_url(&home).await;
    journey.sign_in().await;
    let link = format!("consent-{consent_id}");
    browser.arrive(&link).await;
    journey.press(&link).await;

    // Pauses until a day, and goes on.
    browser.arrive("pause").await;
    let day = journey.platform.now() + chrono::Duration::days(20);
    browser.tab_to("pause-until").await;
    browser.keys(&day.format("%m%d%Y").to_string()).await;
    journey.press("pause").await;
    browser.arrive("resume").await;
    accounts().await.refused_by_fdx(403, "602");
    journey.press("resume").await;
    browser.arrive("pause").await;
    accounts().await.expect(200);

    // Reads a receipt, and comes back.
    journey.press("receipt-2").await;
    browser.arrive("check").await;
    browser.tab_to("download").await;
    browser.keys(TAB).await;
    assert_eq!(browser.focused().await, "keys");
    browser.open_url(browser.url().await.as_str()).await;
    journey.press("back").await;
    browser.arrive("pause").await;

    // Takes an account out, after the last question.
    let kept = browser.count("remove-2").await;
    assert_eq!(kept, 1);
    journey.press("remove-2").await;
    browser.arrive("keep").await;
    journey.press("remove").await;
    browser.arrive("pause").await;
    assert_eq!(
        browser.count("remove-1").await,
        0,
        "the last account goes with the connection"
    );
    let read = accounts().await.expect(200);
    assert_eq!(read.json["accounts"].as_array().unwrap().len(), 1);

    // Stops.
    journey.press("stop").await;
    browser.arrive("keep").await;
    journey.press("revoke").await;
    browser.arrive("history").await;
    accounts().await.refused_by_fdx(401, "603");
    for gone in ["stop", "pause", "resume"] {
        assert_eq!(browser.count(gone).await, 0, "{gone}");
    }
    journey.press("sign-out").await;
    browser.arrive("username").await;
}

#[tokio::test]
async fn the_journey_by_keyboard_on_a_phone() {
    by_keyboard(390).await;
}

#[tokio::test]
async fn the_journey_by_keyboard_on_a_desktop() {
    by_keyboard(1280).await;
}

#[tokio::test]
async fn the_journey_without_script() {
    let journey = Journey::with(Setup {
        script: false,
        ..Setup::default()
    })
    .await;
    let browser = &journey.browser;
    browser
        .open_url("data:text/html,<title>off</title><script>document.title='on'</script>")
        .await;
    assert_eq!(browser.title().await, "off", "scripts are switched off");

    let pushed = journey.begin().await;
    let sign_in = async || {
        browser.type_into("username", &journey.consumer.user_id).await;
        browser.type_into("password", PASSWORD).await;
        browser.click("sign-in").await;
        browser.arrive("totp").await;
        browser.type_into("totp", &journey.code()).await;
        browser.click("sign-in").await;
    };
    sign_in().await;
    browser.arrive("account-2").await;
    browser.click("account-2").await;
    browser.click("preview").await;
    browser.arrive("shared").await;
    browser.click("language-fr").await;
    browser.arrive("language-en").await;
    browser.click("account-2").await;
    browser.click("allow").await;
    let url = journey.sent_to_the_recipient().await;
    let code = parameter(&url, "code").unwrap_or_else(|| panic!("{url}"));
    let tokens = journey.recipient.redeem(&code, &pushed.verifier).tokens().await;
    let accounts = async || {
        journey
            .recipient
            .get("/fdx/v6/core/accounts", &tokens.access_token)
            .await
    };
    let read = accounts().await.expect(200);
    assert_eq!(read.json["accounts"].as_array().unwrap().len(), 1);

    browser
        .open_url(&format!("{}/portal/", journey.platform.platform.public))
        .await;
    sign_in().await;
    let link = format!("consent-{}", tokens.json["grant_id"].as_str().unwrap());
    browser.arrive(&link).await;
    browser.click(&link).await;
    browser.arrive("pause").await;
    browser.click("pause").await;
    browser.arrive("resume").await;
    accounts().await.refused_by_fdx(403, "602");
    browser.click("receipt-2").await;
    browser.arrive("check").await;
    assert!(browser.text("receipt").await.contains("mis en pause"));
    browser.click("language-en").await;
    browser.arrive("language-fr").await;
    assert!(browser.text("receipt").await.contains("was paused"));
    browser.click("back").await;
    browser.arrive("stop").await;
    browser.click("stop").await;
    browser.arrive("keep").await;
    browser.click("revoke").await;
    browser.arrive("history").await;
    accounts().await.refused_by_fdx(401, "603");
}
