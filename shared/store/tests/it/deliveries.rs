//! The queue of notifications: a callback is one worker's at a time, the earliest of each consent goes first, nothing is forgotten when
//! a worker dies or the fan-out adds something meanwhile.

use std::convert::Infallible;

use domain::{
    Instant,
    id::random_uuid,
    notification::{CallbackState, NotificationType},
};
use store::{
    Store, TxError, challenges,
    deliveries::{self, Attempt, Due, Leased, Settled, Settlement},
    fan_out,
};
use uuid::Uuid;

use crate::{
    fan_out::event,
    subscriptions::Subscriber,
    world::{World, in_seconds, now},
};

/// How long a lease lasts here, seconds.
const LEASE: i64 = 15;

/// A worker of some replica.
#[derive(Clone)]
struct Worker {
    id: Uuid,
    store: Store,
}

impl World {
    fn worker(&self) -> Worker {
        Worker {
            id: random_uuid(&self.random),
            store: self.store.clone(),
        }
    }

    /// Fans everything out.
    async fn spread(&self, at: Instant) {
        let done: Result<_, TxError<Infallible>> = self
            .store
            .work("fan_out", move |tx| {
                Ok(fan_out::fan_out(
                    tx,
                    at,
                    in_seconds(259_200),
                    100,
                    fan_out::SLICE,
                )?)
            })
            .await;
        done.unwrap();
    }
}

impl Worker {
    async fn lease(&self, at: Instant) -> Vec<Leased> {
        let (id, until) = (self.id, at + chrono::Duration::seconds(LEASE));
        let leased: Result<_, TxError<Infallible>> = self
            .store
            .once("lease", move |tx| {
                Ok(deliveries::lease(tx, id, at, until, 10, 10, &[])?)
            })
            .await;
        leased.unwrap()
    }

    async fn take(&self, at: Instant, callback: &Leased) -> Vec<Due> {
        let (id, callback_id) = (self.id, callback.callback_id);
        let due: Result<_, TxError<Infallible>> = self
            .store
            .once("take", move |tx| {
                Ok(deliveries::take(tx, id, at, &[callback_id], 10)?)
            })
            .await;
        due.unwrap()
    }

    /// Gives the callback back: what was taken was delivered, or is due again so many seconds after `at`.
    async fn settle(&self, at: Instant, callback: &Leased, due: &[Due], again: Option<i64>) -> Settled {
        let tried: Vec<_> = due.iter().map(|due| (due, again)).collect();
        self.give_back(at, callback, &tried).await
    }

    /// The same, for each by itself.
    async fn give_back(&self, at: Instant, callback: &Leased, tried: &[(&Due, Option<i64>)]) -> Settled {
        let id = self.id;
        let attempts = tried.iter().map(|(due, again)| Attempt {
            subscription_key: due.subscription_key,
            sequence: due.notification.sequence,
            created_at: due.notification.created_at,
            delivered: again.is_none(),
            outcome: again.map_or("204", |_| "503").to_owned(),
            next_attempt_at: at + chrono::Duration::seconds(again.unwrap_or_default()),
        });
        let settlement = Settlement {
            callback_id: callback.callback_id,
            leased_at: callback.leased_at,
            attempts: attempts.collect(),
            failures: i32::from(tried.iter().any(|(_, again)| again.is_some())),
            paused_until: None,
            more: false,
        };
        let settled: Result<_, TxError<Infallible>> = self
            .store
            .once("settle", move |tx| {
                Ok(deliveries::settle(tx, id, at, &settlement)?)
            })
            .await;
        settled.unwrap()
    }

    async fn verify(&self) {
        for callback in self.lease(now()).await {
            assert_eq!(callback.state, CallbackState::Pending);
            let id = self.id;
            let verified: Result<_, TxError<Infallible>> = self
                .store
                .once("verified", move |tx| {
                    Ok(challenges::verified(tx, id, now(), callback.callback_id, "200")?)
                })
                .await;
            verified.unwrap();
        }
    }
}

/// A world in which two consents were held and then revoked, and a worker to whom nothing is leased.
async fn two_consents() -> (World, Worker) {
    let world = World::new().await;
    for (name, kind) in [
        ("held", NotificationType::ConsentOnHold),
        ("revoked", NotificationType::ConsentRevoked),
    ] {
        world.subscribe(&Subscriber::new(name, kind)).await;
    }
    let worker = world.worker();
    worker.verify().await;
    // Nothing is due yet: a round finds it out and gives the callback back.
    for callback in worker.lease(now()).await {
        worker.settle(now(), &callback, &[], None).await;
    }
    for _ in 0..2 {
        let grant = world.grant().await;
        for event_type in ["CONSENT_ON_HOLD", "CONSENT_REVOKED"] {
            world.push(&event(&world, grant.id, event_type)).await;
        }
    }
    (world, worker)
}

fn types(due: &[Due]) -> Vec<NotificationType> {
    due.iter().map(|due| due.notification.event_type).collect()
}

#[tokio::test]
async fn fifty_workers_ask_and_one_has_it() {
    let (world, _) = two_consents().await;
    world.spread(now()).await;
    let asking: Vec<_> = (0..50)
        .map(|_| {
            let worker = world.worker();
            tokio::spawn(async move { worker.lease(now()).await.len() })
        })
        .collect();
    let mut leased = 0;
    for asked in asking {
        leased += asked.await.unwrap();
    }
    assert_eq!(leased, 1);
}

#[tokio::test]
async fn what_becomes_due_between_the_look_and_the_end_of_the_lease_is_not_forgotten() {
    let (world, worker) = two_consents().await;
    world.spread(now()).await;
    let callback = worker.lease(now()).await.remove(0);
    let due = worker.take(now(), &callback).await;
    let settled = worker
        .give_back(now(), &callback, &[(&due[0], None), (&due[1], Some(5))])
        .await;
    assert!(settled.more, "the second of the first consent");
    let callback = worker.lease(now()).await.remove(0);
    let due = worker.take(now(), &callback).await;
    assert_eq!(types(&due), [NotificationType::ConsentRevoked]);
    worker.settle(now(), &callback, &due, None).await;
    // Nothing is due when it is looked for; the first of the other consent is, before that is written down.
    let callback = worker.lease(now()).await.remove(0);
    assert_eq!(worker.take(now(), &callback).await, []);
    assert!(worker.settle(in_seconds(6), &callback, &[], None).await.more);
    let callback = worker.lease(in_seconds(6)).await.remove(0);
    let due = worker.take(in_seconds(6), &callback).await;
    assert_eq!(types(&due), [NotificationType::ConsentOnHold]);
}

#[tokio::test]
async fn of_each_consent_the_earliest_goes_first_and_a_failure_holds_up_its_own_consent_alone() {
    let (world, worker) = two_consents().await;
    world.spread(now()).await;
    let callback = worker.lease(now()).await.remove(0);
    let due = worker.take(now(), &callback).await;
    assert_eq!(types(&due), [NotificationType::ConsentOnHold; 2]);
    // Another worker gets nothing for it, even if it knows its id.
    assert_eq!(world.worker().take(now(), &callback).await, []);
    // One is delivered, the other is not.
    let mut settled = worker.settle(now(), &callback, &due[..1], None).await;
    assert!(settled.more, "what was behind it is free now");
    let callback = worker.lease(now()).await.remove(0);
    let due = worker.take(now(), &callback).await;
    assert_eq!(due.len(), 2);
    let held = due
        .iter()
        .position(|due| due.notification.event_type == NotificationType::ConsentOnHold)
        .unwrap();
    settled = worker.settle(now(), &callback, &due[held..=held], Some(60)).await;
    assert!(
        !settled.more,
        "until its time nothing can go that we did not leave"
    );
}

#[tokio::test]
async fn what_a_dead_worker_held_is_anothers_when_its_lease_is_over() {
    let (world, dead) = two_consents().await;
    world.spread(now()).await;
    let callback = dead.lease(now()).await.remove(0);
    let due = dead.take(now(), &callback).await;
    let heir = world.worker();
    assert_eq!(heir.lease(in_seconds(LEASE - 1)).await, []);
    // More comes while it is held: it is still its holder's.
    let grant = world.grant().await;
    world.push(&event(&world, grant.id, "CONSENT_REVOKED")).await;
    world.spread(in_seconds(1)).await;
    assert_eq!(heir.lease(in_seconds(LEASE - 1)).await, []);
    let inherited = heir.lease(in_seconds(LEASE)).await.remove(0);
    assert_eq!(
        heir.take(in_seconds(LEASE), &inherited).await.len(),
        due.len() + 1
    );
    // It was not dead but slow: what it did counts, and it gives back nothing that is another's.
    dead.settle(in_seconds(LEASE), &callback, &due, None).await;
    assert_eq!(world.worker().lease(in_seconds(LEASE)).await, []);
    assert_eq!(
        heir.take(in_seconds(LEASE), &inherited).await.len(),
        3,
        "the ends, and the new one"
    );
}

#[tokio::test]
async fn what_the_fan_out_adds_meanwhile_is_not_forgotten() {
    let (world, worker) = two_consents().await;
    world.spread(now()).await;
    let callback = worker.lease(now()).await.remove(0);
    let due = worker.take(now(), &callback).await;
    let grant = world.grant().await;
    world.push(&event(&world, grant.id, "CONSENT_REVOKED")).await;
    world.spread(in_seconds(1)).await;
    // All that it tried failed, and is due in a minute; the new one is due now.
    let settled = worker.settle(in_seconds(1), &callback, &due, Some(60)).await;
    assert!(settled.more);
    let callback = worker.lease(in_seconds(1)).await.remove(0);
    assert_eq!(
        types(&worker.take(in_seconds(1), &callback).await),
        [NotificationType::ConsentRevoked]
    );
}

#[tokio::test]
async fn what_fails_comes_again_at_its_time_and_what_fails_too_long_is_parked() {
    let (world, worker) = two_consents().await;
    world.spread(now()).await;
    let callback = worker.lease(now()).await.remove(0);
    let due = worker.take(now(), &callback).await;
    worker.settle(now(), &callback, &due, Some(60)).await;
    assert_eq!(worker.lease(in_seconds(59)).await, []);
    let callback = worker.lease(in_seconds(60)).await.remove(0);
    let again = worker.take(in_seconds(60), &callback).await;
    assert_eq!(again.iter().map(|due| due.attempts).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(again[0].notification, due[0].notification);
    let late = in_seconds(259_200);
    let settled = worker.settle(late, &callback, &again, Some(60)).await;
    assert_eq!(settled.parked, 2);
    let parked = world.tx(|tx| store::parked::list_notifications(tx, 10)).await;
    assert_eq!(parked.len(), 2);
    let resumed = world
        .tx(move |tx| store::parked::resume(tx, None, None, late, late + chrono::Duration::hours(72)))
        .await;
    assert_eq!((resumed.notifications, resumed.callbacks), (2, 1));
    assert_eq!(worker.lease(late).await.len(), 1);
}
