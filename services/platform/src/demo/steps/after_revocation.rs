//! From the revocation on nothing is read and nothing is issued, with tokens that have not expired.

use super::{introspect, redeem::Tokens};
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
        .step("The recipient's next requests fail, though its tokens have not expired");
    let url = format!("{}/core/accounts", cast.stage.facts.fdx);
    let answer = cast.recipient.get(&url, Some(&tokens.access_token)).await?;
    cast.narrator
        .exchanged("GET", &url, answer.status, "the same token, the same certificate");
    let refused = matches!(answer.status, 401 | 403) && answer.body.get("accounts").is_none();
    cast.check(refused, "no account is read any more")?;

    let url = server.endpoint("token_endpoint")?;
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.refresh_token.as_str()),
    ];
    let answer = cast.recipient.post(url, &server.issuer, &fields).await?;
    cast.narrator
        .exchanged("POST", url, answer.status, "refresh_token");
    let error = answer.expect(400)?.text("error")?;
    cast.check(
        error == "invalid_grant",
        "no token is issued any more: invalid_grant",
    )?;
    introspect::run(cast, server, tokens, false).await
}
