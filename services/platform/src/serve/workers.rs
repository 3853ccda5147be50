//! What runs without being asked: what time did to grants is written down, partitions made and dropped, spent requests removed, keys
//! loaded again. Every replica does it; each round is safe beside others' and late without harm.

use std::{convert::Infallible, time::Duration};

use actix_web::web;
use config::Maintenance;
use http::App;
use store::{StoreError, TxError};
use tokio::{sync::watch, task::JoinHandle, time::MissedTickBehavior};

use super::StartError;

/// Grants written down in one round; what is left waits for the next.
const GRANTS_A_ROUND: i32 = 1_000;

/// How long a spent authorization request is kept, so that its repetition is known for what it is.
const REQUESTS_KEPT: chrono::Duration = chrono::Duration::hours(1);

/// The running workers.
pub(super) struct Workers {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// What must be so before the first request: the partitions of this day are there.
pub(super) async fn prepare(app: &App) -> Result<(), StartError> {
    match keep_partitions(app).await {
        Ok(()) => Ok(()),
        Err(TxError::Store(error)) => Err(error.into()),
        Err(TxError::Refused(never)) => match never {},
    }
}

impl Workers {
    /// Starts them.
    pub(super) fn start(app: web::Data<App>, settings: &Maintenance) -> Self {
        let (stop, stopped) = watch::channel(false);
        let reload = Duration::from_secs(http::keys::RELOAD_SECONDS.unsigned_abs());
        let every = |interval, name, round: fn(web::Data<App>) -> Round| {
            tokio::spawn(repeat(interval, name, app.clone(), round, stopped.clone()))
        };
        let tasks = vec![
            every(settings.expiry_interval(), "expiry", |app| {
                Box::pin(async move { write_ended(&app).await })
            }),
            every(settings.partition_interval(), "partitions", |app| {
                Box::pin(async move { keep_partitions(&app).await })
            }),
            every(settings.partition_interval(), "requests", |app| {
                Box::pin(async move { purge_requests(&app).await })
            }),
            every(reload, "keys", |app| {
                Box::pin(async move { reload_keys(&app).await })
            }),
        ];
        Self { stop, tasks }
    }

    /// Lets the round that runs finish, and ends.
    pub(super) async fn stop(self) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

type Round = std::pin::Pin<Box<dyn Future<Output = Result<(), TxError<Infallible>>> + Send>>;

/// One round at each interval, the first one now, until told to stop. A failure is told and waits for the next round.
async fn repeat(
    interval: Duration,
    name: &'static str,
    app: web::Data<App>,
    round: fn(web::Data<App>) -> Round,
    mut stopped: watch::Receiver<bool>,
) {
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => return,
        }
        if let Err(error) = round(app.clone()).await {
            tracing::warn!(worker = name, %error, "a round failed");
        }
    }
}

/// Writes down the grants that time has ended and the holds that have lapsed, each in a transaction of its own: one that
/// fails is left for the next round and keeps nobody up.
async fn write_ended(app: &App) -> Result<(), TxError<Infallible>> {
    let now = app.now();
    let ended = app
        .store
        .once::<_, Infallible, _>("list_ended", move |tx| {
            Ok(store::due::list(tx, now, GRANTS_A_ROUND)?)
        })
        .await?;
    for consent_id in ended {
        let event_id = domain::id::random_uuid(app.random());
        let written = app
            .store
            .tx("expire", move |tx| {
                lifecycle::expire::expire(tx, consent_id, now, event_id)
            })
            .await;
        match written {
            Ok(_) => {}
            Err(error @ TxError::Store(StoreError::Unavailable)) => return Err(error),
            Err(error) => {
                tracing::error!(%consent_id, %error, "the end of a consent could not be written down")
            }
        }
    }
    Ok(())
}

async fn keep_partitions(app: &App) -> Result<(), TxError<Infallible>> {
    let now = app.now();
    // READ COMMITTED: what another replica did while this one waited for its turn must be seen.
    let kept = app
        .store
        .work::<_, Infallible, _>("partitions", move |tx| Ok(store::partitions::keep(tx, now)?))
        .await?;
    if kept != store::partitions::Kept::default() {
        tracing::info!(made = kept.made, dropped = kept.dropped, "partitions");
    }
    Ok(())
}

async fn purge_requests(app: &App) -> Result<(), TxError<Infallible>> {
    let horizon = app.now() - REQUESTS_KEPT;
    app.store
        .once::<_, Infallible, _>("purge_requests", move |tx| {
            Ok(store::requests::purge(tx, horizon)?)
        })
        .await
        .map(drop)
}

async fn reload_keys(app: &App) -> Result<(), TxError<Infallible>> {
    if let Err(error) = app.keys.reload(&app.store, app.now()).await {
        tracing::warn!(%error, "the signing keys could not be loaded again");
    }
    Ok(())
}
