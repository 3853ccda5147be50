//! A TLS listener: bound, limited, and with every service that belongs on it.
//!
//! What a request passes, from outside in: the access log and metrics, the headers of every answer, its interaction id, the
//! limit of time, then its endpoint.

use std::net::{SocketAddr, TcpListener};

use actix_web::{App as ActixApp, dev::ServerHandle, middleware::from_fn, web};
use config::Settings;
use http::{App, Listener, unrouted::KnownPaths};
use mtls::ServerIdentity;
use notifications::Notifications;

use super::{
    Service, StartError, access_log,
    documentation::Documentation,
    documents,
    limits::Patience,
    metrics::Metrics,
    open_files,
    server::{self, Plan},
    timely,
};

/// The public one and the mutual one.
const TLS_LISTENERS: usize = 2;

/// A listener that has its port and takes no connection yet.
pub(super) struct Bound {
    listener: TcpListener,
    pub(super) address: SocketAddr,
}

/// Takes the address; port 0 becomes one that is free.
pub(super) fn bind(address: SocketAddr) -> Result<Bound, StartError> {
    let failed = |reason| StartError::Bind { address, reason };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok(Bound { listener, address })
}

impl Bound {
    pub(super) fn into_listener(self) -> TcpListener {
        self.listener
    }
}

/// What both TLS listeners share.
pub(super) struct Common {
    app: web::Data<App>,
    metrics: web::Data<Metrics>,
    services: Vec<Service>,
    documentation: Documentation,
    portal: Option<web::Data<portal::Portal>>,
    notifications: web::Data<Notifications>,
    workers: usize,
    blocking_threads: usize,
    connections: usize,
    patience: Patience,
}

impl Common {
    pub(super) fn new(
        app: web::Data<App>,
        metrics: web::Data<Metrics>,
        settings: &Settings,
        notifications: Notifications,
        services: Vec<Service>,
        patience: Patience,
    ) -> Result<Self, StartError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // As many as cores and no more: a second one on a core costs a sixth of its throughput.
        let workers = settings.workers.map_or(cores, usize::from);
        Ok(Self {
            documentation: Documentation::new(),
            portal: portal(&app, settings, &services)?,
            notifications: web::Data::new(notifications),
            services,
            workers,
            // A request waits for one of the pool's connections before it takes a thread; the others hash passwords.
            blocking_threads: settings.database.pool_size.get() as usize + 4,
            connections: open_files::connections(open_files::raise(), TLS_LISTENERS, workers),
            patience,
            app,
            metrics,
        })
    }
}

/// The portal, where it is served.
fn portal(
    app: &App,
    settings: &Settings,
    services: &[Service],
) -> Result<Option<web::Data<portal::Portal>>, StartError> {
    if !services.contains(&Service::Portal) {
        return Ok(None);
    }
    portal::Portal::new(settings, &app.master_key)
        .map(|portal| Some(web::Data::new(portal)))
        .map_err(|error| StartError::Settings(error.to_string()))
}

/// Starts the listener.
pub(super) fn serve(
    bound: Bound,
    listener: Listener,
    identity: &ServerIdentity,
    common: &Common,
) -> Result<ServerHandle, StartError> {
    let acceptor = match listener {
        Listener::Public => mtls::public_acceptor(identity)?,
        Listener::Mutual => mtls::mutual_acceptor(identity)?,
    };
    let services: Vec<Service> = common
        .services
        .iter()
        .copied()
        .filter(|service| service.is_on(listener))
        .collect();
    // What is not served here is not known here: the other listener's paths answer 404.
    let known = web::Data::new(KnownPaths::new(documents::paths(&services)));
    let (app, metrics) = (common.app.clone(), common.metrics.clone());
    let notifications = common.notifications.clone();
    // Pages are for browsers, and those go to the public listener.
    let is_public = listener == Listener::Public;
    let documentation = is_public.then(|| common.documentation.clone());
    let portal = common.portal.clone().filter(|_| is_public);
    let factory = move || {
        let mut routed = ActixApp::new()
            .app_data(app.clone())
            .app_data(metrics.clone())
            .app_data(known.clone())
            .app_data(notifications.clone())
            .app_data(web::PayloadConfig::new(http::limits::JSON_BYTES));
        for service in &services {
            routed = routed.configure(|config| service.routes(config));
        }
        if let Some(documentation) = &documentation {
            routed = routed.configure(|config| documentation.pages(config));
        }
        if let Some(portal) = &portal {
            routed = routed.app_data(portal.clone()).configure(portal::routes);
        }
        routed
            .default_service(web::to(http::unrouted::unrouted))
            .wrap(from_fn(timely::timely))
            .wrap(from_fn(http::dpop::fresh_nonce))
            .wrap(from_fn(http::interaction::interaction_id))
            .wrap(from_fn(http::security_headers::security_headers))
            .wrap(from_fn(access_log::access_log))
    };
    let plan = Plan {
        listener,
        workers: common.workers,
        blocking_threads: common.blocking_threads,
        connections: common.connections,
        patience: common.patience,
    };
    let server = server::server(bound, acceptor, plan, factory)?;
    let handle = server.handle();
    tokio::spawn(server);
    Ok(handle)
}
