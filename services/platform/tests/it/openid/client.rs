//! A client that has a secret and bearer tokens, and its consumer.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{answer::Answer, browser::Browser, recipient::parameter};
use url::Url;

use super::SECRET;
use crate::{parties::Consumer, stage::TestPlatform};

/// A client that has a secret and bearer tokens.
pub(crate) struct OpenIdClient {
    platform: &'static TestPlatform,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
}

impl OpenIdClient {
    /// Registers one, with these members added.
    pub(crate) async fn register(platform: &'static TestPlatform, more: Value) -> Self {
        let client_id = format!("openid-{}", platform.platform.fresh());
        let redirect_uri = format!(
            "https://{}.example/callback?own=1",
            client_id.to_ascii_lowercase()
        );
        let mut metadata = json!({
            "client_name": "A web site", "profile": "openid-connect", "token_endpoint_auth_method": "client_secret_basic",
            "sender_constraint": "none", "redirect_uris": [redirect_uri], "scope": "openid offline_access profile",
        });
        for (member, value) in more.as_object().unwrap() {
            metadata[member] = value.clone();
        }
        platform.register(&client_id, metadata, Some(SECRET)).await;
        Self {
            platform,
            client_id,
            redirect_uri,
        }
    }

    /// The address of a request with these parameters beside those that must be; `null` takes one away.
    pub(crate) fn url(&self, parameters: &Value) -> String {
        let mut all = json!({
            "client_id": self.client_id, "response_type": "code", "scope": "openid", "redirect_uri": self.redirect_uri,
            "state": "s-._~", "nonce": "n",
        });
        all.as_object_mut()
            .unwrap()
            .extend(parameters.as_object().unwrap().clone());
        let mut url = Url::parse(&format!(
            "{}/fdx/auth/v1/authorize",
            self.platform.platform.public
        ))
        .unwrap();
        for (name, value) in all.as_object().unwrap() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if !value.is_null() {
                url.query_pairs_mut().append_pair(name, &text);
            }
        }
        url.into()
    }

    /// The consumer signs in and agrees in this browser. Where it is sent.
    pub(crate) async fn agreed(&self, browser: &mut Browser, consumer: &Consumer, parameters: &Value) -> Url {
        let approval = self.approval(consumer);
        self.decided(browser, &approval, parameters).await
    }

    /// The consent application says this in this browser. Where it is sent.
    pub(crate) async fn decided(&self, browser: &mut Browser, approval: &Value, parameters: &Value) -> Url {
        let landed = self
            .platform
            .decide(browser, &self.url(parameters), approval)
            .await;
        landed.away()
    }

    pub(super) fn approval(&self, consumer: &Consumer) -> Value {
        let mut approval = self.platform.bank().approval(&consumer.user_id, &[]);
        approval["claims"] =
            json!({"name": "Ada Lovelace", "email": "ada@example.org", "email_verified": true});
        approval
    }

    /// A token request with the secret in the header.
    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let url = format!("{}/fdx/auth/v1/token", self.platform.platform.public);
        let plain = self.platform.platform.channel(None);
        Answer::to(
            plain
                .post(url)
                .basic_auth(&self.client_id, Some(SECRET))
                .form(form),
        )
        .await
    }

    /// The tokens for the code at that address.
    pub(crate) async fn redeem(&self, callback: &Url) -> Answer {
        let code = parameter(callback, "code").unwrap_or_else(|| panic!("{callback}"));
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", &self.redirect_uri),
        ];
        self.token(&form).await
    }

    /// The tokens of a consumer who agrees to these parameters.
    pub(crate) async fn tokens(&self, consumer: &Consumer, parameters: &Value) -> Value {
        let callback = self
            .agreed(&mut self.platform.browser(), consumer, parameters)
            .await;
        self.redeem(&callback).await.expect(200).json
    }

    /// What userinfo answers to a token in the header.
    pub(crate) async fn userinfo(&self, token: &str) -> Answer {
        let url = format!("{}/fdx/auth/v1/userinfo", self.platform.platform.public);
        let plain = self.platform.platform.channel(None);
        Answer::to(
            self.platform
                .platform
                .request(&plain, Method::GET, &url)
                .bearer_auth(token),
        )
        .await
    }
}
