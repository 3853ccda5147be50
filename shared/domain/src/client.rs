//! A registered client: a data recipient, or one of the bank's own applications.

use serde::{Deserialize, Serialize};

use crate::{id::ClientId, policy::RegisteredLimits, profile::Profile, scope::Scopes};

mod metadata;
pub use metadata::{
    AuthenticationMethod, ClientMetadata, GrantType, Intermediary, InvalidMetadata, RegistryReference,
    SenderConstraint, SubjectRule, SubjectType,
};

/// Whether a client may do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClientStatus {
    /// May.
    Approved,
    /// May not: every grant, refresh and read is refused at once.
    Disabled,
}

impl ClientStatus {
    /// The word in a row.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::Disabled => "DISABLED",
        }
    }
}

/// One registered client as its row stands.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its id.
    pub client_id: ClientId,
    /// Counts the changes. What was concluded from one version does not hold for another.
    pub version: i32,
    /// Whether it may do anything.
    pub status: ClientStatus,
    /// What it registered.
    pub metadata: ClientMetadata,
    /// argon2id hash (PHC string) of its secret, when it authenticates by one.
    pub secret_hash: Option<String>,
}

impl Client {
    /// Its security profile.
    pub const fn profile(&self) -> Profile {
        self.metadata.profile
    }

    /// The scopes that it may ever be given.
    pub const fn scopes(&self) -> &Scopes {
        &self.metadata.scope
    }

    /// Within what a consumer has one name (OIDC Core 8.1): the client alone, or all clients that registered the host.
    pub fn sector(&self) -> String {
        let host = self
            .metadata
            .sector_identifier_uri
            .as_ref()
            .and_then(|uri| uri.host_str());
        match host {
            // No client id holds a control character, so none is taken for a host.
            Some(host) => format!("sector\0{host}"),
            None => self.client_id.to_string(),
        }
    }

    /// The longest that it may ask for.
    pub const fn limits(&self) -> RegisteredLimits {
        RegisteredLimits {
            duration_days: self.metadata.duration_period,
            lookback_days: self.metadata.lookback_period,
        }
    }
}
