//! The fan-out: who hears what, numbers without a gap in the order of each consent's changes, and no reader that goes on
//! from a number misses a change that was committed late. By many replicas at once.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ClientId, ConsentGrant, ConsentId, ConsentState, DataCluster, Instant,
    id::random_uuid,
    notification::{NotificationCategory, NotificationPriority, NotificationSeverity, NotificationType},
};
use serde_json::json;
use store::{
    Store,
    announcements::{self, Announcement, Audience},
    backlog::{self, Backlog},
    fan_out::{self, FannedOut},
    notifications::{self, NotificationRow},
    outbox::{self, Event},
};
use uuid::Uuid;

use crate::{
    subscriptions::Subscriber,
    world::{World, account, client, in_seconds, now, other_client},
};

/// An event of that consent.
pub(crate) fn event(world: &World, consent_id: ConsentId, event_type: &'static str) -> Event {
    Event {
        event_id: random_uuid(&world.random),
        consent_id,
        client_id: client(),
        event_type,
        payload: json!({"id": consent_id, "idType": "CONSENT"}),
    }
}

impl World {
    /// Puts it in the outbox.
    pub(crate) async fn push(&self, event: &Event) {
        let event = event.clone();
        self.tx(move |tx| outbox::push(tx, &event, now())).await;
    }

    /// Publishes it; whether it was taken.
    async fn announce(&self, announcement: &Announcement) -> bool {
        let announcement = announcement.clone();
        self.tx(move |tx| announcements::push(tx, &announcement, 3, now()))
            .await
    }

    /// What a recipient was told, in order.
    pub(crate) async fn told(&self, client_id: ClientId) -> Vec<NotificationRow> {
        let since = in_seconds(-60);
        self.tx(move |tx| notifications::list(tx, &client_id, 0, 0, since, 1_000))
            .await
    }
}

/// One round of at most `most`, by that replica.
async fn round(store: &Store, most: i64, at: Instant) -> FannedOut {
    round_of(store, most, fan_out::SLICE, at).await
}

async fn round_of(store: &Store, most: i64, slice: i64, at: Instant) -> FannedOut {
    let outcome: Result<FannedOut, store::TxError<std::convert::Infallible>> = store
        .work("fan_out", move |tx| {
            Ok(fan_out::fan_out(tx, at, in_seconds(1_000), most, slice)?)
        })
        .await;
    outcome.unwrap()
}

async fn fan_out(world: &World) -> FannedOut {
    round(&world.store, 100, now()).await
}

#[tokio::test]
async fn o16_a_change_is_told_once_to_each_subscription_of_its_recipient() {
    let world = World::new().await;
    let grant = world.grant().await;
    let mine = world
        .subscribe(&Subscriber::new("revoked", NotificationType::ConsentRevoked))
        .await;
    world
        .subscribe(&Subscriber::new("again", NotificationType::ConsentRevoked))
        .await;
    world
        .subscribe(&Subscriber::new("held", NotificationType::ConsentOnHold))
        .await;
    // O16: another recipient hears nothing of it, though it asked for the same.
    world
        .subscribe(&Subscriber {
            client_id: other_client(),
            ..Subscriber::new("theirs", NotificationType::ConsentRevoked)
        })
        .await;
    let event = event(&world, grant.id, "CONSENT_REVOKED");
    world.push(&event).await;
    assert_eq!(
        fan_out(&world).await,
        FannedOut {
            events: 1,
            notifications: 2,
            more: false
        }
    );
    assert_eq!(fan_out(&world).await, FannedOut::default());
    let told = world.told(client()).await;
    assert_eq!(told.len(), 2);
    for row in &told {
        assert_eq!(
            (row.notification_id, row.consent_id, row.sequence),
            (event.event_id, Some(grant.id), 1)
        );
        assert_eq!(
            (row.payload.clone(), row.category),
            (event.payload.clone(), NotificationCategory::Consent)
        );
    }
    assert!(world.told(other_client()).await.is_empty());
    let log = world
        .tx(move |tx| notifications::log(tx, mine.key, i64::MAX, in_seconds(-60), 10))
        .await;
    assert_eq!((log.len(), log[0].sequence, log[0].attempts), (1, 1, 0));
}

#[tokio::test]
async fn nothing_is_told_of_before_the_effective_day() {
    let world = World::new().await;
    let grant = world.grant().await;
    let tomorrow = now().date_naive().succ_opt();
    for (name, effective_on) in [
        ("today", Some(now().date_naive())),
        ("tomorrow", tomorrow),
        ("always", None),
    ] {
        let subscriber = Subscriber {
            effective_on,
            ..Subscriber::new(name, NotificationType::ConsentRevoked)
        };
        world.subscribe(&subscriber).await;
    }
    world.push(&event(&world, grant.id, "CONSENT_REVOKED")).await;
    assert_eq!(fan_out(&world).await.notifications, 2);
    let told: BTreeSet<_> = world
        .told(client())
        .await
        .iter()
        .map(|row| row.subscription_id.to_string())
        .collect();
    assert_eq!(told, ["always".to_owned(), "today".to_owned()].into());
}

/// Two changes whose numbers are in one order and whose commits are in the other.
#[tokio::test]
async fn a_change_that_is_committed_late_is_told_late_and_not_lost() {
    let world = World::new().await;
    let (slow, quick) = (world.grant().await, world.grant().await);
    world
        .subscribe(&Subscriber::new("mine", NotificationType::ConsentRevoked))
        .await;
    let mut session = world.database.session();
    session.execute("BEGIN");
    session.execute(&format!(
        "INSERT INTO outbox (consent_id, event_id, client_id, event_type, payload, created_at)
         VALUES ('{}', gen_random_uuid(), 'client-1', 'CONSENT_REVOKED', '{{}}', '2026-11-22T12:00:00Z')",
        slow.id
    ));
    world.push(&event(&world, quick.id, "CONSENT_REVOKED")).await;
    assert_eq!(fan_out(&world).await.notifications, 1);
    let first = world.told(client()).await;
    assert_eq!(first[0].consent_id, Some(quick.id));
    session.execute("COMMIT");
    assert_eq!(fan_out(&world).await.notifications, 1);
    // Whoever goes on from the last that it saw sees it.
    let after = first[0].position;
    let next = world
        .tx(move |tx| notifications::list(tx, &client(), after, 0, in_seconds(-60), 10))
        .await;
    assert_eq!(
        (next.len(), next[0].consent_id, next[0].sequence),
        (1, Some(slow.id), 2)
    );
}

/// Six replicas, writers beside them, and every change is told once, in its place.
#[tokio::test(flavor = "multi_thread")]
async fn many_replicas_number_without_a_gap_and_in_the_order_of_each_consent() {
    const CONSENTS: usize = 12;
    const CHANGES: usize = 20;
    let world = World::new().await;
    for kind in [NotificationType::ConsentOnHold, NotificationType::ConsentUpdated] {
        world.subscribe(&Subscriber::new(kind.as_str(), kind)).await;
    }
    let mut grants = vec![];
    for _ in 0..CONSENTS {
        grants.push(world.grant().await.id);
    }
    let changes: Vec<Vec<Event>> = grants
        .iter()
        .map(|id| {
            (0..CHANGES)
                .map(|number| event(&world, *id, ["CONSENT_ON_HOLD", "CONSENT_UPDATED"][number % 2]))
                .collect()
        })
        .collect();
    let writers: Vec<_> = changes
        .iter()
        .cloned()
        .map(|events| {
            let store = world.replica();
            tokio::spawn(async move {
                for event in events {
                    crate::world::tx(&store, move |tx| outbox::push(tx, &event, now())).await;
                }
            })
        })
        .collect();
    let replicas: Vec<_> = (0..6)
        .map(|_| {
            let store = world.replica();
            tokio::spawn(async move {
                let mut told = 0;
                for _ in 0..40 {
                    told += round(&store, 7, now()).await.notifications;
                }
                told
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let mut made = 0;
    for replica in replicas {
        made += replica.await.unwrap();
    }
    loop {
        let round = fan_out(&world).await;
        made += round.notifications;
        if !round.more {
            break;
        }
    }
    assert_eq!(usize::try_from(made), Ok(CONSENTS * CHANGES));
    let told = world.told(client()).await;
    let mut of_subscription: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let mut of_consent: BTreeMap<ConsentId, Vec<Uuid>> = BTreeMap::new();
    for row in &told {
        of_subscription
            .entry(row.subscription_id.to_string())
            .or_default()
            .push(row.sequence);
        of_consent
            .entry(row.consent_id.unwrap())
            .or_default()
            .push(row.notification_id);
    }
    for sequences in of_subscription.values() {
        assert_eq!(
            *sequences,
            (1..=(CONSENTS * CHANGES / 2).try_into().unwrap()).collect::<Vec<i64>>()
        );
    }
    for events in changes {
        let written: Vec<_> = events.iter().map(|event| event.event_id).collect();
        assert_eq!(of_consent[&events[0].consent_id], written);
    }
}

fn announcement(world: &World, kind: NotificationType, audience: Audience) -> Announcement {
    Announcement {
        announcement_id: random_uuid(&world.random),
        event_type: kind,
        category: *kind.categories().first().unwrap(),
        severity: NotificationSeverity::Warning,
        priority: NotificationPriority::High,
        payload: json!({"id": "1", "idType": "MAINTENANCE"}),
        audience,
    }
}

#[tokio::test]
async fn what_everybody_hears_is_told_to_everybody_one_at_a_time() {
    let world = World::new().await;
    for client_id in [client(), other_client()] {
        let subscriber = Subscriber {
            client_id,
            ..Subscriber::new("outage", NotificationType::PlannedOutage)
        };
        world.subscribe(&subscriber).await;
    }
    for _ in 0..3 {
        world
            .announce(&announcement(
                &world,
                NotificationType::PlannedOutage,
                Audience::Everybody,
            ))
            .await;
    }
    for more in [true, true, false] {
        assert_eq!(
            fan_out(&world).await,
            FannedOut {
                events: 1,
                notifications: 2,
                more
            }
        );
    }
    let told = world.told(other_client()).await;
    assert_eq!(told.iter().map(|row| row.sequence).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(
        (told[0].severity, told[0].consent_id),
        (NotificationSeverity::Warning, None)
    );
}

/// Subscribers of one announcement, and how many of them hear it in one round.
const CROWD: i64 = 101;
const SLICE: i64 = 10;

/// An announcement to many is told in slices, by replicas that take turns and one that dies in the middle: each subscription hears
/// it once, in the order of the announcements, and what happens meanwhile is told meanwhile.
#[tokio::test]
async fn what_very_many_hear_is_told_in_slices_once_each() {
    let world = World::new().await;
    let mut crowd = vec![];
    for number in 0..CROWD {
        let subscriber = Subscriber::new(&format!("outage{number}"), NotificationType::PlannedOutage);
        crowd.push(world.subscribe(&subscriber).await);
    }
    let revoked = world
        .subscribe(&Subscriber::new("revoked", NotificationType::ConsentRevoked))
        .await;
    let outages: Vec<_> = (0..2)
        .map(|_| announcement(&world, NotificationType::PlannedOutage, Audience::Everybody))
        .collect();
    for outage in &outages {
        world.announce(outage).await;
    }
    let first = round_of(&world.store, 100, SLICE, now()).await;
    assert_eq!(
        first,
        FannedOut {
            events: 0,
            notifications: SLICE,
            more: true
        }
    );
    let backlog = || world.tx(backlog::find);
    assert_eq!(backlog().await.events, 2);

    // One that takes a slice and dies before it commits: nobody has heard anything of it.
    let died: Result<(), store::TxError<&str>> = world
        .store
        .work("fan_out", |tx| {
            fan_out::fan_out(tx, now(), in_seconds(1_000), 100, SLICE)?;
            Err(store::TxError::Refused("killed"))
        })
        .await;
    assert!(died.is_err());

    // A change of a consent does not wait for the other slices.
    let grant = world.grant().await;
    world.push(&event(&world, grant.id, "CONSENT_REVOKED")).await;
    let second = round_of(&world.store, 100, SLICE, now()).await;
    assert_eq!((second.events, second.notifications), (1, SLICE + 1));
    let log = world
        .tx(move |tx| notifications::log(tx, revoked.key, i64::MAX, in_seconds(-60), 10))
        .await;
    assert_eq!(log.len(), 1);

    // Somebody leaves.
    let gone = crowd.swap_remove(7);
    world.tx(move |tx| store::subscriptions::delete(tx, &gone)).await;
    let replicas: Vec<_> = (0..4)
        .map(|_| {
            let store = world.replica();
            tokio::spawn(async move {
                let mut events = 0;
                for _ in 0..30 {
                    events += round_of(&store, 100, SLICE, now()).await.events;
                }
                events
            })
        })
        .collect();
    let mut events = 0;
    for replica in replicas {
        events += replica.await.unwrap();
    }
    loop {
        let round = round_of(&world.store, 100, SLICE, now()).await;
        events += round.events;
        if !round.more {
            break;
        }
    }
    assert_eq!((events, backlog().await.events), (2, 0));

    let told = world.told(client()).await;
    let positions: Vec<_> = told.iter().map(|row| row.position).collect();
    assert!(positions.windows(2).all(|pair| pair[0] < pair[1]));
    let mut heard: BTreeMap<String, Vec<(i64, Uuid)>> = BTreeMap::new();
    for row in &told {
        heard
            .entry(row.subscription_id.to_string())
            .or_default()
            .push((row.sequence, row.notification_id));
    }
    heard.remove("revoked");
    heard.remove("outage7");
    assert_eq!(i64::try_from(heard.len()), Ok(CROWD - 1));
    for (name, heard) in heard {
        let wanted = [(1, outages[0].announcement_id), (2, outages[1].announcement_id)];
        assert_eq!(heard, wanted, "{name}");
    }
}

/// What waits is counted, and how long the oldest of it has.
#[tokio::test]
async fn what_waits_is_known() {
    let world = World::new().await;
    let backlog = || world.tx(backlog::find);
    assert_eq!(backlog().await, Backlog::default());
    let grant = world.grant().await;
    world
        .subscribe(&Subscriber::new("revoked", NotificationType::ConsentRevoked))
        .await;
    world.push(&event(&world, grant.id, "CONSENT_REVOKED")).await;
    world.push(&event(&world, grant.id, "CONSENT_ON_HOLD")).await;
    let waiting = |events, notifications, oldest_at| Backlog {
        events,
        notifications,
        oldest_at,
    };
    assert_eq!(backlog().await, waiting(2, 0, Some(now())));
    round(&world.store, 100, in_seconds(5)).await;
    // What nobody is to hear waits no longer.
    assert_eq!(backlog().await, waiting(0, 1, Some(in_seconds(5))));
}

#[tokio::test]
async fn what_happens_to_an_account_is_told_to_those_who_may_see_it_now() {
    let world = World::new().await;
    world
        .subscribe(&Subscriber::new("balance", NotificationType::Balance))
        .await;
    world
        .subscribe(&Subscriber {
            client_id: other_client(),
            ..Subscriber::new("balance", NotificationType::Balance)
        })
        .await;
    let with = |world: &World, clusters: &[DataCluster]| {
        let mut grant = world.new_grant();
        grant.accounts[0].data_clusters = clusters.iter().copied().collect();
        grant
    };
    // A consent without the cluster, and one that has ended, open nothing.
    let ended = ConsentGrant {
        expires_at: in_seconds(0),
        ..with(&world, &[DataCluster::Balances])
    };
    for grant in [with(&world, &[DataCluster::AccountBasic]), ended] {
        world.insert_grant(&grant).await;
    }
    let checking = announcement(
        &world,
        NotificationType::Balance,
        Audience::Account(account("checking")),
    );
    world.announce(&checking).await;
    assert_eq!(fan_out(&world).await.notifications, 0);
    // Two that do are heard of once.
    let open = with(&world, &[DataCluster::Balances]);
    for grant in [open.clone(), with(&world, &[DataCluster::Balances])] {
        world.insert_grant(&grant).await;
    }
    let again = || Announcement {
        announcement_id: random_uuid(&world.random),
        ..checking.clone()
    };
    world.announce(&again()).await;
    assert_eq!(fan_out(&world).await.notifications, 1);
    // Of another account, nothing; and nothing while it is on hold.
    world
        .announce(&Announcement {
            audience: Audience::Account(account("savings")),
            ..again()
        })
        .await;
    assert_eq!(fan_out(&world).await.notifications, 0);
    let session = &mut world.database.session();
    session.execute("UPDATE consent_grants SET state = 'ON_HOLD'");
    world.announce(&again()).await;
    assert_eq!(fan_out(&world).await.notifications, 0);
    let until = in_seconds(-1);
    let (id, held) = (open.id, ConsentState::OnHold { until: Some(until) });
    world
        .tx(move |tx| store::grants::save_state(tx, id, 1, &held, now()))
        .await;
    world.announce(&again()).await;
    assert_eq!(fan_out(&world).await.notifications, 1);
    assert!(world.told(other_client()).await.is_empty());
}

#[tokio::test]
async fn a_test_reaches_its_subscription_alone_and_only_so_often() {
    let world = World::new().await;
    let mine = world
        .subscribe(&Subscriber::new("mine", NotificationType::ConsentRevoked))
        .await;
    world
        .subscribe(&Subscriber::new("other", NotificationType::ConsentRevoked))
        .await;
    let test = |world: &World| Announcement {
        category: NotificationCategory::Consent,
        ..announcement(world, NotificationType::Custom, Audience::Subscription(mine.key))
    };
    for taken in [true, true, true, false] {
        assert_eq!(world.announce(&test(&world)).await, taken);
    }
    assert_eq!(fan_out(&world).await.notifications, 3);
    let told = world.told(client()).await;
    assert!(told.iter().all(|row| row.subscription_id.as_str() == "mine"));
    assert!(told.iter().all(|row| row.event_type == NotificationType::Custom));
}
