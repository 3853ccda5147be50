//! The recipient redeems the code, once, with its certificate and the PKCE verifier.

use jose::{Algorithm, Compact};
use serde_json::Value;

use super::push::Pushed;
use crate::{
    demo::Cast,
    recipient::{Answer, AuthorizationServer, Failure},
};

/// What the recipient holds.
pub(in crate::demo) struct Tokens {
    pub(in crate::demo) access_token: String,
    pub(in crate::demo) refresh_token: String,
    pub(in crate::demo) consent_id: String,
}

pub(in crate::demo) async fn run(
    cast: &mut Cast<'_>,
    server: &AuthorizationServer,
    pushed: &Pushed,
    code: &str,
) -> Result<Tokens, Failure> {
    cast.narrator
        .step("The recipient redeems the code, over mutual TLS");
    let url = server.endpoint("token_endpoint")?;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", cast.recipient.redirect_uri.as_str()),
        ("code_verifier", pushed.authorization.code_verifier.as_str()),
    ];
    let answer = cast.recipient.post(url, &server.issuer, &fields).await?;
    cast.narrator
        .exchanged("POST", url, answer.status, "authorization_code, PKCE verifier");
    let answer = answer.expect(200)?;
    let tokens = Tokens {
        access_token: answer.text("access_token")?,
        refresh_token: answer.text("refresh_token")?,
        consent_id: answer.text("grant_id")?,
    };
    check_access_token(cast, server, &tokens)?;
    check_id_token(cast, server, pushed, &answer)?;
    let accounts = answer
        .body
        .pointer("/authorization_details/0")
        .and_then(Value::as_object)
        .is_some();
    cast.check(
        accounts,
        "authorization_details come back as granted, with the consent's id as grant_id",
    )?;
    Ok(tokens)
}

/// RFC 9068, RFC8705-3.1.
fn check_access_token(
    cast: &mut Cast<'_>,
    server: &AuthorizationServer,
    tokens: &Tokens,
) -> Result<(), Failure> {
    let claims = Compact::parse(&tokens.access_token)
        .and_then(|token| server.keys.verify(&token, &[Algorithm::Es256, Algorithm::Ps256]))
        .map_err(|error| Failure::new(format!("the access token does not verify: {error}")))?;
    let bound = claims.get("cnf").and_then(|cnf| cnf.get("x5t#S256")).is_some();
    let consent = claims.str("fdxConsentId").ok().flatten() == Some(tokens.consent_id.as_str());
    cast.check(
        bound && consent,
        "the access token names the consent and is bound to the recipient's certificate",
    )
}

fn check_id_token(
    cast: &mut Cast<'_>,
    server: &AuthorizationServer,
    pushed: &Pushed,
    answer: &Answer,
) -> Result<(), Failure> {
    let id_token = answer.text("id_token")?;
    let claims = Compact::parse(&id_token)
        .and_then(|token| server.keys.verify(&token, &[Algorithm::Ps256, Algorithm::Es256]))
        .map_err(|error| Failure::new(format!("the id_token does not verify: {error}")))?;
    let nonce = claims.str("nonce").ok().flatten() == Some(pushed.authorization.nonce.as_str());
    let issuer = claims.str("iss").ok().flatten() == Some(server.issuer.as_str());
    cast.check(nonce && issuer, "the id_token is signed and carries the nonce")
}
