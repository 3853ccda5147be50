//! Typed settings and secrets: one [`Settings`], a section a file.
//!
//! Read from a TOML file, then from the environment (`CONCORDAT__SECTION__KEY`), which wins. A key that nobody
//! reads is refused by name, so a misspelt setting cannot silently fall back to a default. A secret is a value or,
//! under the same name with `_file`, a file that holds it; it is a [`SecretString`](secrecy::SecretString) from then
//! on and never printed.
//!
//! To add a setting: a field with a safe default in its section's file, and a commented line in
//! `concordat.sample.toml` (a test compares the two). To add a secret: also a row in [`secret`].

mod load;
mod network;
mod origin;
mod secret;

mod authorization;
mod consent_application;
mod database;
mod listeners;
mod logging;
mod maintenance;
mod notifications;
mod outbound;
mod portal;
mod secrets;
mod tls;
mod urls;

use std::num::NonZeroUsize;

use domain::policy::ConsentPolicy;
use serde::Deserialize;

pub use authorization::Authorization;
pub use consent_application::ConsentApplication;
pub use database::Database;
pub use listeners::Listeners;
pub use load::SettingsError;
pub use logging::{Level, Logging};
pub use maintenance::Maintenance;
pub use network::Network;
pub use notifications::Notifications;
pub use origin::{Origin, OriginError};
pub use outbound::Outbound;
pub use portal::Portal;
pub use secrets::{MasterKeyError, Secrets};
pub use tls::{ProxyHeader, Tls};
pub use urls::Urls;

/// Everything that an operator decides, read once at start.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// HTTP worker threads of each TLS listener; as many as the machine has cores unless given.
    #[serde(default)]
    pub workers: Option<NonZeroUsize>,
    /// Addresses that the process binds.
    #[serde(default)]
    pub listeners: Listeners,
    /// Addresses by which others know it.
    pub urls: Urls,
    /// Certificates.
    pub tls: Tls,
    /// Postgres.
    pub database: Database,
    /// Keys that are not in the database.
    pub secrets: Secrets,
    /// What a recipient may ask for.
    #[serde(default)]
    pub policy: ConsentPolicy,
    /// What the authorization server demands.
    #[serde(default)]
    pub authorization: Authorization,
    /// Where the consumer decides.
    #[serde(default)]
    pub consent_application: ConsentApplication,
    /// The reference portal's own credentials; needed where the `portal` service runs.
    #[serde(default)]
    pub portal: Option<Portal>,
    /// What is told, and how much.
    #[serde(default)]
    pub logging: Logging,
    /// Work that nobody asked for.
    #[serde(default)]
    pub maintenance: Maintenance,
    /// How we call what others named.
    #[serde(default)]
    pub outbound: Outbound,
    /// Delivery of events.
    #[serde(default)]
    pub notifications: Notifications,
}

impl Settings {
    /// Where the authorization endpoint sends the consumer, without the `resourceId` parameter.
    ///
    /// The reference portal beside us unless the settings name the bank's own application.
    pub fn consent_application_url(&self) -> String {
        match &self.consent_application.url {
            Some(url) => url.as_str().to_owned(),
            None => self.urls.public.join("/portal/consent"),
        }
    }

    /// Base URL of the two solution APIs as the portal calls them; ours unless the settings name another.
    pub fn portal_api_base(&self) -> &Origin {
        self.portal
            .as_ref()
            .and_then(|portal| portal.api_base.as_ref())
            .unwrap_or(&self.urls.public)
    }
}
