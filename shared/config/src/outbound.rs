//! `[outbound]`: how we call addresses that others named, such as the callbacks of notifications.

use std::{num::NonZeroUsize, path::PathBuf};

use serde::Deserialize;

/// The guarded client.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outbound {
    /// The certificate that we present to whoever we call, with its intermediates (PEM). Without it: none.
    pub client_certificate: Option<PathBuf>,
    /// Its private key, unencrypted PKCS#8 (PEM).
    pub client_key: Option<PathBuf>,
    /// Authorities beside the machine's own that may have issued the certificates found there (PEM).
    pub trust: Option<PathBuf>,
    /// Calls that one host gets at a time, from each replica.
    pub requests_per_host: NonZeroUsize,
    /// `host:port`, or `host:*`, that may be called although it is on no public address or usual port. For tests and
    /// demonstrations alone.
    pub test_hosts: Vec<String>,
}

impl Default for Outbound {
    fn default() -> Self {
        const PER_HOST: NonZeroUsize = NonZeroUsize::new(16).unwrap();
        Self {
            client_certificate: None,
            client_key: None,
            trust: None,
            requests_per_host: PER_HOST,
            test_hosts: Vec::new(),
        }
    }
}
