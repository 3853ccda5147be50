//! What every handler shares: made once at start, read by all.

use std::{net::IpAddr, sync::Arc};

use config::{Network, ProxyHeader, Settings};
use domain::{Clock, Instant, Random, UserId, policy::ConsentPolicy};
use jose::seal::{KeyedHasher, MasterKey, SealError, Sealer};
use mtls::{
    SubjectRule, TrustStore,
    forwarded::{Form as ForwardedForm, Proxies},
};
use secrecy::ExposeSecret;
use store::Store;

use crate::{Clients, Cursors, Endpoints, Keys, dpop::Nonces, keys::KeysError, slow_hash::SlowHashes};

/// The platform, as a handler sees it.
pub struct App {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// The store.
    pub store: Store,
    /// Our absolute URLs.
    pub endpoints: Endpoints,
    /// Our signing keys.
    pub keys: Keys,
    /// Clients that this process has met.
    pub clients: Clients,
    /// What a recipient may ask for.
    pub policy: ConsentPolicy,
    /// Where the consumer decides, without the `resourceId` parameter.
    pub consent_application_url: String,
    /// Sealed positions in lists.
    pub cursors: Cursors,
    /// Seals what a browser keeps of a consumer who is signed in.
    pub sessions: Sealer,
    /// Present where DPoP proofs must carry a nonce of ours.
    pub dpop_nonces: Option<Nonces>,
    /// Takes turns at verifying clients' secrets.
    pub secrets: SlowHashes,
    /// What the consent application can tell, for the metadata document.
    pub told: Told,
    /// For services that seal something of their own.
    pub master_key: MasterKey,
    subjects: KeyedHasher,
    authorities: Option<TrustStore>,
    proxies: Option<Proxies>,
    proxy_addresses: Vec<Network>,
}

/// What the consent application can tell of a consumer.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Authentication context classes.
    pub acr_values: Vec<String>,
    /// Standard claims.
    pub claims: Vec<String>,
    /// Languages, by their tags (BCP 47).
    pub ui_locales: Vec<String>,
}

/// What keeps a platform from starting.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The signing keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The master key, or the cryptography library.
    #[error("the master key cannot be used")]
    MasterKey,
    /// The authorities for client certificates.
    #[error("the client authorities cannot be read: {0}")]
    Authorities(String),
}

impl From<SealError> for AppError {
    fn from(_: SealError) -> Self {
        Self::MasterKey
    }
}

impl App {
    /// Makes it, from settings and what is handed in. `endpoints` hold the ports that were really bound.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn new(
        settings: &Settings,
        endpoints: Endpoints,
        consent_application_url: String,
        store: Store,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, AppError> {
        let bytes = settings
            .secrets
            .master_key_bytes()
            .map_err(|_| AppError::MasterKey)?;
        let master_key = MasterKey::from_bytes(*bytes.expose_secret());
        let keys = Keys::load(&store, &master_key, clock.now(), Arc::clone(&random)).await?;
        let authorities = authorities(settings)?;
        let proxies = proxies(settings)?;
        Ok(Self {
            subjects: master_key.keyed_hasher("subject")?,
            cursors: Cursors::new(master_key.sealer("cursors")?),
            sessions: master_key.sealer("authorization-sessions")?,
            dpop_nonces: nonces(settings, &master_key)?,
            secrets: SlowHashes::default(),
            told: Told {
                acr_values: settings.consent_application.acr_values(),
                claims: settings.consent_application.claims(),
                ui_locales: settings.consent_application.ui_locales(),
            },
            clock,
            random,
            store,
            endpoints,
            keys,
            clients: Clients::default(),
            policy: settings.policy.clone(),
            consent_application_url,
            master_key,
            authorities,
            proxies,
            proxy_addresses: settings.listeners.proxy_addresses.clone(),
        })
    }

    /// The present instant. Read it once a request and pass it down.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Unpredictable bytes.
    pub fn random(&self) -> &dyn Random {
        self.random.as_ref()
    }

    /// The authorities that may issue certificates to `tls_client_auth` clients.
    pub fn authorities(&self) -> Option<&TrustStore> {
        self.authorities.as_ref()
    }

    /// Whether a proxy of ours calls the public listener from there.
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxy_addresses
            .iter()
            .any(|network| network.contains(address))
    }

    pub(crate) fn proxies(&self) -> Option<&Proxies> {
        self.proxies.as_ref()
    }

    /// How a recipient knows a consumer (`sub`): another in each sector ([`domain::Client::sector`]), so that two cannot
    /// compare, and the same for as long as the master key is.
    ///
    /// # Errors
    /// [`SealError`] when the cryptography library fails.
    pub fn subject(&self, sector: &str, user_id: &UserId) -> Result<String, SealError> {
        let parts = [sector.as_bytes(), user_id.as_str().as_bytes()];
        self.subjects.hash(&parts).map(jose::base64url)
    }
}

fn nonces(settings: &Settings, master_key: &MasterKey) -> Result<Option<Nonces>, SealError> {
    let demanded = settings.authorization.dpop_nonces;
    demanded.then(|| Nonces::new(master_key)).transpose()
}

fn authorities(settings: &Settings) -> Result<Option<TrustStore>, AppError> {
    let Some(path) = &settings.tls.client_authorities else {
        return Ok(None);
    };
    let pem = std::fs::read(path).map_err(|error| AppError::Authorities(error.to_string()))?;
    let refused = |error: mtls::TrustStoreError| AppError::Authorities(error.to_string());
    let authorities = TrustStore::from_pem(&pem).map_err(refused)?;
    let Some(path) = &settings.tls.client_revocation_lists else {
        return Ok(Some(authorities));
    };
    let lists = std::fs::read(path).map_err(|error| AppError::Authorities(error.to_string()))?;
    authorities
        .with_revocation_lists(&lists)
        .map(Some)
        .map_err(refused)
}

fn proxies(settings: &Settings) -> Result<Option<Proxies>, AppError> {
    let subjects: Vec<_> = settings
        .tls
        .trusted_proxies
        .iter()
        .cloned()
        .map(SubjectRule::SubjectDn)
        .collect();
    if subjects.is_empty() {
        return Ok(None);
    }
    let authorities = authorities(settings)?
        .ok_or_else(|| AppError::Authorities("trusted proxies need client_authorities".into()))?;
    let form = match settings.tls.proxy_header {
        ProxyHeader::Rfc9440 => ForwardedForm::Rfc9440,
        ProxyHeader::Nginx => ForwardedForm::Nginx,
        ProxyHeader::Envoy => ForwardedForm::Envoy,
        ProxyHeader::Haproxy => ForwardedForm::Haproxy,
    };
    Ok(Some(Proxies::new(authorities, subjects, form)))
}
