//! History and outbox: written, and read in order.

use domain::id::random_uuid;
use serde_json::json;
use store::{
    history::{self, HistoryRow},
    outbox::{self, Event},
};

use crate::world::{World, client, in_seconds, now};

fn row(sequence: i32) -> HistoryRow {
    HistoryRow {
        sequence,
        happened_at: in_seconds(sequence.into()),
        action: "GRANTED".into(),
        actor: "CONSUMER".into(),
        channel: "authorize".into(),
        reason: (sequence > 1).then(|| "because".into()),
        content: json!({"a": 1.50, "b": ["ü"]}),
        content_hash: vec![1; 32],
        previous_hash: vec![0; 32],
        row_hash: vec![sequence.try_into().unwrap(); 32],
    }
}

#[tokio::test]
async fn history_is_read_in_order_and_as_it_was_written() {
    let world = World::new().await;
    let id = world.grant().await.id;
    assert_eq!(world.tx(move |tx| history::last(tx, id)).await, None);
    for sequence in 1..=3 {
        world.tx(move |tx| history::insert(tx, id, &row(sequence))).await;
    }
    assert_eq!(
        world.tx(move |tx| history::last(tx, id)).await,
        Some((3, vec![3; 32]))
    );
    assert_eq!(
        world.tx(move |tx| history::list(tx, id)).await,
        [row(1), row(2), row(3)]
    );
}

#[tokio::test]
async fn events_are_written_in_the_transaction_of_the_change() {
    let world = World::new().await;
    let id = world.grant().await.id;
    let event = Event {
        event_id: random_uuid(&world.random),
        consent_id: id,
        client_id: client(),
        event_type: "CONSENT_REVOKED",
        payload: json!({"id": id}),
    };
    let pushed = event.clone();
    let refused: Result<(), _> = world
        .store
        .tx("refused", move |tx| {
            outbox::push(tx, &pushed, now())?;
            Err(store::TxError::Refused("no"))
        })
        .await;
    assert!(matches!(refused, Err(store::TxError::Refused("no"))));
    let mut session = world.database.session();
    assert_eq!(session.number("SELECT count(*) FROM outbox"), 0);
    let (pushed, event_id) = (event.clone(), event.event_id);
    world.tx(move |tx| outbox::push(tx, &pushed, now())).await;
    assert_eq!(session.text("SELECT event_id FROM outbox"), event_id.to_string());
    assert_eq!(session.text("SELECT payload->>'id' FROM outbox"), id.to_string());
}
