//! What a client needs to know of the stage; written to `up.json` for clients in any language.

use std::path::PathBuf;

use serde::Serialize;

use super::{Addresses, Registered, User, pki::Pki, settings::Settings};

/// The facts. Paths are absolute.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Facts {
    /// The issuer, also the base URL of the public listener.
    pub(crate) issuer: String,
    /// Base URL of the mutual-TLS listener.
    pub(crate) mutual: String,
    /// Where the server's metadata is (RFC 8414, OpenID Discovery).
    pub(crate) discovery: String,
    /// Base of the FDX APIs.
    pub(crate) fdx: String,
    /// The dashboard of the reference portal.
    pub(crate) portal: String,
    /// The API documentation.
    pub(crate) documentation: String,
    /// Health and metrics, plain HTTP.
    pub(crate) operations: String,
    /// The authority that issued every certificate here, PEM.
    pub(crate) ca: PathBuf,
    /// The certificate of both TLS listeners, and its key.
    #[serde(skip)]
    pub(crate) server_certificate: PathBuf,
    #[serde(skip)]
    pub(crate) server_key: PathBuf,
    /// The settings, for `concordat --config`.
    pub(crate) settings: PathBuf,
    /// The registered clients.
    pub(crate) clients: Vec<Registered>,
    /// The consumers.
    pub(crate) users: Vec<User>,
    /// From discovery, once the platform was asked: endpoints, and their mutual-TLS aliases.
    #[serde(flatten)]
    pub(crate) endpoints: Option<Endpoints>,
}

/// What discovery says.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Endpoints {
    /// Every `*_endpoint`, and `jwks_uri`.
    pub(crate) endpoints: serde_json::Map<String, serde_json::Value>,
    /// `mtls_endpoint_aliases`.
    pub(crate) mtls_endpoints: serde_json::Map<String, serde_json::Value>,
}

impl Facts {
    pub(super) fn new(
        addresses: &Addresses,
        pki: &Pki,
        settings: &Settings,
        clients: Vec<Registered>,
        users: Vec<User>,
    ) -> Self {
        let issuer = format!("https://localhost:{}", addresses.public.port());
        let mutual = format!("https://localhost:{}", addresses.mutual.port());
        Self {
            discovery: format!("{issuer}/.well-known/openid-configuration"),
            fdx: format!("{mutual}/fdx/v6"),
            portal: format!("{issuer}/portal/"),
            documentation: format!("{issuer}/docs"),
            operations: format!("http://{}", addresses.operations),
            ca: pki.ca.clone(),
            server_certificate: pki.server_certificate.clone(),
            server_key: pki.server_key.clone(),
            settings: settings.file.clone(),
            issuer,
            mutual,
            clients,
            users,
            endpoints: None,
        }
    }

    /// The client of that id.
    pub(crate) fn client(&self, client_id: &str) -> Option<&Registered> {
        self.clients.iter().find(|client| client.client_id == client_id)
    }
}

impl Endpoints {
    /// What matters of a discovery document.
    pub(crate) fn from_metadata(metadata: &serde_json::Value) -> Self {
        let is_endpoint = |name: &str| name.ends_with("_endpoint") || name == "jwks_uri";
        let members = |value: Option<&serde_json::Value>| {
            value
                .and_then(|value| value.as_object())
                .cloned()
                .unwrap_or_default()
        };
        let mut endpoints = members(Some(metadata));
        endpoints.retain(|name, _| is_endpoint(name));
        Self {
            endpoints,
            mtls_endpoints: members(metadata.get("mtls_endpoint_aliases")),
        }
    }
}
