//! The server behind a TLS listener: actix's parts, put together with a stream that limits how long it waits.
//!
//! `HttpServer::listen_openssl` does the same with a stream of its own that nobody can wrap.

use std::{net::SocketAddr, time::Duration};

use actix_http::{HttpService, Request};
use actix_server::{Server, ServerBuilder};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt as _, map_config};
use actix_tls::accept::{
    TlsError, max_concurrent_tls_connect,
    openssl::{Acceptor, TlsStream},
};
use actix_web::{
    Error,
    body::MessageBody,
    dev::{AppConfig, Response},
    http::KeepAlive,
    rt::net::TcpStream,
};
use http::Listener;
use openssl::ssl::SslAcceptorBuilder;

use super::{
    StartError,
    limits::{self, Patience},
    listener::Bound,
    patient::Patient,
};

/// How a server runs.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) listener: Listener,
    pub(super) workers: usize,
    pub(super) blocking_threads: usize,
    /// Of each worker at a time.
    pub(super) connections: usize,
    pub(super) patience: Patience,
}

/// A server of that application, not yet running.
pub(super) fn server<F, I, S, B>(
    bound: Bound,
    acceptor: SslAcceptorBuilder,
    plan: Plan,
    application: F,
) -> Result<Server, StartError>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, Error = Error> + 'static,
    S::InitError: std::fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    B: MessageBody + 'static,
{
    let address: SocketAddr = bound.address;
    let acceptor = acceptor.build();
    max_concurrent_tls_connect(limits::HANDSHAKES);
    let builder = ServerBuilder::default()
        .workers(plan.workers)
        .worker_max_blocking_threads(plan.blocking_threads)
        .max_concurrent_connections(plan.connections)
        .shutdown_timeout(limits::FAREWELL)
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    let service = move || {
        let stopping = stopping.clone();
        let remember = http::connection::on_connect(plan.listener);
        let application = application()
            .into_factory()
            .map_err(|error: Error| error.error_response());
        let served = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KeepAlive::Timeout(plan.patience.idle))
            // The stream's own: actix would count from the handshake, and the first head alone.
            .client_request_timeout(Duration::ZERO)
            .client_disconnect_timeout(limits::LINGER)
            .secure()
            .local_addr(address)
            .on_connect_ext(move |stream: &Patient<TlsStream<TcpStream>>, data| {
                remember(stream.stream(), data);
                data.insert(stream.watch().clone());
            })
            .h1(map_config(application, |()| AppConfig::default()));
        let mut tls = Acceptor::new(acceptor.clone());
        tls.set_handshake_timeout(plan.patience.handshake);
        tls.map_err(TlsError::into_service_error)
            .map(move |stream: TlsStream<TcpStream>| {
                let peer = stream.get_ref().peer_addr().ok();
                (Patient::new(stream, plan.patience), peer)
            })
            .and_then(served.map_err(TlsError::Service))
    };
    let builder = builder
        .listen(format!("{address}"), bound.into_listener(), service)
        .map_err(|reason| StartError::Bind { address, reason })?;
    Ok(builder.run())
}
