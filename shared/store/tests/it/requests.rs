//! Authorization requests: kept with their proof or not at all, found, spent once, purged.

use domain::{ClientStatus, id::RequestId};
use serde_json::json;
use store::requests::{self, Kept, NewRequest};

use crate::world::{World, client, in_seconds, now};

fn request(world: &World, number: u8) -> NewRequest {
    NewRequest {
        client: world.proven(),
        request_id: RequestId::mint(now(), &world.random),
        request_uri_hash: [number; 32],
        parameters: json!({"state": "s"}),
        created_at: now(),
        expires_at: in_seconds(60),
        pushed: true,
        most_waiting: 3,
    }
}

#[tokio::test]
async fn a_request_is_kept_found_and_spent_once() {
    let world = World::new().await;
    let new = request(&world, 1);
    let kept = new.clone();
    assert_eq!(world.tx(move |tx| requests::keep(tx, &kept)).await, Kept::Kept);
    // Asked a second time after a lost connection: the same answer, and still one row.
    let kept = new.clone();
    assert_eq!(world.tx(move |tx| requests::keep(tx, &kept)).await, Kept::Kept);
    assert_eq!(
        world
            .database
            .session()
            .number("SELECT count(*) FROM authorization_requests"),
        1
    );

    let found = world.tx(|tx| requests::find_by_uri(tx, &[1; 32])).await.unwrap();
    assert_eq!((found.request_id, found.client_id), (new.request_id, client()));
    assert_eq!(
        (found.parameters, found.expires_at, found.completed),
        (json!({"state": "s"}), in_seconds(60), false)
    );
    assert!(world.tx(|tx| requests::find_by_uri(tx, &[2; 32])).await.is_none());

    let id = new.request_id;
    assert!(world.tx(move |tx| requests::complete(tx, id, now())).await);
    assert!(!world.tx(move |tx| requests::complete(tx, id, now())).await);
    assert!(
        world
            .tx(move |tx| requests::find(tx, id))
            .await
            .unwrap()
            .completed
    );
}

#[tokio::test]
async fn what_does_not_agree_is_not_kept() {
    let world = World::new().await;
    let first = request(&world, 1);
    let kept = first.clone();
    world.tx(move |tx| requests::keep(tx, &kept)).await;

    let mut replayed = request(&world, 2);
    replayed.client.spend = first.client.spend;
    assert_eq!(
        world.tx(move |tx| requests::keep(tx, &replayed)).await,
        Kept::Replayed
    );
    let mut changed = request(&world, 3);
    changed.client.version = 7;
    assert_eq!(
        world.tx(move |tx| requests::keep(tx, &changed)).await,
        Kept::ClientChanged
    );
    world
        .tx(|tx| store::clients::set_status(tx, &client(), ClientStatus::Disabled, now()))
        .await;
    let mut disabled = request(&world, 4);
    disabled.client.version = 2;
    assert_eq!(
        world.tx(move |tx| requests::keep(tx, &disabled)).await,
        Kept::ClientChanged
    );
    assert_eq!(
        world
            .database
            .session()
            .number("SELECT count(*) FROM authorization_requests"),
        1
    );
}

/// P06: a client that floods fills its own share and nobody else's; what is over makes room.
#[tokio::test]
async fn a_client_may_have_so_many_requests_waiting() {
    let world = World::new().await;
    for number in 1..=3 {
        let new = request(&world, number);
        assert_eq!(world.tx(move |tx| requests::keep(tx, &new)).await, Kept::Kept);
    }
    let new = request(&world, 4);
    assert_eq!(world.tx(move |tx| requests::keep(tx, &new)).await, Kept::TooMany);

    let done = world
        .tx(|tx| requests::find_by_uri(tx, &[1; 32]))
        .await
        .unwrap()
        .request_id;
    world.tx(move |tx| requests::complete(tx, done, now())).await;
    let new = request(&world, 5);
    assert_eq!(world.tx(move |tx| requests::keep(tx, &new)).await, Kept::Kept);
    let mut later = request(&world, 6);
    (later.created_at, later.expires_at) = (in_seconds(60), in_seconds(120));
    assert_eq!(world.tx(move |tx| requests::keep(tx, &later)).await, Kept::Kept);
}

#[tokio::test]
async fn ended_requests_are_purged_with_their_resources() {
    let world = World::new().await;
    let (ended, waiting) = (
        request(&world, 1),
        NewRequest {
            expires_at: in_seconds(600),
            ..request(&world, 2)
        },
    );
    let resource = domain::ResourceId::mint(&world.random);
    let request_id = ended.request_id;
    world
        .tx(move |tx| {
            requests::keep(tx, &ended)?;
            requests::keep(tx, &waiting)?;
            store::resources::lodge(
                tx,
                resource,
                request_id,
                &client(),
                &[0; 32],
                now(),
                in_seconds(300),
            )
        })
        .await;
    assert_eq!(world.tx(|tx| requests::purge(tx, in_seconds(61))).await, 1);
    assert_eq!(world.tx(|tx| requests::purge(tx, in_seconds(61))).await, 0);
    assert!(
        world
            .tx(move |tx| store::resources::find(tx, resource))
            .await
            .is_none()
    );
    assert!(world.tx(|tx| requests::find_by_uri(tx, &[2; 32])).await.is_some());
}
