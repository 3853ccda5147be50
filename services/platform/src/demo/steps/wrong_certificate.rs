//! Another recipient, with a good certificate of its own, has stolen the tokens.

use super::redeem::Tokens;
use crate::{
    demo::Cast,
    recipient::{AuthorizationServer, Failure},
};

pub(in crate::demo) async fn run(
    cast: &mut Cast<'_>,
    server: &AuthorizationServer,
    tokens: &Tokens,
) -> Result<(), Failure> {
    cast.narrator
        .step("Another recipient has stolen both tokens, and has its own certificate");
    let url = format!("{}/core/accounts", cast.stage.facts.fdx);
    let answer = cast.other.get(&url, Some(&tokens.access_token)).await?;
    cast.narrator
        .exchanged("GET", &url, answer.status, "the right token, another certificate");
    let answer = answer.expect(401)?;
    let told = answer.interaction_id.is_some() && answer.body.get("code").is_some();
    cast.check(told, "refused, with an FDX error body")?;

    let url = server.endpoint("token_endpoint")?;
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.refresh_token.as_str()),
    ];
    let answer = cast.other.post(url, &server.issuer, &fields).await?;
    cast.narrator
        .exchanged("POST", url, answer.status, "the refresh token, another client");
    let error = answer.expect(400)?.text("error")?;
    cast.check(error == "invalid_grant", "refused: invalid_grant")
}
