//! Partitions: made ahead, dropped when their time is over, and never a reason to lose or refuse a row.

use store::partitions::{self, Kept};

use crate::world::{World, now, token};

fn partitions(world: &World, table: &str) -> Vec<String> {
    world.database.session().texts(&format!(
        "SELECT relname::text AS value FROM pg_inherits i JOIN pg_class c ON c.oid = inhrelid
         WHERE inhparent = '{table}'::regclass ORDER BY 1"
    ))
}

#[tokio::test]
async fn partitions_are_made_ahead_and_only_once() {
    let world = World::new().await;
    let kept = world.tx(|tx| partitions::keep(tx, now())).await;
    assert_eq!(
        kept,
        Kept {
            made: 8 + 6 * 3,
            dropped: 0
        }
    );
    assert_eq!(world.tx(|tx| partitions::keep(tx, now())).await, Kept::default());
    assert_eq!(
        partitions(&world, "access_tokens"),
        [
            "access_tokens_202611",
            "access_tokens_202612",
            "access_tokens_202701",
            "access_tokens_default"
        ]
    );
    let days = partitions(&world, "spent_ids");
    assert_eq!((days.len(), days[0].as_str()), (9, "spent_ids_20261121"));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_replicas_make_them_at_once() {
    let world = World::new().await;
    let replicas: Vec<_> = (0..6)
        .map(|_| {
            let store = world.replica();
            tokio::spawn(async move { crate::world::tx(&store, |tx| partitions::keep(tx, now())).await })
        })
        .collect();
    let mut made = 0;
    for replica in replicas {
        made += replica.await.unwrap().made;
    }
    assert_eq!(made, 8 + 6 * 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_replicas_drop_them_at_once() {
    let world = World::new().await;
    world.tx(|tx| partitions::keep(tx, now())).await;
    let later = now() + chrono::Duration::days(400);
    let keep = |store: store::Store| async move {
        store
            .work::<_, std::convert::Infallible, _>("partitions", move |tx| Ok(partitions::keep(tx, later)?))
            .await
            .unwrap()
    };
    let replicas: Vec<_> = (0..6).map(|_| tokio::spawn(keep(world.replica()))).collect();
    let mut dropped = 0;
    for replica in replicas {
        dropped += replica.await.unwrap().dropped;
    }
    assert!(dropped > 0);
    assert_eq!(keep(world.replica()).await, Kept::default());
}

#[tokio::test]
async fn what_is_past_its_time_is_dropped_and_the_ledger_is_kept() {
    let world = World::new().await;
    world.tx(|tx| partitions::keep(tx, now())).await;
    let (_, redeemed) = world.redeemed().await;
    let later = now() + chrono::Duration::days(200);
    let kept = world.tx(move |tx| partitions::keep(tx, later)).await;
    // The 8 days of spent ids, and three months each of tokens, events, announcements and notifications.
    assert_eq!(kept.dropped, 8 + 4 * 3);
    let token = token(redeemed.access);
    assert!(
        world
            .tx(move |tx| store::standing::find(tx, token))
            .await
            .is_none()
    );
    assert!(partitions(&world, "consent_history").contains(&"consent_history_202611".to_owned()));
}

/// A platform that was not there to make its partitions writes all the same, and mends it later.
#[tokio::test]
async fn rows_that_came_before_their_partition_are_moved_into_it() {
    let world = World::new().await;
    let (_, redeemed) = world.redeemed().await;
    let mut session = world.database.session();
    assert_eq!(session.number("SELECT count(*) FROM access_tokens_default"), 1);
    world.tx(|tx| partitions::keep(tx, now())).await;
    assert_eq!(session.number("SELECT count(*) FROM access_tokens_default"), 0);
    assert_eq!(session.number("SELECT count(*) FROM access_tokens_202611"), 1);
    let token = token(redeemed.access);
    assert!(
        world
            .tx(move |tx| store::standing::find(tx, token))
            .await
            .is_some()
    );
    // Its indexes and key came with it.
    assert_eq!(
        session.number("SELECT count(*) FROM pg_index WHERE indrelid = 'access_tokens_202611'::regclass"),
        1
    );
}
