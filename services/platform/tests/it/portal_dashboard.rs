//! What the dashboard tells a consumer and lets them do, beyond pausing and stopping: who read what, receipts, removing
//! an account, stopping everything, and the part of another holder of a joint account.

use testkit::{
    browser::{Browser, Opened},
    jws,
};

use crate::{
    parties::{Consumer, Shared},
    portal::{PASSWORD, dashboard},
    stage::TestPlatform,
};

pub(crate) struct AtHome {
    pub(crate) browser: Browser,
    pub(crate) home: String,
}

impl AtHome {
    pub(crate) async fn of(platform: &TestPlatform, consumer: &Consumer) -> Self {
        platform.register_user(consumer, PASSWORD).await;
        let (browser, page) = dashboard(platform, consumer, PASSWORD).await;
        assert_eq!(page.url.path(), "/portal/");
        Self {
            browser,
            home: platform.platform.public.clone(),
        }
    }

    pub(crate) async fn open(&mut self, path: &str) -> Opened {
        let page = self.browser.open(&format!("{}{path}", self.home)).await.page();
        assert_eq!(page.answer.status, 200, "{path}: {}", page.page.source());
        page
    }

    pub(crate) async fn connection(&mut self, shared: &Shared) -> Opened {
        self.open(&format!("/portal/connections/{}", shared.consent_id))
            .await
    }

    pub(crate) async fn press(&mut self, page: &Opened, id: &str) -> Opened {
        let form = page.page.form_with(id).press(id);
        self.browser.submit(page, form).await.page()
    }
}

#[tokio::test]
async fn connections_stand_by_recipient_and_by_what_goes_on() {
    // Its clock is moved: the newest is told by its time.
    let platform = TestPlatform::start().await;
    let (budget, lender, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let first = platform.share(&budget, &consumer).await;
    platform.platform.clock.pass(1);
    let other = platform.share(&lender, &consumer).await;
    platform.platform.clock.pass(1);
    let second = platform.share(&budget, &consumer).await;
    let mut at_home = AtHome::of(&platform, &consumer).await;
    let list = at_home.open("/portal/").await;
    let place = |page: &Opened, shared: &Shared| {
        page.page
            .source()
            .find(&format!("id=\"consent-{}\"", shared.consent_id))
            .unwrap()
    };
    // Newest first, but one recipient's stand together.
    assert!(place(&list, &second) < place(&list, &first) && place(&list, &first) < place(&list, &other));
    assert!(list.page.source().contains("id=\"sharing\"") && !list.page.source().contains("id=\"over\""));

    let question = at_home
        .open(&format!("/portal/connections/{}/stop", first.consent_id))
        .await;
    at_home.press(&question, "revoke").await;
    let list = at_home.open("/portal/").await;
    let over = list.page.source().find("id=\"over\"").unwrap();
    assert!(place(&list, &first) > over && place(&list, &other) < over);
}

#[tokio::test]
async fn a_consumer_sees_who_read_what() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let mut at_home = AtHome::of(platform, &consumer).await;
    let page = at_home.connection(&shared).await;
    assert!(page.page.source().contains("Nothing has been read yet."));

    let path = format!("/fdx/v6/core/accounts/{}/transactions", consumer.checking);
    for _ in 0..6 {
        recipient
            .get(&path, &shared.tokens.access_token)
            .await
            .expect(200);
    }
    // Written at most a second after it was read.
    platform.database.session().await_number(
        &format!(
            "SELECT count(*) FROM consent_accesses WHERE consent_id = '{}'",
            shared.consent_id
        ),
        |written| written == 6,
    );
    let page = at_home.connection(&shared).await;
    let source = page.page.source();
    assert_eq!(source.matches("in the background").count(), 5, "{source}");
    assert!(source.contains("<b>Transactions</b>"));
    let all = at_home.open(&page.page.link("accesses").unwrap()).await;
    assert_eq!(all.page.source().matches("in the background").count(), 6);
}

/// A receipt is what the ledger's own API gives, as a file to keep; its signature is looked at where receipts are made.
#[tokio::test]
async fn a_consumer_keeps_a_receipt_of_every_change() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let mut at_home = AtHome::of(platform, &consumer).await;
    let page = at_home.connection(&shared).await;
    at_home.press(&page, "pause").await;
    let page = at_home.connection(&shared).await;
    for (id, action) in [("receipt-1", "GRANTED"), ("receipt-2", "HELD")] {
        let link = page.page.link(id).unwrap();
        let link = at_home.open(&link).await.page.link("download").unwrap();
        let receipt = at_home.open(&link).await;
        let disposition = receipt.answer.header("content-disposition");
        assert!(
            disposition.starts_with("attachment; filename=\"receipt-"),
            "{disposition}"
        );
        assert_eq!(receipt.answer.header("content-type"), "application/jwt");
        let (header, claims) = jws::read(&receipt.answer.text);
        assert_eq!(header["typ"], "consent-receipt+jwt");
        assert_eq!(claims["action"], action);
        assert_eq!(claims["consentId"], shared.consent_id.as_str());
    }
}

#[tokio::test]
async fn a_consumer_takes_an_account_out() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let mut at_home = AtHome::of(platform, &consumer).await;
    let page = at_home.connection(&shared).await;
    let question = at_home.open(&page.page.link("remove-2").unwrap()).await;
    let page = at_home.press(&question, "remove").await;
    assert!(page.page.source().contains("The account is no longer shared."));
    assert!(
        page.page.link("remove-1").is_none(),
        "the last account goes with the connection"
    );
    let read = recipient
        .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
        .await
        .expect(200);
    assert_eq!(read.json["accounts"].as_array().unwrap().len(), 1);
    // It is gone already: the page says how it stands, whatever an old window asks.
    let again = at_home
        .browser
        .submit(&question, question.page.form_with("remove").press("remove"))
        .await
        .page();
    assert!(
        (200..500).contains(&again.answer.status),
        "{}",
        again.answer.status
    );
}

#[tokio::test]
async fn a_consumer_stops_everything_at_once() {
    let platform = TestPlatform::shared().await;
    let (budget, lender, consumer, other) = (
        platform.recipient("fapi2-security").await,
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
        platform.consumer().await,
    );
    let shared = [
        (&budget, platform.share(&budget, &consumer).await),
        (&lender, platform.share(&lender, &consumer).await),
    ];
    let of_another = platform.share(&budget, &other).await;
    let mut at_home = AtHome::of(platform, &consumer).await;
    let list = at_home.open("/portal/").await;
    let question = at_home.open(&list.page.link("stop-all").unwrap()).await;
    let list = at_home.press(&question, "revoke-all").await;
    assert!(list.page.source().contains("All sharing has stopped."));
    assert!(!list.page.source().contains("id=\"sharing\""));
    for (recipient, shared) in &shared {
        recipient
            .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
            .await
            .refused_by_fdx(401, "603");
    }
    budget
        .get("/fdx/v6/core/accounts", &of_another.tokens.access_token)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_pause_ends_on_a_day_that_is_to_come_and_before_the_end() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let mut at_home = AtHome::of(&platform, &consumer).await;
    let page = at_home.connection(&shared).await;
    let read = || recipient.get("/fdx/v6/core/accounts", &shared.tokens.access_token);
    for day in ["2020-01-01", "9999-12-31", "not a day", "+262143-01-01"] {
        let form = page.page.form_with("pause").fill("until", day).press("pause");
        let refused = at_home.browser.submit(&page, form).await.page();
        assert_eq!(refused.answer.status, 422, "{day}");
        assert!(refused.page.text_of("problem").is_some());
    }
    read().await.expect(200);
    let day = (platform.now() + chrono::Duration::days(2)).format("%Y-%m-%d");
    let form = page.page.form_with("pause").fill("until", &day.to_string());
    at_home.browser.submit(&page, form.press("pause")).await.page();
    read().await.refused_by_fdx(403, "602");
}

/// A joint account: nothing of it is shared until its other holder agrees, and nothing after they disagree.
#[tokio::test]
async fn another_holder_agrees_and_withdraws() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer, other) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
        platform.consumer().await,
    );
    let (account, holder) = (consumer.checking.parse().unwrap(), other.user_id.parse().unwrap());
    platform
        .tx(move |tx| store::imports::add_holder(tx, &holder, &account, true))
        .await;
    let shared = platform.share(&recipient, &consumer).await;
    let accounts = async || {
        let read = recipient
            .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
            .await
            .expect(200);
        read.json["accounts"].as_array().unwrap().len()
    };
    assert_eq!(accounts().await, 1);
    let mut theirs = AtHome::of(platform, &consumer).await;
    let page = theirs.connection(&shared).await;
    assert!(page.page.source().contains("waits for another holder"));
    assert!(!page.page.source().contains("id=\"approve\""));

    let mut at_home = AtHome::of(platform, &other).await;
    let list = at_home.open("/portal/").await;
    assert!(list.page.source().contains("id=\"waiting\""));
    let page = at_home.connection(&shared).await;
    assert!(
        !page.page.source().contains("****0179"),
        "the other's own account is not theirs to see"
    );
    let page = at_home.press(&page, "approve").await;
    assert_eq!(accounts().await, 2);
    assert!(!page.page.source().contains("id=\"stop\""));
    at_home.press(&page, "withdraw").await;
    assert_eq!(accounts().await, 1);

    // Who holds nothing of it finds nothing there.
    let stranger = platform.consumer().await;
    let mut stranger = AtHome::of(platform, &stranger).await;
    let url = format!("{}/portal/connections/{}", stranger.home, shared.consent_id);
    stranger.browser.open(&url).await.error_page("invalid_request");
}
