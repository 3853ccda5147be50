//! Authentication resources: lodged, decided once and in time, completed once.

use domain::{ResourceId, id::RequestId};
use serde_json::json;
use store::{
    requests::{self, NewRequest},
    resources::{self, Resource, ResourceState},
};

use crate::world::{World, client, in_seconds, now};

async fn lodged(world: &World) -> ResourceId {
    let (resource_id, request_id) = (
        ResourceId::mint(&world.random),
        RequestId::mint(now(), &world.random),
    );
    let request = NewRequest {
        client: world.proven(),
        request_id,
        request_uri_hash: [1; 32],
        parameters: json!({"state": "s"}),
        created_at: now(),
        expires_at: in_seconds(60),
        pushed: true,
        most_waiting: 3,
    };
    world
        .tx(move |tx| {
            requests::keep(tx, &request)?;
            resources::lodge(
                tx,
                resource_id,
                request_id,
                &client(),
                &[9; 32],
                now(),
                in_seconds(300),
            )
        })
        .await;
    resource_id
}

async fn find(world: &World, id: ResourceId) -> Resource {
    world.tx(move |tx| resources::find(tx, id)).await.unwrap()
}

#[tokio::test]
async fn a_resource_is_decided_once_and_completed_once() {
    let world = World::new().await;
    let id = lodged(&world).await;
    let found = find(&world, id).await;
    assert_eq!(
        (found.state, found.version, found.decision),
        (ResourceState::Lodged, 1, None)
    );
    assert_eq!(
        (found.browser_hash, found.parameters),
        (vec![9; 32], json!({"state": "s"}))
    );
    assert!(!found.request_completed);

    // Not before there is a decision.
    assert!(!world.tx(move |tx| resources::complete(tx, id, None, now())).await);
    let decide = move |version, state: ResourceState| {
        move |tx: &mut store::Tx<'_>| resources::decide(tx, id, version, state, &json!({"d": 1}), now())
    };
    assert_eq!(
        world.tx(decide(7, ResourceState::Approved)).await,
        None,
        "another version"
    );
    assert_eq!(world.tx(decide(1, ResourceState::Approved)).await, Some(2));
    assert_eq!(
        world.tx(decide(2, ResourceState::Rejected)).await,
        None,
        "decided"
    );
    let found = find(&world, id).await;
    assert_eq!(
        (found.state, found.version, found.decision),
        (ResourceState::Approved, 2, Some(json!({"d": 1})))
    );

    assert!(world.tx(move |tx| resources::complete(tx, id, None, now())).await);
    assert!(!world.tx(move |tx| resources::complete(tx, id, None, now())).await);
    assert_eq!(find(&world, id).await.state, ResourceState::Completed);
}

/// T05: after five minutes nothing more happens to it.
#[tokio::test]
async fn a_lapsed_resource_is_neither_decided_nor_completed() {
    let world = World::new().await;
    let id = lodged(&world).await;
    let decide = move |at| {
        move |tx: &mut store::Tx<'_>| resources::decide(tx, id, 1, ResourceState::Approved, &json!({}), at)
    };
    assert_eq!(world.tx(decide(in_seconds(300))).await, None);
    assert_eq!(world.tx(decide(in_seconds(299))).await, Some(2));
    assert!(
        !world
            .tx(move |tx| resources::complete(tx, id, None, in_seconds(300)))
            .await
    );
}
