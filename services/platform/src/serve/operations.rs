//! The operations listener: health and metrics, for the machine's own eyes. On a port of its own, on loopback unless the
//! settings say otherwise (N13).

use std::convert::Infallible;

use actix_web::{
    App as ActixApp, HttpResponse, HttpServer, dev::ServerHandle, get, http::header::ContentType, web,
};
use http::App;
use serde_json::json;

use super::{StartError, limits, listener::Bound, metrics::Metrics};

/// Starts the listener.
pub(super) fn serve(
    bound: Bound,
    app: web::Data<App>,
    metrics: web::Data<Metrics>,
) -> Result<ServerHandle, StartError> {
    let address = bound.address;
    let server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(app.clone())
            .app_data(metrics.clone())
            .service(live)
            .service(ready)
            .service(measured)
    })
    .workers(1)
    .worker_max_blocking_threads(2)
    .max_connections(64)
    .client_request_timeout(limits::Patience::default().head)
    .disable_signals()
    .listen(bound.into_listener())
    .map_err(|reason| StartError::Bind { address, reason })?
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(handle)
}

/// The process answers. Whoever gets no answer may restart it.
#[get("/health/live")]
async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// The process can serve: the database answers, in time, and has our schema. Until then a balancer sends nobody here.
#[get("/health/ready")]
async fn ready(app: web::Data<App>) -> HttpResponse {
    match tokio::time::timeout(limits::READINESS, app.store.is_ready()).await {
        Ok(true) => HttpResponse::Ok().json(json!({ "status": "ready" })),
        Ok(false) | Err(_) => {
            HttpResponse::ServiceUnavailable().json(json!({ "status": "database unavailable" }))
        }
    }
}

#[get("/metrics")]
async fn measured(app: web::Data<App>, metrics: web::Data<Metrics>) -> HttpResponse {
    let backlog = app
        .store
        .once::<_, Infallible, _>("backlog", |tx| Ok(store::backlog::find(tx)?));
    let backlog = tokio::time::timeout(limits::READINESS, backlog).await;
    let backlog = backlog.ok().and_then(Result::ok);
    HttpResponse::Ok()
        .insert_header(ContentType::plaintext())
        .body(metrics.text(&app.store, backlog, app.now()))
}
