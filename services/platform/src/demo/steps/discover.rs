//! The recipient learns where everything is, and with which keys the server signs.

use jose::PublicKeys;
use serde_json::Value;

use crate::{
    demo::{Cast, Failure},
    stage::Endpoints,
};

/// What the recipient knows of the server from here on.
pub(in crate::demo) struct AuthorizationServer {
    pub(in crate::demo) issuer: String,
    pub(in crate::demo) endpoints: Endpoints,
    pub(in crate::demo) keys: PublicKeys,
}

impl AuthorizationServer {
    /// An endpoint as a client with a certificate calls it: the mutual-TLS alias where there is one (RFC8705-5).
    pub(in crate::demo) fn endpoint(&self, name: &str) -> Result<&str, Failure> {
        let Endpoints {
            endpoints,
            mtls_endpoints,
        } = &self.endpoints;
        mtls_endpoints
            .get(name)
            .or_else(|| endpoints.get(name))
            .and_then(Value::as_str)
            .ok_or_else(|| Failure::new(format!("discovery has no {name}")))
    }
}

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

    let endpoints = Endpoints::from_metadata(&metadata.body);
    let url = metadata.text("jwks_uri")?;
    let answer = cast.recipient.get(&url, None).await?;
    cast.narrator.exchanged("GET", &url, answer.status, "");
    let keys = PublicKeys::parse(&answer.expect(200)?.body)
        .map_err(|error| Failure::new(format!("the JWK Set is not usable: {error}")))?;
    cast.narrator.checked("its public keys are usable");
    Ok(AuthorizationServer {
        issuer,
        endpoints,
        keys,
    })
}
