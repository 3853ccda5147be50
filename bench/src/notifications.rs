//! How long after a change its recipient hears of it: a thousand subscriptions, one of whose receivers is dead, and two hundred
//! revocations a second.
//!
//! Each subscription is another recipient's. The receivers are threads of this process ([`receiver`]); the dead one answers its challenge
//! and then takes every connection and says nothing more, which is worse than to be gone. A delay is from the moment at which
//! the revocation is committed to that at which the receiver has read the notification to its end.

mod receiver;
mod seed;

use std::{
    collections::HashMap,
    convert::Infallible,
    io::{self, Write as _},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant as Stopwatch},
};

use clap::Args;
use config::Settings;
use domain::{
    Clock as _, ConsentId,
    consent::{PartyType, UpdateReason},
};
use http::SystemClock;
use jose::SystemRandom;
use lifecycle::{
    ledger::Actor,
    revoke::{Revoke, RevokeError},
};
use store::{Store, StoreError, TxError};
use uuid::Uuid;

use crate::{
    failure::{Failure, While as _},
    stage::{Stage, Wanted},
};

use receiver::{Mood, Receiver};

/// Healthy receivers, on a port each; subscriptions are dealt to them in turn.
const RECEIVERS: usize = 9;

/// The 99th percentile of the delay must stay below it.
const AIM: Duration = Duration::from_secs(2);

/// Longest that everything may take to arrive after the last revocation.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a run needs.
#[derive(Args)]
pub(crate) struct Notifications {
    /// An empty database on this machine.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// The program to measure.
    #[arg(long, default_value = "target/release/concordat")]
    program: PathBuf,
    /// Keys, settings and logs; emptied first.
    #[arg(long, default_value = "var/bench-notifications")]
    folder: PathBuf,
    /// The sample statements.
    #[arg(long, default_value = "samples")]
    samples: PathBuf,
    /// The core on which the server runs; the scheduler's choice unless given.
    #[arg(long)]
    server_core: Option<usize>,
    /// Subscriptions, one of them to the dead receiver.
    #[arg(long, default_value_t = 1_000)]
    subscriptions: usize,
    /// Revocations a second.
    #[arg(long, default_value_t = 200)]
    rate: u32,
    /// For so long.
    #[arg(long, default_value_t = 30)]
    seconds: u32,
}

/// Consent to the moment at which its notification was read, or its revocation committed.
type Moments = Arc<Mutex<HashMap<Uuid, Stopwatch>>>;

/// Measures and prints.
///
/// # Errors
/// [`Failure`]; also when the aim is missed or something did not arrive.
pub(crate) fn run(arguments: &Notifications) -> Result<(), Failure> {
    let wanted = Wanted {
        folder: &arguments.folder,
        program: &arguments.program,
        samples: &arguments.samples,
        database_url: &arguments.database_url,
    };
    let stage = Stage::set(&wanted, SystemClock.now(), &SystemRandom)?;
    let heard = Moments::default();
    let mut receivers = Vec::new();
    for _ in 0..RECEIVERS {
        receivers.push(Receiver::start(&stage.folder, Mood::Willing, &heard)?);
    }
    receivers.push(Receiver::start(&stage.folder, Mood::Dead, &heard)?);
    let (mut server, _) = stage.serve(&arguments.program, arguments.server_core)?;

    let settings = Settings::load(Some(&stage.settings), []).during("reading the settings")?;
    let store = Store::open(&settings.database).during("opening the database")?;
    let runtime = tokio::runtime::Runtime::new().during("starting a runtime")?;
    let events = usize::try_from(arguments.rate * arguments.seconds).unwrap_or(usize::MAX);
    let plan = seed::Plan {
        subscriptions: arguments.subscriptions,
        events,
    };
    let ports: Vec<u16> = receivers.iter().map(Receiver::port).collect();
    let seeded = runtime.block_on(seed::seed(&store, &stage, &plan, &ports))?;
    let challenged = || receivers.iter().map(Receiver::challenges).sum::<usize>() >= arguments.subscriptions;
    server.wait(Stopwatch::now(), challenged)?;

    let committed = Moments::default();
    runtime.block_on(revoke_all(
        &store,
        arguments.rate,
        &seeded.alive,
        &seeded.dead,
        &committed,
    ))?;
    let wanted = seeded.alive.len();
    let began = Stopwatch::now();
    server
        .wait(began, || {
            count(&heard) >= wanted || began.elapsed() > PATIENCE / 2
        })
        .during("waiting for the last notifications")?;
    report(
        arguments,
        &committed,
        &heard,
        &seeded,
        receivers.last().map_or(0, Receiver::refused),
    )
}

/// Revokes at that rate, each when its turn has come, however long another takes.
async fn revoke_all(
    store: &Store,
    rate: u32,
    alive: &[ConsentId],
    dead: &[ConsentId],
    committed: &Moments,
) -> Result<(), Failure> {
    let mut turns = tokio::time::interval(Duration::from_secs(1) / rate);
    let mut tasks = tokio::task::JoinSet::new();
    // Those of the dead receiver are spread among the others.
    let stride = alive.len() / dead.len().max(1) + 1;
    let mut dead = dead.iter();
    for (place, consent_id) in alive.iter().enumerate() {
        let more = (place % stride == 0).then(|| dead.next()).flatten();
        for consent_id in [Some(consent_id), more].into_iter().flatten().copied() {
            turns.tick().await;
            let (store, committed) = (store.clone(), Arc::clone(committed));
            tasks.spawn(async move { revoke(&store, consent_id, &committed).await });
        }
    }
    while let Some(revoked) = tasks.join_next().await {
        revoked.during("revoking")?.during("revoking")?;
    }
    Ok(())
}

/// Revokes it, again while the database has no room, and notes when that is committed.
async fn revoke(
    store: &Store,
    consent_id: ConsentId,
    committed: &Moments,
) -> Result<(), TxError<RevokeError>> {
    let revoke = Revoke {
        consent_id,
        actor: Actor::Consumer,
        initiator: PartyType::Individual,
        reason: UpdateReason::BusinessRule,
        channel: "bench",
        now: SystemClock.now(),
        event_id: domain::id::random_uuid(&SystemRandom),
    };
    loop {
        let revoke = revoke.clone();
        let revoked = store
            .tx("revoke", move |tx| {
                lifecycle::revoke::revoke(tx, &revoke, |_| true)
            })
            .await;
        match revoked {
            Err(TxError::Store(StoreError::Unavailable)) => {}
            Err(error) => return Err(error),
            Ok(_) => {
                lock(committed).insert(consent_id.uuid(), Stopwatch::now());
                return Ok(());
            }
        }
    }
}

fn report(
    arguments: &Notifications,
    committed: &Moments,
    heard: &Moments,
    seeded: &seed::Seeded,
    refused: usize,
) -> Result<(), Failure> {
    let (committed, heard) = (lock(committed), lock(heard));
    let mut delays: Vec<Duration> = seeded
        .alive
        .iter()
        .filter_map(|consent_id| {
            let arrived = heard.get(&consent_id.uuid())?;
            // It may be read before we hear that it is committed.
            Some(arrived.saturating_duration_since(*committed.get(&consent_id.uuid())?))
        })
        .collect();
    delays.sort_unstable();
    let at = |percent: usize| {
        let place = (delays.len() * percent / 100).min(delays.len().saturating_sub(1));
        delays.get(place).copied().unwrap_or_default()
    };
    let lost = seeded.alive.len() - delays.len();
    let p99 = at(99);
    let mut out = io::stdout().lock();
    let _ = writeln!(
        out,
        "{} subscriptions, one of them to a receiver that answers nothing (it had {} events and {refused} attempts); {} revocations a second for {} s\n\
         delay from commit to arrival at the others: p50 {:.0?}, p90 {:.0?}, p99 {p99:.0?}, longest {:.0?}; {} arrived, {lost} did not\n\
         p99 under {AIM:?}: {}",
        arguments.subscriptions,
        seeded.dead.len(),
        arguments.rate,
        arguments.seconds,
        at(50),
        at(90),
        at(100),
        delays.len(),
        if p99 < AIM && lost == 0 { "yes" } else { "NO" },
    );
    if p99 < AIM && lost == 0 {
        Ok(())
    } else {
        Err(Failure::new("the aim is missed"))
    }
}

fn count(moments: &Moments) -> usize {
    lock(moments).len()
}

fn lock(moments: &Moments) -> std::sync::MutexGuard<'_, HashMap<Uuid, Stopwatch>> {
    moments.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the statements of a seed may refuse: nothing.
type Never = Infallible;
