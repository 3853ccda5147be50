//! `[tls]`: certificates.

use std::path::PathBuf;

use serde::Deserialize;

/// Who we are, and who may vouch for others. All files are PEM.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Our certificate, then its intermediates. With an RSA key, so that TLS 1.2 clients find a permitted suite.
    pub certificate: PathBuf,
    /// Its private key, unencrypted PKCS#8.
    pub key: PathBuf,
    /// Authorities that may issue certificates to `tls_client_auth` clients and to proxies.
    ///
    /// Without it every such client is refused; `self_signed_tls_client_auth` and `private_key_jwt` need none.
    #[serde(default)]
    pub client_authorities: Option<PathBuf>,
    /// Subjects (RFC 4514) of proxies that end TLS for us. From them alone is a forwarded client certificate
    /// believed, and only on a connection in which they presented their own (M01, M03).
    #[serde(default)]
    pub trusted_proxies: Vec<String>,
    /// How those proxies pass a certificate on.
    #[serde(default)]
    pub proxy_header: ProxyHeader,
    /// Revocation lists (CRL) of those authorities. With it, a chain that they do not cover or that is past their next
    /// update is refused (M06).
    #[serde(default)]
    pub client_revocation_lists: Option<PathBuf>,
}

/// The form in which a proxy passes its client's certificate on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProxyHeader {
    /// `Client-Cert` and `Client-Cert-Chain` (RFC 9440).
    #[default]
    Rfc9440,
    /// nginx, and the Kubernetes ingress made of it.
    Nginx,
    /// Envoy.
    Envoy,
    /// HAProxy.
    Haproxy,
}
