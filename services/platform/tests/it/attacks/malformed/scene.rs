//! Requests to every endpoint with something in them that must be judged.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use testkit::{chance::SeededRandom, recipient::Recipient};

use super::chance::Chance;
use crate::{
    parties::{ALL_SCOPES, BANK_SCOPES, Shared},
    stage::TestPlatform,
};

/// Who asks: with everything that is needed to come past the first door.
pub(super) struct Scene {
    pub(super) platform: &'static TestPlatform,
    pub(super) recipient: Recipient,
    shared: Shared,
    bank: String,
    account: String,
    resource_id: String,
    user_id: String,
    chance: Chance,
}

impl Scene {
    pub(super) async fn set(seed: u64) -> Self {
        let platform = TestPlatform::shared().await;
        let (recipient, consumer) = (
            platform.recipient("fapi2-security").await,
            platform.consumer().await,
        );
        let shared = platform.share_scope(&recipient, &consumer, ALL_SCOPES).await;
        let pushed = recipient.push("openid").pushed().await;
        let url = recipient.authorize_url(&pushed.request_uri);
        let resource_id = platform.begin(&mut platform.browser(), &url).await;
        Self {
            platform,
            recipient,
            shared,
            bank: platform.bank().token(BANK_SCOPES).await,
            account: consumer.checking,
            resource_id,
            user_id: consumer.user_id,
            chance: Chance(SeededRandom::new(seed)),
        }
    }

    /// The path, with ids that are there or texts that are none.
    fn path(&self, pattern: &str) -> String {
        let mut path = String::new();
        for part in pattern.split('/').skip(1) {
            path.push('/');
            let good = match part {
                "{accountId}" => &self.account,
                "{consentId}" => &self.shared.consent_id,
                "{resourceId}" => &self.resource_id,
                fixed if !fixed.starts_with('{') => {
                    path.push_str(fixed);
                    continue;
                }
                _ => &self.user_id,
            };
            if self.chance.below(3) == 0 {
                path.extend(url::form_urlencoded::byte_serialize(
                    self.chance.text().as_bytes(),
                ));
            } else {
                path.push_str(good);
            }
        }
        path
    }

    fn query(&self, pattern: &str) -> String {
        let names: &[&str] = if pattern.starts_with("/fdx/auth/") {
            &[
                "client_id",
                "request_uri",
                "request",
                "state",
                "redirect_uri",
                "response_type",
                "response_mode",
                "nonce",
                "scope",
            ]
        } else {
            &[
                "userId",
                "limit",
                "offset",
                "startTime",
                "endTime",
                "accountIds",
                "resultType",
                "status",
                "clientId",
            ]
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for name in names {
            match self.chance.below(4) {
                0 => {
                    query.append_pair(name, &self.chance.text());
                }
                1 if *name == "userId" => {
                    query.append_pair(name, &self.user_id);
                }
                1 if *name == "client_id" => {
                    query.append_pair(name, &self.recipient.client_id);
                }
                _ => {}
            }
        }
        let mut query = query.finish();
        if self.chance.below(8) == 0 {
            query.push_str(
                self.chance
                    .one::<&str>(&["&&&", "&=", "&a=%ff", "&limit=1&limit=2", "&%", "#"]),
            );
        }
        query
    }

    /// A form that succeeds but for one thing, or for all.
    fn form(&self, pattern: &str) -> Vec<u8> {
        let post = match pattern.rsplit('/').next() {
            Some("par") => {
                let push = self.recipient.push("openid fdx:accountbasic:read");
                let mut post = push.post.clone();
                for (name, value) in push.request.claims.as_object().unwrap() {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    post = post.with(name, &text);
                }
                let details = json!([{"type": "fdx_v1.0", "consentRequest": {
                    "durationType": "TIME_BOUND", "durationPeriod": 30, "lookbackPeriod": 30,
                    "resources": [{"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC"]}],
                }}]);
                match self.chance.below(3) {
                    0 => post.with("authorization_details", &self.chance.turned(&details).to_string()),
                    1 => {
                        let mut object = push.request.clone();
                        object.claims = self.chance.turned(&object.claims);
                        if !object.claims.is_object() {
                            object.claims = json!({"iss": object.claims});
                        }
                        post.with("request", &object.compact())
                    }
                    _ => post,
                }
            }
            Some("token") => match self.chance.below(3) {
                0 => self
                    .recipient
                    .redeem(&self.shared.code[1..], &self.shared.verifier),
                1 => {
                    let token = self.shared.tokens.refresh_token.clone().unwrap();
                    self.recipient.refresh(&token)
                }
                _ => self.recipient.post(
                    "",
                    &[
                        ("grant_type", "client_credentials"),
                        ("scope", "fdx:accountbasic:read"),
                    ],
                ),
            },
            _ => self
                .recipient
                .post("", &[("token", "x"), ("token_type_hint", "access_token")]),
        };
        let mut form = post.form.clone();
        if let Some(assertion) = &post.assertion {
            let compact = assertion.compact();
            let compact = if self.chance.below(3) == 0 {
                self.chance.jwt(&compact)
            } else {
                compact
            };
            form.push(("client_assertion".into(), compact));
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            form.push(("client_assertion_type".into(), kind.into()));
        }
        for _ in 0..self.chance.below(3) {
            let at = self.chance.below(form.len());
            match self.chance.below(4) {
                0 => {
                    form.remove(at);
                }
                1 => form.push((self.chance.text(), self.chance.text())),
                _ => form[at].1 = self.chance.text(),
            }
        }
        let mut bytes = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish()
            .into_bytes();
        match self.chance.below(10) {
            0 => bytes.extend_from_slice(b"&state=%ff%fe"),
            1 => bytes.extend_from_slice(b"&\xff\xfe=\x00"),
            2 => bytes.truncate(self.chance.below(bytes.len())),
            _ => {}
        }
        bytes
    }

    fn decision(&self) -> Value {
        if self.chance.below(2) == 0 {
            self.platform.bank().approval(&self.user_id, &[&self.account])
        } else {
            json!({"status": "ON_HOLD", "reason": "x", "accounts": [{"accountId": self.account}]})
        }
    }

    pub(super) fn request(&self, method: &Method, pattern: &str, over: &Client) -> RequestBuilder {
        let solution = pattern.starts_with("/external/") || pattern.starts_with("/participant/");
        let platform = &self.platform.platform;
        let origin = if solution {
            &platform.public
        } else {
            &platform.mutual
        };
        let query = self.query(pattern);
        let url = format!("{origin}{}?{query}", self.path(pattern));
        let mut request = over.request(method.clone(), url);
        if !pattern.starts_with("/fdx/auth/") {
            let token = if solution {
                &self.bank
            } else {
                &self.shared.tokens.access_token
            };
            let token = if self.chance.below(6) == 0 {
                self.chance.jwt(token)
            } else {
                token.clone()
            };
            if let Ok(value) = reqwest::header::HeaderValue::from_str(&format!("Bearer {token}")) {
                request = request.header("authorization", value);
            }
        }
        for (name, good) in [
            ("x-fapi-interaction-id", "c770aef3-6784-41f7-8e0e-ff5f97bddb3a"),
            ("if-match", "\"1\""),
            ("dpop", "a.b.c"),
            ("cookie", "__Host-session=x"),
            ("accept", "application/json"),
            ("accept-language", "fr"),
            ("range", "bytes=0-1"),
            ("if-none-match", "*"),
            ("x-fapi-customer-ip-address", "::1"),
        ] {
            let value = match self.chance.below(6) {
                0 => self.chance.text().into_bytes(),
                1 => good.as_bytes().to_vec(),
                2 if name == "cookie" => b"\xff=\xfe; =; __Host-authorize-x".to_vec(),
                _ => continue,
            };
            if let Ok(value) = reqwest::header::HeaderValue::from_bytes(&value) {
                request = request.header(name, value);
            }
        }
        if *method == Method::GET {
            return request;
        }
        let (kind, body) = if pattern.starts_with("/fdx/auth/") {
            ("application/x-www-form-urlencoded", self.form(pattern))
        } else {
            ("application/json", self.chance.bytes(&self.decision()))
        };
        let kind = if self.chance.below(12) == 0 {
            *self
                .chance
                .one(&["", "text/plain", "application/json; charset=utf-16"])
        } else {
            kind
        };
        request.header("content-type", kind).body(body)
    }
}
