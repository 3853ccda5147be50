//! One callback's turn: its challenge, or what is due to it; then what became of it is written down and the lease given back.

use std::{convert::Infallible, sync::Arc, time::Duration};

use domain::notification::CallbackState;
use store::deliveries::{DOWN_FROM, Due, Leased, Settlement};
use tokio::{sync::watch, task::JoinSet};

use super::{
    Delivery,
    attempt::{self, Tried},
    backoff, challenge,
    dispatch::MOST_EACH,
};

/// Between two tries to write down what became of a round.
const PAUSE: Duration = Duration::from_millis(250);

/// The whole turn. What is not tried because we stop, or the lease is over, stays as it was.
pub(super) async fn run(
    delivery: Arc<Delivery>,
    callback: Leased,
    due: Vec<Due>,
    stopped: watch::Receiver<bool>,
) {
    match callback.state {
        CallbackState::Pending => challenge::run(&delivery, &callback).await,
        CallbackState::Parked => {}
        CallbackState::Verified => {
            let settlement = deliver(&delivery, &callback, due, &stopped).await;
            settle(&delivery, settlement).await;
        }
    }
    delivery.leases.remove(callback.callback_id);
}

/// Tries what is due, as much at a time as a host may get. They are of different consents, so their order is free.
async fn deliver(
    delivery: &Arc<Delivery>,
    callback: &Leased,
    due: Vec<Due>,
    stopped: &watch::Receiver<bool>,
) -> Settlement {
    let mut more = due.len() >= usize::try_from(MOST_EACH).unwrap_or(usize::MAX);
    let mut waiting = due.into_iter().peekable();
    let mut running = JoinSet::new();
    let mut attempts = Vec::with_capacity(waiting.len());
    let mut failures = callback.failures;
    let mut asked = None;
    let mut lost = false;
    loop {
        while running.len() < delivery.most_per_host
            && (failures < DOWN_FROM || (running.is_empty() && attempts.is_empty()))
            && asked.is_none()
            && !*stopped.borrow()
            && delivery.leases.holds(callback.callback_id)
        {
            let Some(next) = waiting.next() else { break };
            let (delivery, url) = (Arc::clone(delivery), callback.callback_url.clone());
            running.spawn(async move { attempt::run(&delivery, &url, next).await });
        }
        match running.join_next().await {
            Some(Ok(Tried { attempt, pause })) => {
                failures = if attempt.delivered {
                    0
                } else {
                    failures.saturating_add(1)
                };
                asked = asked.max(pause);
                attempts.push(attempt);
            }
            // It panicked or was cancelled: its row stays as it was, and is still due.
            Some(Err(_)) => {
                failures = failures.saturating_add(1);
                lost = true;
            }
            None => break,
        }
    }
    more |= lost || waiting.peek().is_some();
    let pause = u32::try_from(failures - DOWN_FROM + 1).unwrap_or_default();
    let paused_until = (pause > 0 && (lost || !attempts.is_empty())).then(|| {
        let wait = backoff::after(pause, &delivery.settings, delivery.app.random());
        delivery.app.now() + wait
    });
    // Whichever is later.
    let paused_until = paused_until.max(asked);
    Settlement {
        callback_id: callback.callback_id,
        leased_at: callback.leased_at,
        attempts,
        failures,
        paused_until,
        more,
    }
}

/// Writes it down; again while the database is away and the lease is ours. After that whoever takes the lease repeats what we sent.
async fn settle(delivery: &Delivery, settlement: Settlement) {
    let (worker, callback_id) = (delivery.worker, settlement.callback_id);
    let settlement = Arc::new(settlement);
    loop {
        let (now, settlement) = (delivery.app.now(), Arc::clone(&settlement));
        let settled = delivery
            .app
            .store
            .once::<_, Infallible, _>("settle_callback", move |tx| {
                Ok(store::deliveries::settle(tx, worker, now, &settlement)?)
            })
            .await;
        match settled {
            Ok(settled) => {
                delivery.metrics.parked(settled.parked);
                if settled.parked > 0 {
                    tracing::warn!(callback.id = %callback_id, notifications = settled.parked, "parked");
                }
                if settled.more {
                    delivery.wake.notify_one();
                }
                return;
            }
            Err(error) => {
                tracing::warn!(worker = "delivery", %error, "what was delivered could not be written down");
                if !delivery.leases.holds(callback_id) {
                    return;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
