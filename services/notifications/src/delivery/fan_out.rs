//! Turns events into notifications, one for each subscription that is to hear it.

use std::{convert::Infallible, sync::Arc};

use store::fan_out;
use tokio::sync::watch;

use super::Delivery;

/// Events in one round.
const MOST: i64 = 500;

/// Until told to stop.
pub(super) async fn run(delivery: Arc<Delivery>, mut stopped: watch::Receiver<bool>) {
    loop {
        let pause = delivery.pause("fan_out", round(&delivery).await);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopped.changed() => return,
        }
    }
}

/// Returns whether there is more.
async fn round(delivery: &Delivery) -> Result<bool, store::TxError<Infallible>> {
    let now = delivery.app.now();
    let park_at = now + delivery.notifications.patience;
    let done = delivery
        .app
        .store
        .work::<_, Infallible, _>("fan_out", move |tx| {
            Ok(fan_out::fan_out(tx, now, park_at, MOST, fan_out::SLICE)?)
        })
        .await?;
    delivery.metrics.fanned_out(done.events, done.notifications);
    if done.notifications > 0 {
        delivery.wake.notify_one();
    }
    Ok(done.more)
}
