//! Access tokens: how they stand, and their revocation one by one.

use store::{standing, tokens};

use crate::world::{World, client, in_seconds, now, other_client, token};

#[tokio::test]
async fn a_token_is_revoked_once_by_its_client() {
    let world = World::new().await;
    let (grant, redeemed) = world.redeemed().await;
    let token = token(redeemed.access);
    let found = world.tx(move |tx| standing::find(tx, token)).await.unwrap();
    assert_eq!(
        (found.token_expires_at, found.token_revoked),
        (in_seconds(300), false)
    );
    assert_eq!((found.client_id, found.client_approved), (client(), true));
    let of = found.grant.unwrap();
    assert_eq!(
        (of.consent_id, of.user_id, of.lookback_days),
        (grant.id, grant.user_id, 90)
    );
    assert_eq!(
        (of.stored_state, of.expires_at, of.scopes),
        (grant.stored_state, grant.expires_at, grant.scopes)
    );
    assert_eq!((of.consumed_from, of.tokens_void_before), (None, None));

    // T11
    assert!(
        !world
            .tx(move |tx| tokens::revoke(tx, token, &other_client(), now()))
            .await
    );
    assert!(
        world
            .tx(move |tx| tokens::revoke(tx, token, &client(), now()))
            .await
    );
    assert!(
        !world
            .tx(move |tx| tokens::revoke(tx, token, &client(), now()))
            .await
    );
    assert!(
        world
            .tx(move |tx| standing::find(tx, token))
            .await
            .unwrap()
            .token_revoked
    );
}

#[tokio::test]
async fn a_token_that_was_never_issued_does_not_stand() {
    let world = World::new().await;
    let never = token(world.access());
    assert!(world.tx(move |tx| standing::find(tx, never)).await.is_none());
    let (_, redeemed) = world.redeemed().await;
    let mut other_instant = token(redeemed.access);
    other_instant.issued_at = in_seconds(1);
    assert!(
        world
            .tx(move |tx| standing::find(tx, other_instant))
            .await
            .is_none()
    );
}

#[tokio::test]
async fn tokens_of_a_grant_are_voided_up_to_an_instant() {
    let world = World::new().await;
    let (grant, redeemed) = world.redeemed().await;
    let (id, token) = (grant.id, token(redeemed.access));
    world
        .tx(move |tx| store::grants::void_tokens(tx, id, in_seconds(5)))
        .await;
    let found = world.tx(move |tx| standing::find(tx, token)).await.unwrap();
    assert_eq!(found.grant.unwrap().tokens_void_before, Some(in_seconds(5)));
}

#[tokio::test]
async fn a_token_of_the_client_itself_has_no_grant() {
    let world = World::new().await;
    let issue = world.issue();
    let token = standing::TokenRef {
        token_id: issue.token_id,
        issued_at: issue.issued_at,
    };
    world.store.combined().issue(issue).await.unwrap();
    let found = world.tx(move |tx| standing::find(tx, token)).await.unwrap();
    assert!(found.grant.is_none());
    assert_eq!(found.client_id, client());
}
