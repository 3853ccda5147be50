//! Clients: registered, changed, disabled, listed.

use domain::{ClientId, ClientStatus};
use store::clients;

use crate::world::{World, client, metadata, now, other_client};

#[tokio::test]
async fn every_change_of_a_client_is_a_new_version() {
    let world = World::new().await;
    let found = world.tx(|tx| clients::find(tx, &client())).await.unwrap();
    assert_eq!(
        (found.version, found.status, found.secret_hash),
        (1, ClientStatus::Approved, None)
    );
    assert_eq!(found.metadata.client_name, "A recipient");

    let version = world
        .tx(|tx| {
            let mut metadata = metadata();
            metadata.client_name = "Renamed".into();
            clients::save(tx, &client(), &metadata, Some("$argon2id$"), now())
        })
        .await;
    assert_eq!(version, 2);
    assert!(
        world
            .tx(|tx| clients::set_status(tx, &client(), ClientStatus::Disabled, now()))
            .await
    );
    let found = world.tx(|tx| clients::find(tx, &client())).await.unwrap();
    assert_eq!((found.version, found.status), (3, ClientStatus::Disabled));
    assert_eq!(found.metadata.client_name, "Renamed");
    assert_eq!(found.secret_hash.as_deref(), Some("$argon2id$"));
}

/// X03: what registers again does not approve again.
#[tokio::test]
async fn registering_a_disabled_client_again_leaves_it_disabled() {
    let world = World::new().await;
    world
        .tx(|tx| clients::set_status(tx, &client(), ClientStatus::Disabled, now()))
        .await;
    world
        .tx(|tx| clients::save(tx, &client(), &metadata(), None, now()))
        .await;
    let found = world.tx(|tx| clients::find(tx, &client())).await.unwrap();
    assert_eq!(found.status, ClientStatus::Disabled);
}

#[tokio::test]
async fn a_client_that_is_not_there_is_not_found_and_not_changed() {
    let world = World::new().await;
    let nobody: ClientId = "nobody".parse().unwrap();
    assert!(
        world
            .tx({
                let id = nobody.clone();
                move |tx| clients::find(tx, &id)
            })
            .await
            .is_none()
    );
    assert!(
        !world
            .tx(move |tx| clients::set_status(tx, &nobody, ClientStatus::Disabled, now()))
            .await
    );
}

#[tokio::test]
async fn clients_are_listed_page_by_page() {
    let world = World::new().await;
    let first = world.tx(|tx| clients::list(tx, None, 1)).await;
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].client_id, client());
    let second = world.tx(|tx| clients::list(tx, Some(&client()), 10)).await;
    assert_eq!(second.len(), 1);
    assert_eq!(second[0].client_id, other_client());
}
