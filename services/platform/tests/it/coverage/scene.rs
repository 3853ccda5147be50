//! Who asks, what there is to ask for, and what a refusal must look like.

use reqwest::{Client, Method};
use serde_json::json;
use testkit::{
    answer::Answer,
    jws::{Key, Token},
    recipient::Recipient,
};

use crate::{
    parties::{ALL_SCOPES, Consumer, Shared},
    stage::TestPlatform,
    table::Table,
};

/// Who asks, and what there is to ask for.
pub(super) struct Scene {
    pub(super) platform: &'static TestPlatform,
    pub(super) recipient: Recipient,
    pub(super) consumer: Consumer,
    pub(super) shared: Shared,
    pub(super) stranger: Recipient,
    pub(super) strangers: Shared,
    pub(super) resource_id: String,
}

impl Scene {
    pub(super) async fn set() -> Self {
        let platform = TestPlatform::shared().await;
        let (recipient, stranger) = (
            platform.recipient("fapi2-security").await,
            platform.recipient("fapi2-security").await,
        );
        let (consumer, other) = (platform.consumer().await, platform.consumer().await);
        let shared = platform.share_scope(&recipient, &consumer, ALL_SCOPES).await;
        let strangers = platform.share_scope(&stranger, &other, ALL_SCOPES).await;
        let pushed = recipient.push("openid").pushed().await;
        let resource_id = platform
            .begin(
                &mut platform.browser(),
                &recipient.authorize_url(&pushed.request_uri),
            )
            .await;
        Self {
            platform,
            recipient,
            consumer,
            shared,
            stranger,
            strangers,
            resource_id,
        }
    }

    /// The path with the ids of what is there.
    pub(super) fn path(&self, pattern: &str) -> String {
        let path = pattern
            .replace("{accountId}", &self.consumer.checking)
            .replace("{consentId}", &self.shared.consent_id)
            .replace("{resourceId}", &self.resource_id);
        // What a solution API needs to know beside its path.
        if path.starts_with("/participant/") || path.ends_with("/accounts") && path.starts_with("/external/")
        {
            format!("{path}?userId={}", self.consumer.user_id)
        } else {
            path
        }
    }

    pub(super) async fn ask(&self, method: &str, url: &str, over: &Client, token: Option<&str>) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.platform.platform.request(over, method.clone(), url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if method != Method::GET {
            request = request.header("if-match", "\"1\"").json(&json!({}));
        }
        Answer::to(request).await
    }
}

/// The answer must be that refusal, with the headers that every answer has, and nothing of what is stored.
pub(super) fn refused(
    table: &mut Table,
    row: &str,
    answer: &Answer,
    (status, code): (u16, &str),
    scene: &Scene,
) {
    let fits = answer.status == status && answer.json["code"] == code;
    table.holds(row, fits, || {
        format!("wanted {status} {code}, got {} {}", answer.status, answer.text)
    });
    table.holds(row, answer.header("x-fapi-interaction-id").len() == 36, || {
        "no interaction id".into()
    });
    let challenge = answer.header("www-authenticate").starts_with("Bearer");
    table.holds(row, status != 401 || challenge, || "no challenge".into());
    let told = scene
        .consumer
        .secrets
        .iter()
        .any(|secret| answer.text.contains(secret.as_str()));
    table.holds(row, !told, || format!("tells a secret: {}", answer.text));
}

/// The same claims, signed by somebody else.
pub(super) fn forged(recipient: &Recipient, token: &str) -> String {
    let (header, claims) = testkit::jws::read(token);
    let mut forged = Token::new(&Key::p256(header["kid"].as_str().unwrap()), "at+jwt", claims);
    forged.header["jwk"] = recipient.key.public_jwk();
    forged.compact()
}

/// Another letter in the middle of the claims.
pub(super) fn tampered(token: &str) -> String {
    let middle = token.len() / 2;
    let other = if token.as_bytes()[middle] == b'A' {
        'B'
    } else {
        'A'
    };
    format!("{}{other}{}", &token[..middle], &token[middle + 1..])
}
