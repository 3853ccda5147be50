//! The recipient asks the server about its token (RFC 7662).

use serde_json::Value;

use super::redeem::Tokens;
use crate::{
    demo::Cast,
    recipient::{AuthorizationServer, Failure},
};

/// `active`: what the answer must say.
pub(in crate::demo) async fn run(
    cast: &mut Cast<'_>,
    server: &AuthorizationServer,
    tokens: &Tokens,
    active: bool,
) -> Result<(), Failure> {
    if active {
        cast.narrator.step("It asks the server about its token");
    }
    let url = server.endpoint("introspection_endpoint")?;
    let fields = [("token", tokens.access_token.as_str())];
    let answer = cast.recipient.post(url, &server.issuer, &fields).await?;
    cast.narrator.exchanged("POST", url, answer.status, "");
    let body = answer.expect(200)?.body;
    let says = body.get("active") == Some(&Value::Bool(active));
    if active {
        let consent = body.get("fdxConsentId").and_then(Value::as_str) == Some(tokens.consent_id.as_str());
        return cast.check(says && consent, "active, and it names the consent");
    }
    let silent = body.as_object().is_some_and(|members| members.len() == 1);
    cast.check(says && silent, "not active, and not a word more")
}
