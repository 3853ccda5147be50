//! The client itself.

use std::{fs, path::Path, sync::Arc};

use reqwest::{Certificate, Client, Identity, Method, header::HeaderMap, redirect::Policy, tls};

use crate::{
    answer::{self, Answer, Failure},
    gate::Gate,
    limits,
    lookup::{Lookup, SystemLookup},
    resolver::Resolver,
    target::{self, CheckError, Hosts, Target, TargetError},
};

/// The guarded client. Made once; calls share its connections.
pub struct Outbound {
    client: Client,
    /// For registrations, apart from those of calls: who registers many slow names holds up nobody's notifications.
    resolver: Resolver,
    checks: Gate,
    gate: Gate,
}

/// The client cannot be made; the message is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// A file of the settings.
    #[error("outbound: {path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The TLS library.
    #[error("outbound: {0}")]
    Tls(String),
}

impl Outbound {
    /// The client that the settings describe. `ours` are the names of our own hosts, which nobody may have us call.
    ///
    /// # Errors
    /// [`OutboundError`].
    pub fn new(settings: &config::Outbound, ours: &[&str]) -> Result<Self, OutboundError> {
        let lookup = |most| Arc::new(SystemLookup::new(most));
        Self::with_lookups(settings, ours, lookup(limits::CHECKS), lookup(limits::LOOKUPS))
    }

    /// As [`Outbound::new`], with another DNS.
    ///
    /// # Errors
    /// [`OutboundError`].
    pub fn with_lookup(
        settings: &config::Outbound,
        ours: &[&str],
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, OutboundError> {
        Self::with_lookups(settings, ours, Arc::clone(&lookup), lookup)
    }

    fn with_lookups(
        settings: &config::Outbound,
        ours: &[&str],
        of_checks: Arc<dyn Lookup>,
        of_calls: Arc<dyn Lookup>,
    ) -> Result<Self, OutboundError> {
        let hosts = Arc::new(Hosts {
            test: settings.test_hosts.clone(),
            ours: ours.iter().map(|&host| host.to_owned()).collect(),
        });
        let resolver = |lookup| Resolver {
            lookup,
            hosts: Arc::clone(&hosts),
        };
        let most = settings.requests_per_host.get();
        let mut builder = Client::builder()
            .https_only(true)
            .http1_only()
            .tls_version_min(tls::Version::TLS_1_2)
            .redirect(Policy::none())
            .referer(false)
            // A proxy would look names up by itself, and call what it finds.
            .no_proxy()
            .retry(reqwest::retry::never())
            .dns_resolver(resolver(of_calls))
            .connect_timeout(limits::CONNECT)
            .timeout(limits::WHOLE)
            .pool_idle_timeout(limits::IDLE)
            .pool_max_idle_per_host(most)
            .user_agent("Concordat");
        if let Some(path) = &settings.trust {
            let pem = read(path)?;
            let roots = Certificate::from_pem_bundle(&pem).map_err(|error| tls_error(&error))?;
            builder = builder.tls_certs_merge(roots);
        }
        if let (Some(certificate), Some(key)) = (&settings.client_certificate, &settings.client_key) {
            let identity = Identity::from_pkcs8_pem(&read(certificate)?, &read(key)?)
                .map_err(|error| tls_error(&error))?;
            builder = builder.identity(identity);
        }
        Ok(Self {
            client: builder.build().map_err(|error| tls_error(&error))?,
            resolver: resolver(of_checks),
            checks: Gate::new(1),
            gate: Gate::new(most),
        })
    }

    /// Reads a URL that somebody named. Asks nobody.
    ///
    /// # Errors
    /// [`TargetError`].
    pub fn read(&self, text: &str) -> Result<Target, TargetError> {
        target::read(text, &self.resolver.hosts)
    }

    /// Reads a URL and looks its host up: may it be called, as things are now? For registration, of one `asker` one at a time.
    ///
    /// # Errors
    /// [`CheckError`].
    pub async fn check(&self, text: &str, asker: &str) -> Result<Target, CheckError> {
        let target = self.read(text)?;
        let turn = tokio::time::timeout(limits::CONNECT, self.checks.enter(asker)).await;
        let _turn = turn.map_err(|_| CheckError::Busy)?;
        let looked_up = tokio::time::timeout(limits::CONNECT, self.resolver.addresses(target.host())).await;
        looked_up.map_err(|_| CheckError::Unknown)??;
        Ok(target)
    }

    /// Calls it, as soon as its host has a turn.
    ///
    /// # Errors
    /// [`Failure`], unless there was a whole answer; which status it has is the caller's to judge.
    pub async fn send(
        &self,
        method: Method,
        target: &Target,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, Failure> {
        let _turn = self.gate.enter(target.authority()).await;
        let response = self
            .client
            .request(method, target.url().clone())
            .headers(headers)
            .body(body)
            .send()
            .await
            .map_err(|error| answer::failure(&error))?;
        answer::read(response).await
    }
}

/// Nothing of the settings.
impl std::fmt::Debug for Outbound {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Outbound").finish_non_exhaustive()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, OutboundError> {
    fs::read(path).map_err(|error| OutboundError::File {
        path: path.display().to_string(),
        reason: error.to_string(),
    })
}

fn tls_error(error: &reqwest::Error) -> OutboundError {
    OutboundError::Tls(error.to_string())
}
