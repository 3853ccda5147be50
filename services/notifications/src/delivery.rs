//! Delivery: every notification reaches its callback at least once, those of one consent in order.
//!
//! ```text
//! change ──same transaction──▶ outbox ──fan_out──▶ notifications ──lease, take──▶ attempt ──settle──▶ DELIVERED
//!                                                      ▲                                  │
//!                                                      └───── back-off with jitter ◀──────┤ not taken
//!                                                                          PARKED ◀──72 h─┘
//! ```
//!
//! What it promises, and by what:
//!
//! * **Nothing is lost.** A notification is DELIVERED only by a statement that ran after a 2xx; a worker that dies before it
//!   leaves the row as it was, and its lease runs out.
//! * **In order per consent.** `store::deliveries::take` gives of each consent the earliest alone, and a callback is leased to one worker.
//! * **A receiver that is down or slow delays nobody else.** Each callback is served by a task of its own; one host gets at most
//!   `requests_per_host` calls at a time, and no more tasks while it has as many; one that fails [`store::deliveries::DOWN_FROM`] times in a row is asked with one notification
//!   at a time, with growing pauses; one that asks to be left alone (`Retry-After` of a 429 or 503) is, for an hour at most. One that asks to be left alone (`Retry-After` of a 429 or 503) is.
//! * **No double sending under normal running.** Leases are renewed while the work goes on. A repetition has the same
//!   `notificationId` and `sequence`.
//!
//! Every process that serves notifications runs the three loops here: `fan_out.rs`, `dispatch.rs`, `renewal.rs`. What is sent is
//! made in `attempt.rs` and `challenge.rs` and signed in `signature.rs`.

mod attempt;
mod backoff;
mod challenge;
mod dispatch;
mod fan_out;
mod leases;
pub mod metrics;
mod renewal;
mod round;
pub mod signature;

use std::{convert::Infallible, sync::Arc, time::Duration};

use actix_web::web;
use http::App;
use store::TxError;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};
use uuid::Uuid;

use crate::Notifications;
use leases::Leases;
use metrics::Metrics;

/// How long a loop waits when the database is away: it tells so each time.
const AFTER_A_FAILURE: Duration = Duration::from_secs(1);

/// What the loops and their tasks share.
struct Delivery {
    app: web::Data<App>,
    notifications: Notifications,
    settings: config::Notifications,
    /// Callbacks of one host that are served at a time, and calls that it gets.
    most_per_host: usize,
    metrics: Metrics,
    /// Who we are among the replicas: new at each start, so that what a dead process held is nobody's.
    worker: Uuid,
    leases: Leases,
    /// There may be something to do.
    wake: Notify,
}

impl Delivery {
    /// How long a loop waits after a round that says whether there is more.
    fn pause(&self, name: &str, round: Result<bool, TxError<Infallible>>) -> Duration {
        match round {
            Ok(true) => Duration::ZERO,
            Ok(false) => self.settings.poll_interval(),
            Err(error) => {
                tracing::warn!(worker = name, %error, "a round failed");
                AFTER_A_FAILURE
            }
        }
    }
}

/// The running delivery.
pub struct Running {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Starts delivering.
pub fn start(
    app: web::Data<App>,
    notifications: Notifications,
    settings: &config::Settings,
    metrics: Metrics,
) -> Running {
    let (stop, stopped) = watch::channel(false);
    let worker = domain::id::random_uuid(app.random());
    let delivery = Arc::new(Delivery {
        app,
        notifications,
        settings: settings.notifications.clone(),
        most_per_host: settings.outbound.requests_per_host.get(),
        metrics,
        worker,
        leases: Leases::default(),
        wake: Notify::new(),
    });
    let tasks = vec![
        tokio::spawn(fan_out::run(Arc::clone(&delivery), stopped.clone())),
        tokio::spawn(renewal::run(Arc::clone(&delivery), stopped.clone())),
        tokio::spawn(dispatch::run(delivery, stopped)),
    ];
    Running { stop, tasks }
}

impl Running {
    /// Begins nothing new, lets the attempts that run end and writes down what became of them.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
    }
}
