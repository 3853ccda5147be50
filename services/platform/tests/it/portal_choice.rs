//! What a consumer chooses of each account, and how they call it: by keyboard and without script; and where it is seen again:
//! before the decision, by the recipient, at the dashboard, in the receipt.

use reqwest::Method;
use testkit::{
    answer::Answer,
    bank::CONSENTS,
    chromium::{ENTER, SPACE, Setup, TAB},
    jws,
    recipient::{Pushed, Tokens, parameter},
};

use crate::{parties::BANK_SCOPES, portal::PASSWORD, portal_by_hand::Journey};

impl Journey {
    async fn tokens_of(&self, pushed: &Pushed) -> Tokens {
        let url = self.sent_to_the_recipient().await;
        let code = parameter(&url, "code").unwrap_or_else(|| panic!("{url}"));
        self.recipient.redeem(&code, &pushed.verifier).tokens().await
    }

    /// What the consumer's first receipt says of their accounts.
    async fn accounts_in_the_receipt(&self, consent_id: &str) -> Vec<serde_json::Value> {
        let bank = self.platform.bank();
        let token = bank.token(BANK_SCOPES).await;
        let path = format!(
            "{CONSENTS}/{consent_id}/receipts?userId={}",
            self.consumer.user_id
        );
        let receipts = Answer::to(bank.request(Method::GET, &path, &token))
            .await
            .expect(200);
        let receipt = receipts.json["receipts"][0]["receipt"].as_str().unwrap();
        let (_, claims) = jws::read(receipt);
        claims["content"]["accounts"].as_array().unwrap().clone()
    }

    /// One account is called Bills and gives no transactions; the other gives all that was asked.
    async fn assert_narrowed(&self, tokens: &Tokens) {
        let read = async |path: &str| self.recipient.get(path, &tokens.access_token).await;
        let accounts = read("/fdx/v6/core/accounts").await.expect(200).json["accounts"].clone();
        let mut names = vec![];
        for account in accounts.as_array().unwrap() {
            let name = account["nickname"].as_str().unwrap_or_default();
            let id = account["accountId"].as_str().unwrap();
            let transactions = read(&format!("/fdx/v6/core/accounts/{id}/transactions")).await;
            if name == "Bills" {
                transactions.refused_by_fdx(403, "403");
            } else {
                transactions.expect(200);
            }
            names.push(name.to_owned());
        }
        names.sort();
        assert_eq!(names, ["", "Bills"]);

        let consent_id = tokens.json["grant_id"].as_str().unwrap();
        let mut kept: Vec<_> = self
            .accounts_in_the_receipt(consent_id)
            .await
            .iter()
            .map(|account| {
                let name = account["nickname"].as_str().unwrap_or_default().to_owned();
                (name, account["dataClusters"].as_array().unwrap().len())
            })
            .collect();
        kept.sort();
        assert_eq!(kept, [(String::new(), 2), ("Bills".to_owned(), 1)]);
    }

    /// Opens the connection at the dashboard, whose sign-in is open, and looks what it says of the accounts.
    async fn assert_shown_at_home(&self, tokens: &Tokens) {
        let link = format!("consent-{}", tokens.json["grant_id"].as_str().unwrap());
        self.browser.arrive(&link).await;
        self.press(&link).await;
        self.browser.arrive("accounts").await;
        let shown = self.browser.text("accounts").await;
        for said in [
            "Bills",
            "Shares only: Account identifying information",
            "Shares all of the above",
        ] {
            assert!(shown.contains(said), "{said} in {shown}");
        }
    }
}

async fn by_keyboard(width: u32) {
    let journey = Journey::with(Setup {
        width,
        ..Setup::default()
    })
    .await;
    let browser = &journey.browser;
    let pushed = journey.begin().await;
    journey.sign_in().await;
    browser.arrive("shares-1").await;
    let on_the_way = browser.tab_to("shares-1").await;
    assert_eq!(
        on_the_way.last().map(String::as_str),
        Some("account-1"),
        "what an account shares comes after the account"
    );
    browser.keys(TAB).await;
    assert_eq!(
        browser.focused().await,
        "account-2",
        "who wants none of it passes by"
    );
    browser.open_url(browser.url().await.as_str()).await;

    browser.tab_to("shares-1").await;
    browser.keys(ENTER).await;
    browser.tab_to("share-1-TRANSACTIONS").await;
    browser.keys(SPACE).await;
    browser.keys(TAB).await;
    assert_eq!(browser.focused().await, "nickname-1");
    browser.keys("Bills").await;
    journey.press("preview").await;
    browser.arrive("shared").await;
    let shown = browser.text("shared").await;
    assert!(
        shown.contains("Bills") && shown.contains("Left out: Transactions"),
        "{shown}"
    );
    let summary = browser.text("shares-1").await;
    assert!(summary.contains("Shares 1 of 2 kinds of data"), "{summary}");
    journey.press("allow").await;
    let tokens = journey.tokens_of(&pushed).await;
    journey.assert_narrowed(&tokens).await;

    let home = format!("{}/portal/", journey.platform.platform.public);
    browser.open_url(&home).await;
    journey.sign_in().await;
    journey.assert_shown_at_home(&tokens).await;
}

#[tokio::test]
async fn what_an_account_shares_is_chosen_by_keyboard_on_a_phone() {
    by_keyboard(390).await;
}

#[tokio::test]
async fn what_an_account_shares_is_chosen_by_keyboard_on_a_desktop() {
    by_keyboard(1280).await;
}

#[tokio::test]
async fn what_an_account_shares_is_chosen_without_script() {
    let journey = Journey::with(Setup {
        script: false,
        ..Setup::default()
    })
    .await;
    let browser = &journey.browser;
    let sign_in = async || {
        browser.type_into("username", &journey.consumer.user_id).await;
        browser.type_into("password", PASSWORD).await;
        browser.click("sign-in").await;
        browser.arrive("totp").await;
        browser.type_into("totp", &journey.code()).await;
        browser.click("sign-in").await;
    };
    let pushed = journey.begin().await;
    sign_in().await;
    browser.arrive("shares-2").await;
    browser.click("shares-2").await;
    for cluster in ["ACCOUNT_BASIC", "TRANSACTIONS"] {
        browser.click(&format!("share-2-{cluster}")).await;
    }
    browser.type_into("nickname-2", "Bills").await;

    // Nothing of a chosen account is no choice; the page tells so, and keeps what was done.
    browser.click("allow").await;
    browser.arrive("problem").await;
    browser.click("share-2-ACCOUNT_BASIC").await;
    browser.click("preview").await;
    browser.arrive("shared").await;
    let shown = browser.text("shared").await;
    assert!(shown.contains("Left out: Transactions"), "{shown}");
    browser.click("allow").await;
    let tokens = journey.tokens_of(&pushed).await;
    journey.assert_narrowed(&tokens).await;

    browser
        .open_url(&format!("{}/portal/", journey.platform.platform.public))
        .await;
    sign_in().await;
    journey.assert_shown_at_home(&tokens).await;
}
