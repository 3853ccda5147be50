//! Records of reads: written behind them, each once, none dropped, also when the connection is lost meanwhile.

use std::num::NonZeroU32;

use domain::{ConsentId, DataCluster, Instant, TokenId, id::random_uuid};
use store::{
    Store, StoreError,
    accesses::{self, Access},
    spans::Span,
};

use crate::world::{World, account, client, in_seconds, now, settings};

fn access(world: &World, consent_id: ConsentId, accessed_at: Instant) -> Access {
    Access {
        access_id: random_uuid(&world.random),
        accessed_at,
        consent_id,
        client_id: client(),
        token_id: TokenId::mint(now(), &world.random),
        operation: "searchForAccounts".into(),
        account_ids: vec![account("checking"), account("with \"quotes\", {braces} and \\")],
        data_clusters: vec![DataCluster::AccountBasic, DataCluster::Transactions],
        attended: true,
        interaction_id: "c770aef3-6784-41f7-8e0e-ff5f97bddb3a".into(),
    }
}

#[tokio::test]
async fn a_record_is_read_as_it_was_handed_over_newest_first() {
    let world = World::new().await;
    let id = world.grant().await.id;
    let mut written = vec![];
    for second in 0..30 {
        let access = access(&world, id, in_seconds(second));
        world.store.accesses().record(access.clone()).await.unwrap();
        written.insert(0, access);
    }
    assert!(world.store.accesses().waiting() > 0);
    world.store.accesses().flush().await.unwrap();
    assert_eq!(world.store.accesses().waiting(), 0);
    let first = world
        .tx(move |tx| accesses::list(tx, id, Span::EVER, None, 20))
        .await;
    let last = first.last().unwrap();
    let place = (last.accessed_at, last.access_id);
    let rest = world
        .tx(move |tx| accesses::list(tx, id, Span::EVER, Some(place), 20))
        .await;
    assert_eq!([first, rest].concat(), written);
}

/// Handed over and nobody asks: it is written all the same, within its second.
#[tokio::test]
async fn nobody_needs_to_ask_for_it() {
    let world = World::new().await;
    let id = world.grant().await.id;
    world
        .store
        .accesses()
        .record(access(&world, id, now()))
        .await
        .unwrap();
    let mut session = world.database.session();
    session.await_number("SELECT count(*) FROM consent_accesses", |count| count == 1);
}

/// Two who handed the same record over, or one whose answer was lost: it stands once.
#[tokio::test]
async fn a_lost_connection_neither_loses_nor_doubles_a_record() {
    let world = World::new().await;
    let id = world.grant().await.id;
    let writer = world.store.accesses();
    writer.record(access(&world, id, now())).await.unwrap();
    writer.flush().await.unwrap();
    for round in 1..=3 {
        world.database.session().terminate_others();
        for second in 0..50 {
            writer
                .record(access(&world, id, in_seconds(100 * round + second)))
                .await
                .unwrap();
        }
        writer.flush().await.unwrap();
    }
    let again = access(&world, id, in_seconds(1_000));
    writer.record(again.clone()).await.unwrap();
    writer.record(again).await.unwrap();
    writer.flush().await.unwrap();
    let mut session = world.database.session();
    assert_eq!(session.number("SELECT count(*) FROM consent_accesses"), 152);
}

/// The last handle is dropped: what was handed over is written before the thread ends.
#[tokio::test]
async fn what_is_left_is_written_at_the_end() {
    let world = World::new().await;
    let id = world.grant().await.id;
    let replica = world.replica();
    for second in 0..20 {
        replica
            .accesses()
            .record(access(&world, id, in_seconds(second)))
            .await
            .unwrap();
    }
    drop(replica);
    let mut session = world.database.session();
    session.await_number("SELECT count(*) FROM consent_accesses", |count| count == 20);
}

/// The table takes nothing for a while: as many records as there is room for are taken, the next one is refused, so that its read
/// shows nothing; and when the table takes them again, each of them stands there and there is room again.
#[tokio::test]
async fn without_room_a_record_is_refused_and_none_that_was_taken_is_lost() {
    let world = World::new().await;
    let id = world.grant().await.id;
    let mut hasty = settings(world.database.url());
    hasty.connect_timeout_ms = NonZeroU32::new(200).unwrap();
    let store = Store::open(&hasty).unwrap();
    let writer = store.accesses();
    let mut session = world.database.session();
    session.execute("BEGIN; LOCK TABLE consent_accesses IN ACCESS EXCLUSIVE MODE");
    let room = i64::try_from(accesses::ROOM).unwrap();
    for second in 0..room {
        writer
            .record(access(&world, id, in_seconds(second)))
            .await
            .unwrap();
    }
    assert_eq!(writer.waiting(), accesses::ROOM);
    let refused = writer.record(access(&world, id, in_seconds(room))).await;
    assert!(matches!(refused, Err(StoreError::Unavailable)), "{refused:?}");
    assert!(matches!(writer.flush().await, Err(StoreError::Unavailable)));
    session.execute("COMMIT");
    session.await_number("SELECT count(*) FROM consent_accesses", |count| count == room);
    // It stands there a moment before its room is given back.
    while writer.flush().await.is_err() {}
    writer.record(access(&world, id, in_seconds(room))).await.unwrap();
    session.await_number("SELECT count(*) FROM consent_accesses", |count| count == room + 1);
}

/// Who finds no room waits for it, and is taken as soon as there is some: fifty who wait are taken once each.
#[tokio::test]
async fn who_waits_for_room_is_taken_when_there_is_some() {
    let world = World::new().await;
    let id = world.grant().await.id;
    let mut session = world.database.session();
    session.execute("BEGIN; LOCK TABLE consent_accesses IN ACCESS EXCLUSIVE MODE");
    let writer = world.store.accesses();
    let room = i64::try_from(accesses::ROOM).unwrap();
    for second in 0..room {
        writer
            .record(access(&world, id, in_seconds(second)))
            .await
            .unwrap();
    }
    let waiting: Vec<_> = (0..50)
        .map(|late| {
            let (store, access) = (world.store.clone(), access(&world, id, in_seconds(room + late)));
            tokio::spawn(async move { store.accesses().record(access).await })
        })
        .collect();
    tokio::task::yield_now().await;
    session.execute("COMMIT");
    for taken in waiting {
        taken.await.unwrap().unwrap();
    }
    writer.flush().await.unwrap();
    assert_eq!(session.number("SELECT count(*) FROM consent_accesses"), room + 50);
}
