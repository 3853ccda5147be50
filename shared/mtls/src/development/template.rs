//! What a certificate is to say.

use std::time::Duration;

use domain::Instant;
use openssl::x509::X509Extension;

use super::KeyKind;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A TLS server.
    Server,
    /// A TLS client.
    Client,
    /// An authority, with at most so many intermediates below it.
    Authority {
        /// The limit; without one there is none.
        path_length: Option<u32>,
    },
}

/// One of a certificate's alternative names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlternativeName {
    /// A host name.
    Dns(String),
    /// A URI.
    Uri(String),
    /// An address, in text.
    Ip(String),
    /// An e-mail address.
    Email(String),
}

/// What is to be issued. Begin with a constructor, and change what should differ.
pub struct Template {
    /// Whom it names, most significant first, by openssl's short names: `("C", "US"), ("CN", "client")`.
    pub subject: Vec<(&'static str, String)>,
    /// By what other names.
    pub alternative_names: Vec<AlternativeName>,
    /// What for.
    pub role: Role,
    /// The kind of its key.
    pub key: KeyKind,
    /// First instant of validity.
    pub valid_from: Instant,
    /// Last instant of validity.
    pub valid_until: Instant,
    /// Anything else, as it is.
    pub extensions: Vec<X509Extension>,
}

impl Template {
    /// A server on this machine: `localhost`, `127.0.0.1`, `::1`, for 90 days from an hour ago, RSA 2048.
    pub fn server(now: Instant) -> Self {
        Self {
            alternative_names: vec![
                AlternativeName::Dns("localhost".to_owned()),
                AlternativeName::Ip("127.0.0.1".to_owned()),
                AlternativeName::Ip("::1".to_owned()),
            ],
            role: Role::Server,
            key: KeyKind::Rsa2048,
            ..Self::named("localhost", now)
        }
    }

    /// A client of this common name, for 90 days from an hour ago, P-256.
    pub fn client(common_name: &str, now: Instant) -> Self {
        Self::named(common_name, now)
    }

    /// An authority of this common name, for ten years from an hour ago, P-256.
    pub fn authority(common_name: &str, now: Instant) -> Self {
        Self {
            role: Role::Authority { path_length: None },
            valid_until: now + 3650 * DAY,
            ..Self::named(common_name, now)
        }
    }

    fn named(common_name: &str, now: Instant) -> Self {
        Self {
            subject: vec![("CN", common_name.to_owned())],
            alternative_names: Vec::new(),
            role: Role::Client,
            key: KeyKind::P256,
            valid_from: now - HOUR,
            valid_until: now + 90 * DAY,
            extensions: Vec::new(),
        }
    }
}
