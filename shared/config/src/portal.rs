//! `[portal]`: credentials with which the reference portal calls the two solution APIs, as a bank's own would.

use std::path::PathBuf;

use domain::ClientId;
use secrecy::SecretString;
use serde::Deserialize;

use crate::Origin;

/// A client of the solution APIs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// A registered client with the four `external:` and `participantuser:` scopes.
    pub client_id: ClientId,
    /// Its secret. Or `client_secret_file`.
    pub client_secret: SecretString,
    /// Where the solution APIs are; `urls.public` unless given.
    #[serde(default)]
    pub api_base: Option<Origin>,
    /// Authorities that may have issued the certificate found there (PEM); the machine's own unless given.
    #[serde(default)]
    pub trust: Option<PathBuf>,
}
