//! Everything that runs while the platform serves: three listeners, and the workers that write down what time has done.
//!
//! | listener | speaks | serves |
//! |---|---|---|
//! | public | TLS | every service; an endpoint that needs a certificate answers as to one without |
//! | mutual | TLS, client certificate requested | the authorization server and the FDX APIs |
//! | operations | plain HTTP | health and metrics |
//!
//! Where to go: what is mounted where in [`mount`]; the numbers in [`limits`]; what every request passes in
//! [`listener`], from outside in.

mod access_log;
mod documentation;
pub mod documents;
pub(crate) mod limits;
mod listener;
mod metrics;
mod mount;
mod open_files;
mod operations;
mod patient;
mod server;
mod timely;
mod wire;
mod workers;

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use actix_web::{dev::ServerHandle, web};
use config::Settings;
use domain::{Clock, Random};
use http::{App, Endpoints, Listener};
use mtls::ServerIdentity;
use notifications::Notifications;
use store::Store;

pub use limits::Patience;
pub use mount::Service;

/// The message of the log line that tells the addresses, for whoever started us.
pub(crate) const LISTENING: &str = "listening";

/// What a platform does not make for itself: its tests hand in their own.
#[derive(Clone)]
pub struct Wiring {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives unpredictable bytes.
    pub random: Arc<dyn Random>,
    /// How long it waits for whoever is connected.
    pub patience: Patience,
}

impl Wiring {
    /// The machine's clock and randomness, and the usual patience.
    pub fn of_this_machine() -> Self {
        Self {
            clock: Arc::new(http::SystemClock),
            random: Arc::new(jose::SystemRandom),
            patience: Patience::default(),
        }
    }
}

/// Where the listeners really are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// The public listener.
    pub public: SocketAddr,
    /// The mutual-TLS listener.
    pub mutual: SocketAddr,
    /// Health and metrics.
    pub operations: SocketAddr,
}

/// What keeps a platform from starting.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A listener's address is taken, or not ours.
    #[error("cannot listen on {address}: {reason}")]
    Bind {
        /// The address of the settings.
        address: SocketAddr,
        /// From the machine.
        reason: io::Error,
    },
    /// A file that the settings name cannot be read.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// From the machine.
        reason: io::Error,
    },
    /// The server's certificate and key.
    #[error(transparent)]
    Tls(#[from] mtls::TlsError),
    /// The database is away, or holds what this program cannot read.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The settings say something that cannot be.
    #[error("{0}")]
    Settings(String),
    /// The machine.
    #[error("{0}")]
    Other(String),
}

impl From<http::app::AppError> for StartError {
    fn from(error: http::app::AppError) -> Self {
        match error {
            http::app::AppError::Keys(http::keys::KeysError::Store(error)) => Self::Store(error),
            other => Self::Settings(other.to_string()),
        }
    }
}

/// A platform that serves. Dropping it does not stop it; [`Running::stop`] does.
pub struct Running {
    /// Where it listens.
    pub addresses: Addresses,
    /// Its settings, with the ports that were bound in place of 0.
    pub settings: Settings,
    servers: Vec<ServerHandle>,
    operations: ServerHandle,
    workers: workers::Workers,
    store: Store,
    metrics: web::Data<metrics::Metrics>,
    delivery: Option<notifications::delivery::Running>,
}

/// How a stop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Everything that had begun was finished and written down.
    Whole,
    /// Something was not: a request or a delivery was cut off, or a record of a read is lost. The log says what.
    Unfinished,
}

impl Running {
    /// Takes no new connection, lets running requests and deliveries finish within [`limits::FAREWELL`], ends the workers,
    /// and writes down what was read. Health and metrics go last. Returns before [`limits::STOP`] is over.
    pub async fn stop(self) -> Stopped {
        tracing::info!("stopping");
        let gone = self.metrics.gone();
        let delivery = async {
            if let Some(delivery) = self.delivery {
                delivery.stop().await;
            }
        };
        // Each begins to stop as it is told, and the machine's threads stop their parts beside each other.
        let servers: Vec<_> = self.servers.iter().map(|server| server.stop(true)).collect();
        let servers = async {
            for server in servers {
                server.await;
            }
        };
        let (servers, delivery, workers) = tokio::join!(
            within_farewell("requests", servers),
            within_farewell("delivery", delivery),
            within_farewell("workers", self.workers.stop())
        );
        let unanswered = self.metrics.unanswered(gone);
        if unanswered > 0 {
            tracing::warn!(unanswered, "requests were cut off");
        }
        let written = self.store.accesses().flush().await.is_ok();
        if !written {
            let lost = self.store.accesses().waiting();
            tracing::error!(
                lost,
                "the database is away: the last accesses could not be written down"
            );
        }
        let operations = within(Duration::from_secs(1), self.operations.stop(false)).await;
        let is_whole = unanswered == 0 && servers && delivery && workers && written && operations;
        tracing::info!(is_whole, "stopped");
        if is_whole {
            Stopped::Whole
        } else {
            Stopped::Unfinished
        }
    }
}

/// Waits for work that ends by itself, and no longer than for requests: a database that neither answers nor goes away would
/// hold it for ever. What is left undone is done by the next round of whoever runs then.
async fn within_farewell(what: &'static str, work: impl Future<Output = ()>) -> bool {
    // The servers cut their connections off then, which takes them a moment.
    let ended = within(Duration::from_secs(limits::FAREWELL + 2), work).await;
    if !ended {
        tracing::warn!(what, "did not end in time");
    }
    ended
}

async fn within(patience: Duration, work: impl Future<Output = ()>) -> bool {
    tokio::time::timeout(patience, work).await.is_ok()
}

/// Starts every service. Returns when all listeners take connections.
///
/// # Errors
/// [`StartError`]; nothing is left running.
pub async fn start(settings: Settings, wiring: Wiring) -> Result<Running, StartError> {
    start_services(settings, wiring, &[]).await
}

/// Starts the named services; all when none is named.
///
/// # Errors
/// [`StartError`]; nothing is left running.
pub async fn start_services(
    mut settings: Settings,
    wiring: Wiring,
    services: &[Service],
) -> Result<Running, StartError> {
    let services: Vec<Service> = if services.is_empty() {
        Service::ALL.to_vec()
    } else {
        services.to_vec()
    };
    let identity = ServerIdentity::from_pem(&read(&settings.tls.certificate)?, &read(&settings.tls.key)?)?;

    // Bound before anything is made of the settings: port 0 is known only now, and it is part of the issuer.
    let public = listener::bind(settings.listeners.public)?;
    let mutual = listener::bind(settings.listeners.mutual)?;
    let operations = listener::bind(settings.listeners.operations)?;
    let addresses = Addresses {
        public: public.address,
        mutual: mutual.address,
        operations: operations.address,
    };
    settings.urls.public = settings.urls.public.with_bound_port(addresses.public.port());
    settings.urls.mutual = settings.urls.mutual.with_bound_port(addresses.mutual.port());

    let store = Store::open(&settings.database)?;
    let app = App::new(
        &settings,
        Endpoints::new(&settings.urls.public, &settings.urls.mutual),
        settings.consent_application_url(),
        store,
        wiring.clock,
        wiring.random,
    )
    .await?;
    let app = web::Data::new(app);
    workers::prepare(&app).await?;

    let metrics =
        web::Data::new(metrics::Metrics::new().map_err(|error| StartError::Other(error.to_string()))?);
    let delivers = services.contains(&Service::Notifications);
    let notifications =
        Notifications::new(&settings).map_err(|error| StartError::Settings(error.to_string()))?;
    let common = listener::Common::new(
        app.clone(),
        metrics.clone(),
        &settings,
        notifications.clone(),
        services,
        wiring.patience,
    )?;
    let servers = vec![
        listener::serve(public, Listener::Public, &identity, &common)?,
        listener::serve(mutual, Listener::Mutual, &identity, &common)?,
    ];
    let counted = notifications::delivery::metrics::Metrics::new()
        .and_then(|counted| metrics.add(counted.collectors()).map(|()| counted))
        .map_err(|error| StartError::Other(error.to_string()))?;
    let operations = operations::serve(operations, app.clone(), metrics.clone())?;
    let store = app.store.clone();
    let delivery =
        delivers.then(|| notifications::delivery::start(app.clone(), notifications, &settings, counted));
    let workers = workers::Workers::start(app, &settings.maintenance);

    tracing::info!(
        public = %addresses.public, mutual = %addresses.mutual, operations = %addresses.operations,
        issuer = %settings.urls.public, "{LISTENING}"
    );
    Ok(Running {
        addresses,
        settings,
        servers,
        operations,
        workers,
        store,
        metrics,
        delivery,
    })
}

fn read(path: &PathBuf) -> Result<Vec<u8>, StartError> {
    std::fs::read(path).map_err(|reason| StartError::File {
        path: path.clone(),
        reason,
    })
}
