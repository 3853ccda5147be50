//! Keeps what this process works on, for as long as it works.

use std::{convert::Infallible, sync::Arc};

use tokio::{sync::watch, time::Instant as Stopwatch};

use super::Delivery;

/// Until told to stop and nothing is held any more.
pub(super) async fn run(delivery: Arc<Delivery>, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(delivery.settings.lease() / 3);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed(), if !is_stopping => is_stopping = true,
        }
        let callbacks = delivery.leases.all();
        if callbacks.is_empty() {
            if is_stopping {
                return;
            }
            continue;
        }
        let (worker, lease) = (delivery.worker, delivery.settings.lease());
        let (until, our_end) = (delivery.app.now() + lease, Stopwatch::now() + lease);
        let renewed = delivery
            .app
            .store
            .once::<_, Infallible, _>("renew_leases", move |tx| {
                Ok(store::deliveries::renew(tx, worker, until, &callbacks)?)
            })
            .await;
        match renewed {
            Ok(callbacks) => delivery.leases.renew(&callbacks, our_end),
            Err(error) => tracing::warn!(worker = "renewal", %error, "a round failed"),
        }
    }
}
