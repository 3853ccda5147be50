//! Recipients with a subscription each, and consents to revoke, written straight into the database.

use domain::{
    ClientId, Clock as _, ConsentId,
    client::ClientMetadata,
    notification::{NotificationCategory, NotificationType, SubscriptionId},
};
use http::SystemClock;
use jose::SystemRandom;
use serde_json::json;
use store::{Store, TxError, callbacks::NewCallback, subscriptions::NewSubscription};

use super::Never;
use crate::{
    failure::{Failure, While as _},
    stage::{Stage, grant},
};

/// Rows of one transaction.
const CHUNK: usize = 250;

/// How much is wanted.
pub(super) struct Plan {
    /// Recipients, one of them with the dead receiver.
    pub(super) subscriptions: usize,
    /// Consents of the others together; the one with the dead receiver has as many as each of them, and ten more.
    pub(super) events: usize,
}

/// What there is.
pub(super) struct Seeded {
    /// Consents whose revocation a willing receiver is to hear of.
    pub(super) alive: Vec<ConsentId>,
    /// Those of which nobody hears.
    pub(super) dead: Vec<ConsentId>,
}

/// Writes it all. The last of `ports` is the dead receiver's.
///
/// # Errors
/// [`Failure`].
pub(super) async fn seed(
    store: &Store,
    stage: &Stage,
    plan: &Plan,
    ports: &[u16],
) -> Result<Seeded, Failure> {
    let (dead_port, ports) = ports.split_last().ok_or_else(|| Failure::new("no receivers"))?;
    let registration = std::fs::read(stage.folder.join("bench-es256.json")).during("the registration")?;
    let metadata: ClientMetadata = serde_json::from_slice(&registration).during("the registration")?;
    let now = SystemClock.now();
    let mut clients = Vec::with_capacity(plan.subscriptions);
    for number in 0..plan.subscriptions {
        let client_id: ClientId = format!("recipient-{number}").parse().during("a client's id")?;
        let port = match number {
            0 => *dead_port,
            _ => ports.get(number % ports.len()).copied().unwrap_or_default(),
        };
        clients.push((client_id, port));
    }
    for chunk in clients.chunks(CHUNK) {
        let (chunk, metadata) = (chunk.to_vec(), metadata.clone());
        let ids: Vec<_> = chunk.iter().map(|_| ids()).collect();
        let written = store.tx::<_, Never, _>("bench_subscriptions", move |tx| {
            for ((client_id, port), (callback_id, key)) in chunk.iter().zip(&ids) {
                store::clients::save(tx, client_id, &metadata, None, now)?;
                let callback = NewCallback {
                    callback_id: *callback_id,
                    url: format!("https://localhost:{port}/{client_id}"),
                    host: format!("localhost:{port}"),
                    park_at: now + chrono::Duration::hours(72),
                };
                let callback_id = store::callbacks::find_or_insert(tx, client_id, &callback, now)?;
                let subscription = subscription(*key).map_err(TxError::Store)?;
                store::subscriptions::insert(tx, client_id, &subscription, callback_id, now)?;
            }
            Ok(())
        });
        written.await.during("writing subscriptions")?;
    }
    let others = clients.get(1..).unwrap_or_default();
    let owners = others
        .iter()
        .cycle()
        .take(plan.events)
        .map(|(client_id, _)| client_id.clone());
    let alive = grants(store, owners.collect()).await?;
    let first = clients.first().map(|(client_id, _)| client_id.clone());
    let number = plan.events / plan.subscriptions.max(1) + 10;
    let dead = grants(store, first.into_iter().cycle().take(number).collect()).await?;
    Ok(Seeded { alive, dead })
}

async fn grants(store: &Store, owners: Vec<ClientId>) -> Result<Vec<ConsentId>, Failure> {
    let now = SystemClock.now();
    let mut all = Vec::with_capacity(owners.len());
    for chunk in owners.chunks(CHUNK) {
        let chunk: Vec<_> = chunk
            .iter()
            .map(|client_id| (ConsentId::mint(&SystemRandom), client_id.clone()))
            .collect();
        all.extend(chunk.iter().map(|(consent_id, _)| *consent_id));
        let written = store.tx::<_, Never, _>("bench_grants", move |tx| {
            for (consent_id, client_id) in &chunk {
                let grant = grant(tx, *consent_id, client_id.clone(), now)?;
                store::grants::insert(tx, &grant, &json!({}))?;
            }
            Ok(())
        });
        written.await.during("writing grants")?;
    }
    Ok(all)
}

fn ids() -> (uuid::Uuid, uuid::Uuid) {
    let id = || domain::id::random_uuid(&SystemRandom);
    (id(), id())
}

fn subscription(key: uuid::Uuid) -> Result<NewSubscription, store::StoreError> {
    let corrupt = |column| store::StoreError::Corrupt {
        table: "bench",
        column,
    };
    let subscription_id: SubscriptionId = "bench".parse().map_err(|_| corrupt("subscription_id"))?;
    let subscriber = serde_json::from_value(json!({"name": "Bench", "type": "DATA_RECIPIENT"}));
    Ok(NewSubscription {
        key,
        subscription_id,
        minted: false,
        event_type: NotificationType::ConsentRevoked,
        category: NotificationCategory::Consent,
        subscriber: subscriber.map_err(|_| corrupt("subscriber"))?,
        effective_on: None,
    })
}
