//! A browser at the portal, sent there by a recipient, or by itself.

use serde_json::json;
use testkit::{
    browser::{Browser, Landed, Opened},
    html::{Form, Page},
    recipient::{Recipient, parameter},
};

use super::PASSWORD;
use crate::{parties::Consumer, stage::TestPlatform};

/// A consumer with a password, before the sign-in page of a request.
pub(crate) struct Visit {
    pub(crate) recipient: Recipient,
    pub(crate) consumer: Consumer,
    pub(crate) browser: Browser,
    pub(crate) page: Opened,
    pub(crate) verifier: String,
}

impl Visit {
    pub(crate) async fn to(platform: &TestPlatform, scope: &str) -> Self {
        let recipient = platform.recipient("fapi2-security").await;
        Self::of(platform, recipient, scope, &[]).await
    }

    pub(super) async fn of(
        platform: &TestPlatform,
        recipient: Recipient,
        scope: &str,
        more: &[(&str, &str)],
    ) -> Self {
        let consumer = platform.consumer().await;
        platform.register_user(&consumer, PASSWORD).await;
        let mut push = recipient.push(scope);
        for (name, value) in more {
            push = push.asking(|request| request.with(name, json!(value)));
        }
        let pushed = push.pushed().await;
        let mut browser = platform.browser();
        let page = browser
            .open(&recipient.authorize_url(&pushed.request_uri))
            .await
            .page();
        Self {
            recipient,
            consumer,
            browser,
            page,
            verifier: pushed.verifier,
        }
    }

    pub(crate) fn resource_id(&self) -> String {
        parameter(&self.page.url, "resourceId").unwrap()
    }

    pub(crate) async fn sign_in(&mut self, password: &str) -> Landed {
        let form = credentials(&self.page.page, &self.consumer.user_id, password);
        self.browser.submit(&self.page, form).await
    }

    /// On to the decision page.
    pub(super) async fn signed_in(mut self) -> Self {
        self.page = self.sign_in(PASSWORD).await.page();
        assert_eq!(self.page.answer.status, 200, "{}", self.page.page.source());
        self
    }

    pub(crate) async fn press(&mut self, id: &str) -> Landed {
        let form = self.page.page.form_with(id).press(id);
        self.browser.submit(&self.page, form).await
    }
}

pub(crate) fn credentials(page: &Page, username: &str, password: &str) -> Form {
    page.form_with("sign-in")
        .fill("username", username)
        .fill("password", password)
        .press("sign-in")
}

/// The value of the newest cookie whose name begins like this.
pub(super) fn cookie(browser: &Browser, name: &str) -> String {
    let set = browser
        .cookies_set
        .iter()
        .rev()
        .find(|cookie| cookie.starts_with(name))
        .unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// The dashboard of a consumer who has just signed in to it.
pub(crate) async fn dashboard(
    platform: &TestPlatform,
    consumer: &Consumer,
    password: &str,
) -> (Browser, Opened) {
    let mut browser = platform.browser();
    let page = browser
        .open(&format!("{}/portal/", platform.platform.public))
        .await
        .page();
    let form = credentials(&page.page, &consumer.user_id, password);
    let page = browser.submit(&page, form).await.page();
    (browser, page)
}
