//! Joint accounts: what the holders say, and that nothing of an account is read until all of them have approved.

use domain::UserId;
use store::{
    account_reads::{AccountRead, Part},
    approvals,
    transaction_reads::TransactionRead,
};

use crate::world::{World, account, alice, in_seconds, now, token};

fn user(id: &str) -> UserId {
    id.parse().unwrap()
}

/// Alice holds `checking` with bob and carol, who must both approve, and `savings` alone.
async fn joint() -> World {
    let world = World::new().await;
    world.fill_accounts();
    world.database.session().execute(
        "INSERT INTO account_holders (user_id, account_id, approves)
         VALUES ('bob', 'checking', true), ('carol', 'checking', true), ('dave', 'checking', false)",
    );
    world
}

#[tokio::test]
async fn every_holder_who_must_approve_is_named_and_the_grantor_with_them() {
    let world = joint().await;
    let needed = world
        .tx(|tx| store::holders::list_approving(tx, &alice(), &[&account("checking"), &account("savings")]))
        .await;
    let mut needed: Vec<_> = needed
        .iter()
        .map(|(account_id, user_id)| (account_id.as_str(), user_id.as_str()))
        .collect();
    needed.sort_unstable();
    assert_eq!(
        needed,
        [("checking", "alice"), ("checking", "bob"), ("checking", "carol")]
    );
    let alone = world
        .tx(|tx| store::holders::list_approving(tx, &user("bob"), &[&account("savings")]))
        .await;
    assert_eq!(alone, []);
    let held = world.tx(|tx| store::holders::list_accounts(tx, &alice())).await;
    let awaiting: Vec<_> = held
        .iter()
        .map(|held| (held.account_id.as_str(), held.awaiting))
        .collect();
    assert_eq!(awaiting, [("checking", 2), ("savings", 0), ("unshared", 0)]);
}

#[tokio::test]
async fn an_account_is_read_while_every_approval_stands() {
    let world = joint().await;
    let mut grant = world.new_grant();
    grant.accounts[0].awaiting = 2;
    world.insert_grant(&grant).await;
    let id = grant.id;
    world
        .tx(move |tx| {
            let needed = store::holders::list_approving(tx, &alice(), &[&account("checking")])?;
            approvals::insert(tx, id, &alice(), &needed, now())
        })
        .await;
    let redeem = world.redeem(&world.code(&grant, 1).await);
    let token = token(redeem.access);
    world.tx(move |tx| store::codes::redeem(tx, &redeem)).await;

    let read = || async {
        let reads = world.store.combined();
        let accounts = reads
            .read_accounts(AccountRead {
                token,
                account_id: None,
                part: Part::Entity,
            })
            .await
            .unwrap()
            .unwrap();
        let transactions = reads
            .read_transactions(TransactionRead {
                token,
                account_id: account("checking"),
                from: now() - chrono::Duration::days(10),
                until: now(),
                after: None,
                limit: 5,
                now: now(),
            })
            .await
            .unwrap()
            .unwrap();
        (accounts.rows.len(), transactions.rows.len())
    };
    let say = |who: &'static str, approves, version, seconds| {
        let world = &world;
        async move {
            world
                .tx(move |tx| {
                    let ids = [account("checking")];
                    approvals::save(tx, (id, version), &user(who), approves, &ids, in_seconds(seconds))
                })
                .await
        }
    };
    assert_eq!(read().await, (1, 0), "savings alone");
    assert!(say("bob", true, 1, 1).await);
    assert_eq!(read().await, (1, 0), "carol is still missing");
    assert!(!say("carol", true, 1, 2).await, "another version");
    assert!(say("carol", true, 2, 2).await);
    assert_eq!(read().await, (2, 5));
    assert!(say("bob", false, 3, 3).await);
    assert_eq!(read().await, (1, 0), "taken back");
    assert!(say("alice", false, 4, 4).await);
    assert!(say("bob", true, 5, 5).await);
    assert_eq!(read().await, (1, 0), "the grantor took theirs back");
    assert!(say("alice", true, 6, 6).await);
    assert_eq!(read().await, (2, 5));

    let said = world.tx(move |tx| approvals::list(tx, id)).await;
    let said: Vec<_> = said
        .iter()
        .map(|approval| (approval.user_id.as_str(), approval.approved_at, approval.stands()))
        .collect();
    assert_eq!(
        said,
        [
            ("alice", Some(in_seconds(6)), true),
            ("bob", Some(in_seconds(5)), true),
            ("carol", Some(in_seconds(2)), true),
        ]
    );
}
