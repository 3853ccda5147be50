//! What the portal holds: its client of the solution APIs, its seals, and how it looks at passwords.

use config::Settings;
use http::slow_hash::SlowHashes;
use jose::seal::{MasterKey, SealError};

use crate::{api::Api, attempts::Attempts, sealed::Seal, totp::Vault};

/// The portal, made once at start.
pub struct Portal {
    pub(crate) api: Api,
    pub(crate) sessions: Seal,
    pub(crate) forms: Seal,
    pub(crate) devices: Seal,
    pub(crate) attempts: Attempts,
    /// Turns of its own: whoever guesses at passwords holds up no client.
    pub(crate) passwords: SlowHashes,
    pub(crate) totp: Vault,
}

/// What keeps the portal from starting.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// `[portal]` is not there.
    #[error("the portal needs settings [portal]: client_id and client_secret")]
    Settings,
    /// The file of authorities.
    #[error("portal.trust cannot be read: {0}")]
    Trust(String),
    /// The HTTP client.
    #[error("the portal's HTTP client cannot be made: {0}")]
    Client(#[from] reqwest::Error),
    /// The cryptography library.
    #[error("the master key cannot be used")]
    MasterKey(#[from] SealError),
}

impl Portal {
    /// Makes it. `settings.urls` hold the ports that were really bound; the key is the platform's own, so that every
    /// replica reads every cookie.
    ///
    /// # Errors
    /// [`PortalError`].
    pub fn new(settings: &Settings, master_key: &MasterKey) -> Result<Self, PortalError> {
        let portal = settings.portal.as_ref().ok_or(PortalError::Settings)?;
        Ok(Self {
            api: Api::new(portal, settings.portal_api_base())?,
            sessions: Seal::new(master_key.sealer("portal-session")?),
            forms: Seal::new(master_key.sealer("portal-form")?),
            devices: Seal::new(master_key.sealer("portal-device")?),
            attempts: Attempts::default(),
            passwords: SlowHashes::default(),
            totp: Vault::new(master_key)?,
        })
    }
}
