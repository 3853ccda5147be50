//! What is asked alone is answered as what is combined: else the benchmark would compare two different things.

use domain::ClientStatus;
use store::{
    account_reads::{AccountRead, Part},
    alone,
    issue::{Issue, Issued, ProvenClient},
    standing,
};

use crate::world::{World, client, now, token};

#[tokio::test]
async fn a_token_is_issued_alone_as_it_is_combined() {
    let world = World::new().await;
    let alone = async |issue: &Issue| {
        let issue = issue.clone();
        world.tx(move |tx| alone::issue(tx, &issue)).await
    };
    let combined = async |issue: &Issue| world.store.combined().issue(issue.clone()).await.unwrap();

    let (one, other) = (world.issue(), world.issue());
    assert_eq!(alone(&one).await, Issued::Issued);
    assert_eq!(combined(&other).await, Issued::Issued);
    for issue in [&one, &other] {
        let again = Issue {
            token_id: world.access().token_id,
            ..issue.clone()
        };
        assert_eq!(alone(&again).await, Issued::Replayed);
        assert_eq!(combined(&again).await, Issued::Replayed);
        // Asked a second time after a lost connection: the first time had succeeded.
        assert_eq!(combined(issue).await, Issued::Issued);
        let reference = store::standing::TokenRef {
            token_id: issue.token_id,
            issued_at: issue.issued_at,
        };
        assert!(world.tx(move |tx| standing::find(tx, reference)).await.is_some());
    }

    let fresh = world.issue();
    let outdated = Issue {
        client: ProvenClient {
            version: 2,
            ..fresh.client.clone()
        },
        ..fresh
    };
    assert_eq!(alone(&outdated).await, Issued::ClientChanged);
    assert_eq!(combined(&outdated).await, Issued::ClientChanged);
}

#[tokio::test]
async fn tokens_that_spend_nothing_are_issued_beside_those_that_do() {
    let world = World::new().await;
    let outright = |version| {
        let mut issue = world.issue();
        issue.client.spend = None;
        issue.client.version = version;
        issue
    };
    let repeated = outright(1);
    assert_eq!(
        world.store.combined().issue(repeated.clone()).await.unwrap(),
        Issued::Issued
    );

    // Asked before any is awaited, so that they wait together: those that spend, and the others with one that is refused.
    let asked: Vec<_> = (0..20)
        .flat_map(|_| {
            [
                (outright(1), Issued::Issued),
                (world.issue(), Issued::Issued),
                // Asked a second time after a lost connection: the first time had succeeded.
                (repeated.clone(), Issued::Issued),
                (outright(2), Issued::ClientChanged),
            ]
        })
        .map(|(issue, expected)| (issue.clone(), world.store.combined().issue(issue), expected))
        .collect();
    for (issue, answer, expected) in asked {
        assert_eq!(answer.await.unwrap(), expected);
        let reference = store::standing::TokenRef {
            token_id: issue.token_id,
            issued_at: issue.issued_at,
        };
        let written = world.tx(move |tx| standing::find(tx, reference)).await.is_some();
        assert_eq!(written, expected == Issued::Issued);
    }
}

#[tokio::test]
async fn accounts_are_read_alone_as_they_are_combined() {
    let world = World::new().await;
    world.fill_accounts();
    let (_, redeemed) = world.redeemed().await;
    let never = token(world.access());
    let token = token(redeemed.access);
    let both = async |token| {
        let alone = world.tx(move |tx| alone::read_accounts(tx, token)).await;
        let read = AccountRead {
            token,
            account_id: None,
            part: Part::Entity,
        };
        let combined = world.store.combined().read_accounts(read).await.unwrap();
        assert_eq!(format!("{alone:?}"), format!("{combined:?}"));
        alone
    };
    assert_eq!(both(token).await.unwrap().rows.len(), 2);
    assert!(both(never).await.is_none());
    world
        .tx(|tx| store::clients::set_status(tx, &client(), ClientStatus::Disabled, now()))
        .await;
    assert!(!both(token).await.unwrap().standing.client_approved);
}
