//! The proof of a client that asks for something which writes no token.

use domain::id::random_uuid;
use store::issue::{self, Issued, ProvenClient};

use crate::world::World;

async fn prove(world: &World, client: ProvenClient, spent_by: uuid::Uuid) -> Issued {
    world.tx(move |tx| issue::prove(tx, &client, spent_by)).await
}

#[tokio::test]
async fn a_proof_is_spent_once_and_a_repeat_knows_itself() {
    let world = World::new().await;
    let (one, other) = (random_uuid(&world.random), random_uuid(&world.random));
    let client = world.proven();
    assert_eq!(prove(&world, client.clone(), one).await, Issued::Issued);
    assert_eq!(prove(&world, client.clone(), one).await, Issued::Issued);
    assert_eq!(prove(&world, client.clone(), other).await, Issued::Replayed);
    // J23: spent is spent, whatever it was spent on.
    let issue = store::issue::Issue {
        client,
        ..world.issue()
    };
    assert_eq!(
        world.store.combined().issue(issue).await.unwrap(),
        Issued::Replayed
    );
    let changed = ProvenClient {
        version: 2,
        ..world.proven()
    };
    assert_eq!(prove(&world, changed, other).await, Issued::ClientChanged);
    let by_certificate = ProvenClient {
        spend: None,
        ..world.proven()
    };
    assert_eq!(prove(&world, by_certificate, other).await, Issued::Issued);
}
