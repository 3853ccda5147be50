//! What a recipient knows of an authorization server: its metadata and its public keys.

use jose::PublicKeys;
use serde_json::Value;

use super::Failure;
use crate::stage::Endpoints;

/// The server, as its own documents describe it.
pub(crate) struct AuthorizationServer {
    /// Compared as text with every `iss`.
    pub(crate) issuer: String,
    endpoints: Endpoints,
    /// What it signs with.
    pub(crate) keys: PublicKeys,
}

impl AuthorizationServer {
    /// From its metadata and its key set.
    pub(crate) fn new(metadata: &Value, jwks: &Value) -> Result<Self, Failure> {
        let issuer = metadata
            .get("issuer")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let keys = PublicKeys::parse(jwks)
            .map_err(|error| Failure::new(format!("the JWK Set is not usable: {error}")))?;
        Ok(Self {
            issuer,
            endpoints: Endpoints::from_metadata(metadata),
            keys,
        })
    }

    /// An endpoint as a client with a certificate calls it: the mutual-TLS alias where there is one (RFC8705-5).
    pub(crate) fn endpoint(&self, name: &str) -> Result<&str, Failure> {
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
