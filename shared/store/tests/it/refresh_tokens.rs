//! Refresh tokens: never rotated, bound, and dead with their grant; a refresh never slips past a revocation.

use domain::{
    ConsentGrant, ConsentState,
    consent::{PartyType, UpdateReason},
};
use store::{
    Store,
    codes::{NewAccessToken, Redeem},
    refresh_tokens::{self, Refresh, Refreshed},
};

use crate::world::{World, client, in_seconds, now, other_client, tx};

fn new_refresh(world: &World, redeemed: &Redeem) -> Refresh {
    Refresh {
        client: world.proven(),
        token_hash: redeemed.refresh.token_hash,
        thumbprint: redeemed.refresh.thumbprint.clone(),
        now: in_seconds(10),
        access: world.access(),
    }
}

async fn refresh(store: &Store, with: &Refresh) -> Refreshed {
    let with = with.clone();
    tx(store, move |tx| refresh_tokens::refresh(tx, &with)).await
}

fn revoked() -> ConsentState {
    ConsentState::Revoked {
        at: now(),
        initiator: PartyType::Individual,
        reason: UpdateReason::UserAction,
    }
}

fn access_tokens(world: &World, grant: &ConsentGrant) -> i64 {
    let count = format!(
        "SELECT count(*) FROM access_tokens WHERE consent_id = '{}'",
        grant.id
    );
    world.database.session().number(&count)
}

#[tokio::test]
async fn a_refresh_gives_an_access_token_and_the_token_stays() {
    let world = World::new().await;
    let (grant, redeemed) = world.redeemed().await;
    for _ in 0..2 {
        let Refreshed::Given(given) = refresh(&world.store, &new_refresh(&world, &redeemed)).await else {
            panic!("refused")
        };
        assert_eq!(
            (given.consent_id, given.accounts),
            (grant.id, grant.accounts.clone())
        );
        assert_eq!(given.scopes, grant.scopes);
    }
    assert_eq!(access_tokens(&world, &grant), 3);
    // Asked a second time after a lost connection.
    let with = new_refresh(&world, &redeemed);
    assert!(matches!(refresh(&world.store, &with).await, Refreshed::Given(_)));
    assert!(matches!(refresh(&world.store, &with).await, Refreshed::Given(_)));
    assert_eq!(access_tokens(&world, &grant), 4);
}

/// F01, J23
#[tokio::test]
async fn what_does_not_agree_gives_nothing() {
    let world = World::new().await;
    let (grant, redeemed) = world.redeemed().await;
    let good = || new_refresh(&world, &redeemed);
    let mut stranger = good();
    stranger.client.client_id = other_client();
    let refused = [
        ("another client", stranger),
        (
            "another token",
            Refresh {
                token_hash: [9; 32],
                ..good()
            },
        ),
        (
            "another certificate",
            Refresh {
                thumbprint: Some("other".into()),
                ..good()
            },
        ),
        (
            "no certificate",
            Refresh {
                thumbprint: None,
                ..good()
            },
        ),
        (
            "the grant's end",
            Refresh {
                now: grant.expires_at,
                ..good()
            },
        ),
    ];
    for (what, with) in refused {
        let outcome = refresh(&world.store, &with).await;
        assert!(matches!(outcome, Refreshed::Refused), "{what}: {outcome:?}");
    }
    let mut replay = good();
    replay.client.spend = redeemed.client.spend;
    assert!(matches!(
        refresh(&world.store, &replay).await,
        Refreshed::Replayed
    ));
    let mut changed = good();
    changed.client.version = 2;
    assert!(matches!(
        refresh(&world.store, &changed).await,
        Refreshed::ClientChanged
    ));
    assert_eq!(access_tokens(&world, &grant), 1);
}

#[tokio::test]
async fn a_revoked_refresh_token_is_found_and_gives_nothing() {
    let world = World::new().await;
    let (grant, redeemed) = world.redeemed().await;
    let hash = redeemed.refresh.token_hash;
    let found = world.tx(move |tx| refresh_tokens::find(tx, &hash)).await.unwrap();
    assert_eq!(
        (found.consent_id, found.client_id, found.revoked),
        (grant.id, client(), false)
    );
    assert_eq!(
        (found.expires_at, found.thumbprint.as_deref()),
        (grant.expires_at, Some("thumbprint"))
    );

    // T11: not by a client whose it is not.
    assert_eq!(
        world
            .tx(move |tx| refresh_tokens::revoke(tx, &hash, &other_client(), now()))
            .await,
        None
    );
    assert_eq!(
        world
            .tx(move |tx| refresh_tokens::revoke(tx, &hash, &client(), now()))
            .await,
        Some(grant.id)
    );
    assert_eq!(
        world
            .tx(move |tx| refresh_tokens::revoke(tx, &hash, &client(), now()))
            .await,
        None
    );
    assert!(
        world
            .tx(move |tx| refresh_tokens::find(tx, &hash))
            .await
            .unwrap()
            .revoked
    );
    assert!(matches!(
        refresh(&world.store, &new_refresh(&world, &redeemed)).await,
        Refreshed::Refused
    ));
}

/// F08
#[tokio::test]
async fn a_grant_on_hold_gives_nothing_until_the_hold_lifts_by_itself() {
    let world = World::new().await;
    let (grant, redeemed) = world.redeemed().await;
    let (id, held) = (
        grant.id,
        ConsentState::OnHold {
            until: Some(in_seconds(100)),
        },
    );
    world
        .tx(move |tx| store::grants::save_state(tx, id, 1, &held, now()))
        .await;
    let at = |seconds| Refresh {
        now: in_seconds(seconds),
        ..new_refresh(&world, &redeemed)
    };
    assert!(matches!(refresh(&world.store, &at(99)).await, Refreshed::Refused));
    assert!(matches!(
        refresh(&world.store, &at(100)).await,
        Refreshed::Given(_)
    ));
}

/// F05: refreshes race a revocation on two replicas. One that began after the revocation's commit gets nothing,
/// and none that got something was committed after it: the revocation's transaction sees every token.
#[tokio::test(flavor = "multi_thread")]
async fn after_the_revocation_commits_nothing_is_issued() {
    let world = World::new().await;
    let (grant, redeemed) = world.redeemed().await;
    let replicas = [world.store.clone(), world.replica()];
    let racers: Vec<_> = (0..40)
        .map(|number| {
            let (store, with) = (replicas[number % 2].clone(), new_refresh(&world, &redeemed));
            tokio::spawn(async move {
                let outcome = refresh(&store, &with).await;
                (with.access, matches!(outcome, Refreshed::Given(_)))
            })
        })
        .collect();
    let revoke = {
        let (store, id, mut session) = (world.replica(), grant.id, world.database.session());
        tokio::spawn(async move {
            tx(&store, move |tx| {
                store::grants::lock(tx, id)?;
                store::grants::save_state(tx, id, 1, &revoked(), now())
            })
            .await;
            // What the database holds the moment the revocation has committed.
            session.texts("SELECT token_id::text AS value FROM access_tokens")
        })
    };
    let there = revoke.await.unwrap();
    let late = refresh(&world.store, &new_refresh(&world, &redeemed)).await;
    assert!(matches!(late, Refreshed::Refused), "{late:?}");
    for racer in racers {
        let (NewAccessToken { token_id, .. }, given) = racer.await.unwrap();
        if given {
            assert!(
                there.contains(&token_id.to_string()),
                "issued after the revocation had committed"
            );
        }
    }
    assert_eq!(access_tokens(&world, &grant), i64::try_from(there.len()).unwrap());
}

/// The same, one step at a time: the refresh has begun and waits for the revocation, which then commits.
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_waited_for_the_revocation_sees_it() {
    let world = World::new().await;
    let (grant, redeemed) = world.redeemed().await;
    let mut revocation = world.database.session();
    revocation.execute(&format!(
        "BEGIN; UPDATE consent_grants SET state = 'REVOKED', ended_at = now() WHERE consent_id = '{}'",
        grant.id
    ));
    let (store, with) = (world.store.clone(), new_refresh(&world, &redeemed));
    let waiting = tokio::spawn(async move { refresh(&store, &with).await });
    let mut watch = world.database.session();
    tokio::task::spawn_blocking(move || watch.await_waiting(1))
        .await
        .unwrap();
    revocation.execute("COMMIT");
    let outcome = waiting.await.unwrap();
    assert!(matches!(outcome, Refreshed::Refused), "{outcome:?}");
    assert_eq!(access_tokens(&world, &grant), 1);
}
