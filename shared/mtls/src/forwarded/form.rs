//! The forms in which proxies write a certificate, and the headers they use.

use std::str::FromStr;

use super::{ForwardedError, envoy, haproxy, nginx, rfc9440};
use crate::certificate::PresentedCertificate;

/// How the proxy writes its client's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `Client-Cert` and `Client-Cert-Chain` (RFC 9440).
    Rfc9440,
    /// `ssl-client-cert` (as the Kubernetes ingress sends it) or `X-SSL-Client-Cert`: nginx's
    /// `$ssl_client_escaped_cert`.
    Nginx,
    /// `X-Forwarded-Client-Cert` with `Cert`, in Envoy's mode `SANITIZE_SET`.
    Envoy,
    /// `X-SSL-Client-DER`: HAProxy's `ssl_c_der,base64`.
    Haproxy,
}

/// The text names no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the form must be rfc9440, nginx, envoy or haproxy")]
pub struct UnknownForm;

/// Every header, dashed and in lower case, by which some software passes a certificate on.
pub(super) const KNOWN: &[&str] = &[
    "client-cert",
    "client-cert-chain",
    "ssl-client-cert",
    "ssl-client-verify",
    "ssl-client-subject-dn",
    "x-amzn-mtls-clientcert",
    "x-arr-clientcert",
    "x-client-cert",
    "x-client-cert-chain",
    "x-client-certificate",
    "x-forwarded-client-cert",
    "x-forwarded-tls-client-cert",
    "x-ssl-cert",
    "x-ssl-client-cert",
    "x-ssl-client-der",
    "x-ssl-client-verify",
    "x-ssl-certificate",
];

impl Form {
    /// The headers that may hold the leaf. Among them all there must be one.
    pub(super) const fn leaf_names(self) -> &'static [&'static str] {
        match self {
            Self::Rfc9440 => &["client-cert"],
            Self::Nginx => &["ssl-client-cert", "x-ssl-client-cert"],
            Self::Envoy => &["x-forwarded-client-cert"],
            Self::Haproxy => &["x-ssl-client-der"],
        }
    }

    /// The header that holds the rest of the chain.
    pub(super) const fn chain_name(self) -> Option<&'static str> {
        match self {
            Self::Rfc9440 => Some("client-cert-chain"),
            Self::Nginx | Self::Envoy | Self::Haproxy => None,
        }
    }

    pub(super) fn read(
        self,
        leaf: &str,
        chain: Option<&str>,
    ) -> Result<PresentedCertificate, ForwardedError> {
        match self {
            Self::Rfc9440 => rfc9440::read(leaf, chain),
            Self::Nginx => nginx::read(leaf),
            Self::Envoy => envoy::read(leaf),
            Self::Haproxy => haproxy::read(leaf),
        }
    }
}

impl FromStr for Form {
    type Err = UnknownForm;

    fn from_str(text: &str) -> Result<Self, UnknownForm> {
        match text {
            "rfc9440" => Ok(Self::Rfc9440),
            "nginx" => Ok(Self::Nginx),
            "envoy" => Ok(Self::Envoy),
            "haproxy" => Ok(Self::Haproxy),
            _ => Err(UnknownForm),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m01_every_header_that_is_read_somewhere_is_known() {
        for form in [Form::Rfc9440, Form::Nginx, Form::Envoy, Form::Haproxy] {
            for name in form.leaf_names().iter().chain(&form.chain_name()) {
                assert!(KNOWN.contains(name), "{name}");
            }
        }
    }
}
