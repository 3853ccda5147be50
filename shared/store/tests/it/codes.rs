//! Codes: redeemed once, by one statement that also writes the tokens, and only when everything agrees.

use domain::{ClientStatus, ConsentGrant, ConsentState, DataCluster, consent::DurationType};
use serde_json::json;
use store::{
    Store,
    codes::{self, Redeem, Redeemed},
};

use crate::world::{World, client, in_seconds, now, other_client, tx};

async fn redeem(store: &Store, with: &Redeem) -> Redeemed {
    let with = with.clone();
    tx(store, move |tx| codes::redeem(tx, &with)).await
}

fn tokens_of(world: &World, grant: &ConsentGrant) -> (i64, i64) {
    let mut session = world.database.session();
    let count = |table: &str| format!("SELECT count(*) FROM {table} WHERE consent_id = '{}'", grant.id);
    (
        session.number(&count("access_tokens")),
        session.number(&count("refresh_tokens")),
    )
}

#[tokio::test]
async fn a_redemption_gives_what_was_agreed() {
    let world = World::new().await;
    let grant = world.grant().await;
    let with = world.redeem(&world.code(&grant, 1).await);
    let Redeemed::Given(given) = redeem(&world.store, &with).await else {
        panic!("refused")
    };
    assert_eq!(
        (given.consent_id, given.user_id, given.terms),
        (grant.id, grant.user_id.clone(), grant.terms)
    );
    assert_eq!(
        (given.scopes, given.authentication),
        (grant.scopes.clone(), grant.authentication.clone())
    );
    assert_eq!(
        (given.grant_expires_at, given.context),
        (grant.expires_at, json!({"nonce": "n"}))
    );
    assert_eq!(given.accounts, grant.accounts);
    assert!(
        given.accounts[0]
            .data_clusters
            .contains(&DataCluster::Transactions)
    );
    assert_eq!(tokens_of(&world, &grant), (1, 1));
}

/// Asked a second time after a lost connection: the first time had succeeded.
#[tokio::test]
async fn a_redemption_recognises_itself() {
    let world = World::new().await;
    let (grant, with) = world.redeemed().await;
    assert!(matches!(redeem(&world.store, &with).await, Redeemed::Given(_)));
    assert_eq!(tokens_of(&world, &grant), (1, 1));
}

/// T02
#[tokio::test]
async fn a_second_redemption_is_reuse() {
    let world = World::new().await;
    let grant = world.grant().await;
    let code = world.code(&grant, 1).await;
    redeem(&world.store, &world.redeem(&code)).await;
    let again = redeem(&world.store, &world.redeem(&code)).await;
    assert!(
        matches!(again, Redeemed::Reused { consent_id } if consent_id == grant.id),
        "{again:?}"
    );
    // Reuse is told whatever else does not agree: who holds the code has stolen it.
    let wrong = Redeem {
        code_challenge: Some("other".into()),
        ..world.redeem(&code)
    };
    assert!(matches!(
        redeem(&world.store, &wrong).await,
        Redeemed::Reused { .. }
    ));
    assert_eq!(tokens_of(&world, &grant), (1, 1));
}

/// T03, T05, P10: nothing agrees, nothing is written, and the code stays good for its owner.
#[tokio::test]
async fn what_does_not_agree_gives_nothing() {
    let world = World::new().await;
    let grant = world.grant().await;
    let code = world.code(&grant, 1).await;
    let good = || world.redeem(&code);
    let mut stranger = good();
    stranger.client.client_id = other_client();
    let refused = [
        ("another client", stranger),
        (
            "another code",
            Redeem {
                code_hash: [2; 32],
                ..good()
            },
        ),
        (
            "its end",
            Redeem {
                now: in_seconds(60),
                ..good()
            },
        ),
        (
            "another redirect URI",
            Redeem {
                redirect_uri: Some("https://evil.example/".into()),
                ..good()
            },
        ),
        (
            "another verifier",
            Redeem {
                code_challenge: Some("other".into()),
                ..good()
            },
        ),
        (
            "no verifier",
            Redeem {
                code_challenge: None,
                ..good()
            },
        ),
    ];
    for (what, with) in refused {
        let outcome = redeem(&world.store, &with).await;
        assert!(matches!(outcome, Redeemed::Refused), "{what}: {outcome:?}");
    }
    let mut changed = good();
    changed.client.version = 2;
    assert!(matches!(
        redeem(&world.store, &changed).await,
        Redeemed::ClientChanged
    ));
    assert_eq!(tokens_of(&world, &grant), (0, 0));
    assert!(matches!(redeem(&world.store, &good()).await, Redeemed::Given(_)));
}

/// A verifier is not asked for when the request had no challenge, and one that comes then is refused (P10); the redirect URI
/// must come again (T03).
#[tokio::test]
async fn a_code_without_challenge_takes_no_verifier() {
    let world = World::new().await;
    let grant = world.grant().await;
    let mut code = world.code(&grant, 1).await;
    (code.code_hash, code.code_challenge) = ([2; 32], None);
    let written = code.clone();
    world.tx(move |tx| codes::insert(tx, &written)).await;
    let with_verifier = Redeem {
        code_challenge: Some("challenge".into()),
        ..world.redeem(&code)
    };
    assert!(matches!(
        redeem(&world.store, &with_verifier).await,
        Redeemed::Refused
    ));
    let without_uri = Redeem {
        redirect_uri: None,
        ..world.redeem(&code)
    };
    assert!(matches!(
        redeem(&world.store, &without_uri).await,
        Redeemed::Refused
    ));
    assert!(matches!(
        redeem(&world.store, &world.redeem(&code)).await,
        Redeemed::Given(_)
    ));
}

/// RFC6749-4.1.3 wants the redirect URI again; where a verifier says whose the code is, it may be left out.
#[tokio::test]
async fn a_code_with_challenge_needs_no_redirect_uri() {
    let world = World::new().await;
    let grant = world.grant().await;
    let without_uri = Redeem {
        redirect_uri: None,
        ..world.redeem(&world.code(&grant, 1).await)
    };
    assert!(matches!(
        redeem(&world.store, &without_uri).await,
        Redeemed::Given(_)
    ));
}

/// J23
#[tokio::test]
async fn a_spent_assertion_redeems_nothing() {
    let world = World::new().await;
    let (grant, with) = world.redeemed().await;
    let mut replay = world.redeem(&world.code(&grant, 2).await);
    replay.client.spend = with.client.spend;
    assert!(matches!(redeem(&world.store, &replay).await, Redeemed::Replayed));
    assert_eq!(tokens_of(&world, &grant), (1, 1));
}

/// C08
#[tokio::test]
async fn a_disabled_client_redeems_nothing() {
    let world = World::new().await;
    let grant = world.grant().await;
    let with = world.redeem(&world.code(&grant, 1).await);
    world
        .tx(|tx| store::clients::set_status(tx, &client(), ClientStatus::Disabled, now()))
        .await;
    assert!(matches!(
        redeem(&world.store, &with).await,
        Redeemed::ClientChanged
    ));
    let mut newest = with;
    newest.client.version = 2;
    assert!(matches!(
        redeem(&world.store, &newest).await,
        Redeemed::ClientChanged
    ));
    assert_eq!(tokens_of(&world, &grant), (0, 0));
}

#[tokio::test]
async fn a_grant_that_does_not_live_gives_nothing() {
    let world = World::new().await;
    let grant = world.grant().await;
    let with = world.redeem(&world.code(&grant, 1).await);
    let id = grant.id;
    world
        .tx(move |tx| store::grants::save_state(tx, id, 1, &ConsentState::OnHold { until: None }, now()))
        .await;
    let outcome = redeem(&world.store, &with).await;
    assert!(matches!(outcome, Redeemed::Refused), "{outcome:?}");
    assert_eq!(tokens_of(&world, &grant), (0, 0));
}

/// A hold is decided at the instant: nobody needs to have written down that it is over.
#[tokio::test]
async fn a_code_is_redeemed_once_the_hold_has_lapsed() {
    let world = World::new().await;
    let grant = world.grant().await;
    let with = world.redeem(&world.code(&grant, 1).await);
    let (id, until) = (grant.id, Some(in_seconds(20)));
    world
        .tx(move |tx| store::grants::save_state(tx, id, 1, &ConsentState::OnHold { until }, now()))
        .await;
    let at = |seconds| store::codes::Redeem {
        now: in_seconds(seconds),
        ..with.clone()
    };
    assert!(matches!(redeem(&world.store, &at(19)).await, Redeemed::Refused));
    assert!(matches!(redeem(&world.store, &at(20)).await, Redeemed::Given(_)));
}

#[tokio::test]
async fn a_one_time_grant_gives_no_refresh_token_and_ends_with_its_access_token() {
    let world = World::new().await;
    let mut grant = world.new_grant();
    grant.terms.duration_type = DurationType::OneTime;
    world.insert_grant(&grant).await;
    let with = world.redeem(&world.code(&grant, 1).await);
    assert!(matches!(redeem(&world.store, &with).await, Redeemed::Given(_)));
    assert_eq!(tokens_of(&world, &grant), (1, 0));
    let id = grant.id;
    let found = world.tx(move |tx| store::grants::find(tx, id)).await.unwrap();
    assert_eq!(found.consumed_from, Some(with.access.expires_at));
}

/// T01, on two replicas.
#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_racing_redemptions_exactly_one_is_given() {
    let world = World::new().await;
    let grant = world.grant().await;
    let code = world.code(&grant, 1).await;
    let replicas = [world.store.clone(), world.replica()];
    let racers: Vec<_> = (0..50)
        .map(|number| {
            let (store, with) = (replicas[number % 2].clone(), world.redeem(&code));
            tokio::spawn(async move { redeem(&store, &with).await })
        })
        .collect();
    let mut given = 0;
    for racer in racers {
        match racer.await.unwrap() {
            Redeemed::Given(_) => given += 1,
            Redeemed::Reused { consent_id } => assert_eq!(consent_id, grant.id),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(given, 1);
    assert_eq!(tokens_of(&world, &grant), (1, 1));
}

/// RFC9449-10: a code that was asked for with a key is redeemed with that key alone.
#[tokio::test]
async fn a_code_that_names_a_key_wants_its_proof() {
    let world = World::new().await;
    let grant = world.grant().await;
    let mut code = world.code(&grant, 1).await;
    (code.code_hash, code.dpop_jkt) = ([2; 32], Some("key".into()));
    let written = code.clone();
    world.tx(move |tx| codes::insert(tx, &written)).await;
    for dpop_jkt in [None, Some("other".to_owned())] {
        let with = Redeem {
            dpop_jkt,
            ..world.redeem(&code)
        };
        assert!(matches!(redeem(&world.store, &with).await, Redeemed::Refused));
    }
    let with = Redeem {
        dpop_jkt: Some("key".into()),
        ..world.redeem(&code)
    };
    assert!(matches!(redeem(&world.store, &with).await, Redeemed::Given(_)));
}

/// A code that comes while its grant is on hold gives nothing and is not spent: coming again is no reuse.
#[tokio::test]
async fn a_hold_does_not_spend_the_code() {
    let world = World::new().await;
    let grant = world.grant().await;
    let code = world.code(&grant, 1).await;
    let (id, hold) = (grant.id, domain::ConsentState::OnHold { until: None });
    let saved = world
        .tx(move |tx| store::grants::save_state(tx, id, 1, &hold, in_seconds(0)))
        .await;
    assert!(saved);
    for _ in 0..2 {
        let outcome = redeem(&world.store, &world.redeem(&code)).await;
        assert!(matches!(outcome, Redeemed::Refused), "{outcome:?}");
    }
}
