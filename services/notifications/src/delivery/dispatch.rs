//! Finds callbacks that have something to do, and gives each a task of its own.

use std::{collections::HashMap, convert::Infallible, sync::Arc};

use domain::notification::CallbackState;
use store::deliveries::{Due, Leased};
use tokio::{sync::watch, task::JoinSet, time::Instant as Stopwatch};
use uuid::Uuid;

use super::{Delivery, round};

/// Callbacks leased by one statement.
const MOST: usize = 128;

/// Notifications of one callback in one round.
pub(super) const MOST_EACH: i32 = 64;

/// Until told to stop; then until the tasks have ended.
pub(super) async fn run(delivery: Arc<Delivery>, mut stopped: watch::Receiver<bool>) {
    let mut tasks = JoinSet::new();
    loop {
        let looked = look(&delivery, &mut tasks, &stopped).await;
        while tasks.try_join_next().is_some() {}
        let pause = delivery.pause("dispatch", looked);
        tokio::select! {
            () = delivery.wake.notified(), if !pause.is_zero() => {}
            () = tokio::time::sleep(pause) => {}
            _ = stopped.changed() => break,
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// Leases what is due, loads what goes out, and starts the tasks. Returns whether there may be more.
async fn look(
    delivery: &Arc<Delivery>,
    tasks: &mut JoinSet<()>,
    stopped: &watch::Receiver<bool>,
) -> Result<bool, store::TxError<Infallible>> {
    let at_once = delivery.settings.subscriptions_at_once.get();
    let room = at_once.saturating_sub(delivery.leases.len()).min(MOST);
    if room == 0 {
        return Ok(false);
    }
    let (worker, lease) = (delivery.worker, delivery.settings.lease());
    let (now, our_end) = (delivery.app.now(), Stopwatch::now() + lease);
    let busy = delivery.leases.busy_hosts(delivery.most_per_host);
    let most = i32::try_from(room).unwrap_or(i32::MAX);
    let most_per_host = i32::try_from(delivery.most_per_host).unwrap_or(i32::MAX);
    let leased = delivery
        .app
        .store
        .once::<_, Infallible, _>("lease_callbacks", move |tx| {
            let until = now + lease;
            Ok(store::deliveries::lease(
                tx,
                worker,
                now,
                until,
                most,
                most_per_host,
                &busy,
            )?)
        })
        .await?;
    let is_more = leased.len() == room;
    for callback in &leased {
        let host = callback.callback_host.clone();
        delivery.leases.insert(callback.callback_id, host, our_end);
    }
    let mut due = load(delivery, &leased, now)
        .await
        .inspect_err(|error| tracing::warn!(worker = "dispatch", %error, "what is due could not be loaded"))
        .ok();
    for callback in leased {
        let mine = match &mut due {
            Some(due) => due.remove(&callback.callback_id).unwrap_or_default(),
            // Given back, it would count as done with. It comes again when its lease is over.
            None if callback.state == CallbackState::Verified => {
                delivery.leases.remove(callback.callback_id);
                continue;
            }
            None => vec![],
        };
        tasks.spawn(round::run(Arc::clone(delivery), callback, mine, stopped.clone()));
    }
    Ok(is_more)
}

async fn load(
    delivery: &Delivery,
    leased: &[Leased],
    now: domain::Instant,
) -> Result<HashMap<Uuid, Vec<Due>>, store::TxError<Infallible>> {
    let verified = leased
        .iter()
        .filter(|callback| callback.state == CallbackState::Verified);
    let callbacks: Vec<Uuid> = verified.map(|callback| callback.callback_id).collect();
    if callbacks.is_empty() {
        return Ok(HashMap::new());
    }
    let worker = delivery.worker;
    let taken = delivery
        .app
        .store
        .once::<_, Infallible, _>("take_notifications", move |tx| {
            Ok(store::deliveries::take(tx, worker, now, &callbacks, MOST_EACH)?)
        })
        .await?;
    let mut due: HashMap<Uuid, Vec<Due>> = HashMap::new();
    for notification in taken {
        due.entry(notification.callback_id)
            .or_default()
            .push(notification);
    }
    Ok(due)
}
