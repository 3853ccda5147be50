//! Subscriptions and their callbacks: found by their recipient alone, moved and ended while the fan-out runs.

use chrono::NaiveDate;
use domain::{
    ClientId,
    id::random_uuid,
    notification::{CallbackState, NotificationType},
};
use serde_json::json;
use store::{
    callbacks::{self, NewCallback},
    fan_out, notifications,
    subscriptions::{self, NewSubscription, Subscription},
};

use crate::{
    fan_out::event,
    world::{World, client, in_seconds, now, other_client},
};

/// What a test subscribes to.
#[derive(Clone)]
pub(crate) struct Subscriber {
    pub(crate) client_id: ClientId,
    pub(crate) name: String,
    pub(crate) kind: NotificationType,
    pub(crate) url: String,
    pub(crate) effective_on: Option<NaiveDate>,
}

impl Subscriber {
    /// The client's, of that name.
    pub(crate) fn new(name: &str, kind: NotificationType) -> Self {
        Self {
            client_id: client(),
            name: name.into(),
            kind,
            url: "https://hooks.example/1".into(),
            effective_on: None,
        }
    }
}

impl World {
    fn callback(&self, url: &str) -> NewCallback {
        NewCallback {
            callback_id: random_uuid(&self.random),
            url: url.into(),
            host: "hooks.example:443".into(),
            park_at: in_seconds(1_000),
        }
    }

    fn new_subscription(&self, subscriber: &Subscriber) -> NewSubscription {
        NewSubscription {
            key: random_uuid(&self.random),
            subscription_id: subscriber.name.parse().unwrap(),
            minted: false,
            event_type: subscriber.kind,
            category: *subscriber.kind.categories().first().unwrap(),
            subscriber: serde_json::from_value(json!({"name": "Budget", "type": "DATA_RECIPIENT"})).unwrap(),
            effective_on: subscriber.effective_on,
        }
    }

    /// Subscribes.
    pub(crate) async fn subscribe(&self, subscriber: &Subscriber) -> Subscription {
        let (new, callback) = (self.new_subscription(subscriber), self.callback(&subscriber.url));
        let client_id = subscriber.client_id.clone();
        self.tx(move |tx| {
            let callback_id = callbacks::find_or_insert(tx, &client_id, &callback, now())?;
            subscriptions::insert(tx, &client_id, &new, callback_id, now())?;
            Ok(subscriptions::find(tx, &client_id, &new.subscription_id)?.unwrap())
        })
        .await
    }

    async fn find(&self, name: &str) -> Option<Subscription> {
        let id = name.parse().unwrap();
        self.tx(move |tx| subscriptions::find(tx, &client(), &id)).await
    }

    /// Gives it that callback.
    async fn change_callback(&self, old: &Subscription, url: &str) -> Subscription {
        let subscriber = Subscriber::new(old.subscription_id.as_str(), old.event_type);
        let (old, new, callback) = (
            old.clone(),
            self.new_subscription(&subscriber),
            self.callback(url),
        );
        self.tx(move |tx| {
            subscriptions::lock(tx, &old)?;
            let callback_id = callbacks::find_or_insert(tx, &client(), &callback, now())?;
            subscriptions::change(tx, &old, &new, callback_id, now())?;
            Ok(subscriptions::find(tx, &client(), &old.subscription_id)?.unwrap())
        })
        .await
    }

    fn callbacks(&self) -> Vec<String> {
        self.database
            .session()
            .texts("SELECT callback_url || ' ' || state AS value FROM notification_callbacks ORDER BY 1")
    }
}

#[tokio::test]
async fn o15_a_subscription_is_found_by_its_recipient_alone() {
    let world = World::new().await;
    let mine = world
        .subscribe(&Subscriber::new("same-name", NotificationType::ConsentRevoked))
        .await;
    let theirs = Subscriber {
        client_id: other_client(),
        ..Subscriber::new("same-name", NotificationType::Balance)
    };
    let theirs = world.subscribe(&theirs).await;
    assert_eq!(world.find("same-name").await, Some(mine.clone()));
    assert_ne!(mine.callback_id, theirs.callback_id, "each proves its own");
    assert_eq!(world.find("absent").await, None);
    assert_eq!(
        world.tx(|tx| subscriptions::list(tx, &client(), 10)).await,
        [mine]
    );
    assert_eq!(world.tx(|tx| subscriptions::count(tx, &other_client())).await, 1);
}

#[tokio::test]
async fn a_callback_is_shared_and_goes_with_its_last_subscription() {
    let world = World::new().await;
    let one = world
        .subscribe(&Subscriber::new("one", NotificationType::ConsentRevoked))
        .await;
    let other = world
        .subscribe(&Subscriber::new("other", NotificationType::ConsentOnHold))
        .await;
    assert_eq!(one.callback_id, other.callback_id);
    assert_eq!(one.callback_state, CallbackState::Pending);
    world.tx(move |tx| subscriptions::delete(tx, &one)).await;
    assert_eq!(world.callbacks(), ["https://hooks.example/1 PENDING"]);
    world.tx(move |tx| subscriptions::delete(tx, &other)).await;
    assert!(world.callbacks().is_empty());
}

#[tokio::test]
async fn naming_a_parked_callback_again_has_it_asked_again() {
    let world = World::new().await;
    let one = world
        .subscribe(&Subscriber::new("one", NotificationType::ConsentRevoked))
        .await;
    world
        .database
        .session()
        .execute("UPDATE notification_callbacks SET state = 'PARKED', next_attempt_at = NULL, failures = 9");
    let again = world.change_callback(&one, &one.callback_url).await;
    assert_eq!(
        (again.callback_id, again.callback_state),
        (one.callback_id, CallbackState::Pending)
    );
    let due = world.database.session().number(
        "SELECT count(*) FROM notification_callbacks WHERE next_attempt_at IS NOT NULL AND failures = 0",
    );
    assert_eq!(due, 1);
}

#[tokio::test]
async fn what_is_not_told_yet_goes_to_the_new_callback_or_with_its_subscription() {
    let world = World::new().await;
    let grant = world.grant().await;
    let subscription = world
        .subscribe(&Subscriber::new("one", NotificationType::ConsentRevoked))
        .await;
    for _ in 0..3 {
        world.push(&event(&world, grant.id, "CONSENT_REVOKED")).await;
    }
    fan_out_all(&world.store).await;
    let mut session = world.database.session();
    session.execute(
        "UPDATE notifications SET state = 'DELIVERED', delivered_at = created_at WHERE sequence = 1",
    );
    session.execute("UPDATE notifications SET state = 'PARKED' WHERE sequence = 2");
    let moved = world
        .change_callback(&subscription, "https://hooks.example/2")
        .await;
    assert_ne!(moved.callback_id, subscription.callback_id);
    assert_eq!(
        (moved.last_sequence, world.callbacks().len()),
        (3, 1),
        "the old callback serves nobody"
    );
    let at_new = format!(
        "SELECT count(*) FROM notifications WHERE callback_id = '{}'",
        moved.callback_id
    );
    assert_eq!(
        session.number(&at_new),
        2,
        "what was taken stays with whom it was taken by"
    );
    world.tx(move |tx| subscriptions::delete(tx, &moved)).await;
    assert_eq!(session.number("SELECT count(*) FROM notifications"), 1);
}

/// While the fan-out runs on two replicas, subscriptions come, move and go. Nothing waits for a subscription or a callback
/// that is not there, and each that stayed was told everything.
#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_may_come_move_and_go_while_events_flow() {
    const EVENTS: i64 = 120;
    let world = World::new().await;
    let grant = world.grant().await;
    let stays = world
        .subscribe(&Subscriber::new("stays", NotificationType::ConsentRevoked))
        .await;
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let store = world.replica();
            tokio::spawn(async move {
                for _ in 0..60 {
                    fan_out_all(&store).await;
                }
            })
        })
        .collect();
    let mut moving = stays;
    for number in 0..EVENTS {
        world.push(&event(&world, grant.id, "CONSENT_REVOKED")).await;
        if number % 10 == 0 {
            let comes = world
                .subscribe(&Subscriber::new("comes", NotificationType::ConsentRevoked))
                .await;
            moving = world
                .change_callback(&moving, &format!("https://hooks.example/{number}"))
                .await;
            world.tx(move |tx| subscriptions::delete(tx, &comes)).await;
        }
    }
    for worker in workers {
        worker.await.unwrap();
    }
    fan_out_all(&world.store).await;
    let key = moving.key;
    let told = world
        .tx(move |tx| notifications::list_of(tx, key, 0, in_seconds(-60), 1_000))
        .await;
    let sequences: Vec<_> = told.iter().map(|row| row.sequence).collect();
    assert_eq!(sequences, (1..=EVENTS).collect::<Vec<_>>());
    let mut session = world.database.session();
    let astray =
        "SELECT count(*) FROM notifications n WHERE NOT EXISTS (SELECT 1 FROM notification_subscriptions s
        WHERE s.subscription_key = n.subscription_key AND s.callback_id = n.callback_id)";
    assert_eq!(session.number(astray), 0);
    assert_eq!(world.callbacks().len(), 1);
}

async fn fan_out_all(store: &store::Store) {
    loop {
        let round: Result<_, store::TxError<std::convert::Infallible>> = store
            .work("fan_out", |tx| {
                Ok(fan_out::fan_out(
                    tx,
                    now(),
                    in_seconds(1_000),
                    50,
                    fan_out::SLICE,
                )?)
            })
            .await;
        if !round.unwrap().more {
            return;
        }
    }
}
