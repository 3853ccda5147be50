//! The recipient learns where everything is, and with which keys the server signs.

use serde_json::Value;

use crate::{
    demo::Cast,
    recipient::{AuthorizationServer, Failure},
};

pub(in crate::demo) async fn run(cast: &mut Cast<'_>) -> Result<AuthorizationServer, Failure> {
    cast.narrator
        .step("The recipient discovers the authorization server");
    let url = cast.stage.facts.discovery.clone();
    let answer = cast.recipient.get(&url, None).await?;
    cast.narrator.exchanged("GET", &url, answer.status, "");
    let metadata = answer.expect(200)?;
    let issuer = metadata.text("issuer")?;
    cast.check(
        issuer == cast.stage.facts.issuer,
        "the issuer is, letter for letter, where its metadata was found",
    )?;
    let bound = metadata.body.get("tls_client_certificate_bound_access_tokens") == Some(&Value::Bool(true));
    cast.check(bound, "access tokens are bound to certificates (RFC 8705)")?;

    let url = metadata.text("jwks_uri")?;
    let answer = cast.recipient.get(&url, None).await?;
    cast.narrator.exchanged("GET", &url, answer.status, "");
    let server = AuthorizationServer::new(&metadata.body, &answer.expect(200)?.body)?;
    cast.narrator.checked("its public keys are usable");
    Ok(server)
}
