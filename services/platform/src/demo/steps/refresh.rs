//! The recipient gets a new access token with its refresh token, which stays the same.

use super::redeem::Tokens;
use crate::{
    demo::Cast,
    recipient::{AuthorizationServer, Failure},
};

pub(in crate::demo) async fn run(
    cast: &mut Cast<'_>,
    server: &AuthorizationServer,
    tokens: Tokens,
) -> Result<Tokens, Failure> {
    cast.narrator.step("It refreshes its access token");
    let url = server.endpoint("token_endpoint")?;
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.refresh_token.as_str()),
    ];
    let answer = cast.recipient.post(url, &server.issuer, &fields).await?;
    cast.narrator
        .exchanged("POST", url, answer.status, "refresh_token");
    let answer = answer.expect(200)?;
    let access_token = answer.text("access_token")?;
    let same = answer
        .text("refresh_token")
        .map_or(true, |token| token == tokens.refresh_token);
    cast.check(
        access_token != tokens.access_token && same,
        "a new access token; the sender-constrained refresh token is not rotated",
    )?;
    Ok(Tokens {
        access_token,
        ..tokens
    })
}
