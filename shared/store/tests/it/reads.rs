//! Reads through the combiners: the standing and the rows of one token, decided and read in one statement.

use domain::{ClientStatus, ConsentState, DataCluster};
use store::{
    account_reads::{AccountRead, AccountRow, Part},
    standing::{Read, TokenRef},
    transaction_reads::{Position, TransactionRead, TransactionRow},
};

use crate::world::{World, account, client, in_seconds, now, token};

async fn accounts(world: &World, token: TokenRef, one: Option<&str>, part: Part) -> Option<Read<AccountRow>> {
    let read = AccountRead {
        token,
        account_id: one.map(account),
        part,
    };
    world.store.combined().read_accounts(read).await.unwrap()
}

fn of_checking(token: TokenRef) -> TransactionRead {
    TransactionRead {
        token,
        account_id: account("checking"),
        from: now() - chrono::Duration::days(1000),
        until: now(),
        after: None,
        limit: 100,
        now: now(),
    }
}

async fn transactions(world: &World, read: TransactionRead) -> Read<TransactionRow> {
    world
        .store
        .combined()
        .read_transactions(read)
        .await
        .unwrap()
        .unwrap()
}

fn ids(read: &Read<TransactionRow>) -> Vec<&str> {
    let id = |row: &TransactionRow| {
        row.transaction
            .as_ref()
            .map(|(at, _)| at.transaction_id.as_str().to_owned())
    };
    read.rows
        .iter()
        .filter_map(|row| row.transaction.as_ref())
        .map(|(position, entity)| {
            assert!(entity.contains(position.transaction_id.as_str()));
            position.transaction_id.as_str()
        })
        .inspect(|_| assert!(read.rows.iter().all(|row| id(row).is_some())))
        .collect()
}

#[tokio::test]
async fn the_accounts_of_a_grant_are_read_in_its_order() {
    let world = World::new().await;
    world.fill_accounts();
    let (grant, redeemed) = world.redeemed().await;
    let token = token(redeemed.access);
    let read = accounts(&world, token, None, Part::Entity).await.unwrap();
    assert_eq!(read.standing.grant.unwrap().consent_id, grant.id);
    let rows: Vec<_> = read.rows.iter().map(|row| row.account_id.as_str()).collect();
    assert_eq!(rows, ["checking", "savings"], "and never one that was not shared");
    assert_eq!(
        read.rows[0].data_clusters,
        [DataCluster::AccountBasic, DataCluster::Transactions]
    );
    assert_eq!(
        read.rows[0].document.as_deref(),
        Some(r#"{"accountId": "checking"}"#)
    );

    let one = accounts(&world, token, Some("savings"), Part::Contact)
        .await
        .unwrap();
    assert_eq!(one.rows.len(), 1);
    assert_eq!(one.rows[0].document.as_deref(), Some(r#"{"name": "A"}"#));
    let none = accounts(&world, token, Some("savings"), Part::PaymentNetworks)
        .await
        .unwrap();
    assert_eq!(none.rows[0].document, None);
    let none = accounts(&world, token, Some("savings"), Part::AssetTransferNetworks)
        .await
        .unwrap();
    assert_eq!(none.rows[0].document, None);
    // O10
    assert!(
        accounts(&world, token, Some("unshared"), Part::Entity)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
}

#[tokio::test]
async fn an_account_that_is_gone_has_no_document() {
    let world = World::new().await;
    let (_, redeemed) = world.redeemed().await;
    let read = accounts(&world, token(redeemed.access), None, Part::Entity)
        .await
        .unwrap();
    assert_eq!(read.rows.len(), 2);
    assert!(read.rows.iter().all(|row| row.document.is_none()));
}

#[tokio::test]
async fn a_token_that_was_never_issued_reads_nothing() {
    let world = World::new().await;
    world.redeemed().await;
    assert!(
        accounts(&world, token(world.access()), None, Part::Entity)
            .await
            .is_none()
    );
    let never = of_checking(token(world.access()));
    assert!(
        world
            .store
            .combined()
            .read_transactions(never)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_read_sees_what_was_decided_before_it() {
    let world = World::new().await;
    let (grant, redeemed) = world.redeemed().await;
    let (id, token) = (grant.id, token(redeemed.access));
    world
        .tx(move |tx| store::grants::save_state(tx, id, 1, &ConsentState::OnHold { until: None }, now()))
        .await;
    world
        .tx(|tx| store::clients::set_status(tx, &client(), ClientStatus::Disabled, now()))
        .await;
    let standing = accounts(&world, token, None, Part::Entity)
        .await
        .unwrap()
        .standing;
    assert_eq!(
        standing.grant.unwrap().stored_state,
        ConsentState::OnHold { until: None }
    );
    assert!(!standing.client_approved);
    let standing = transactions(&world, of_checking(token)).await.standing;
    assert_eq!(
        standing.grant.unwrap().stored_state,
        ConsentState::OnHold { until: None }
    );
}

#[tokio::test]
async fn transactions_come_newest_first_page_by_page() {
    let world = World::new().await;
    world.fill_accounts();
    // Three of one instant, so that a page can end between them.
    world.database.session().execute(
        "INSERT INTO transactions SELECT account_id, 't3' || letter, occurred_at, entity || jsonb_build_object('transactionId', 't3' || letter)
         FROM transactions, unnest(ARRAY['a', 'b']) AS letter WHERE transaction_id = 't3'",
    );
    let (_, redeemed) = world.redeemed().await;
    let token = token(redeemed.access);
    let mut listed: Vec<String> = vec![];
    let mut after: Option<Position> = None;
    loop {
        let page = transactions(
            &world,
            TransactionRead {
                after,
                limit: 5,
                ..of_checking(token)
            },
        )
        .await;
        listed.extend(ids(&page).into_iter().map(str::to_owned));
        let Some((position, _)) = page.rows.last().and_then(|row| row.transaction.clone()) else {
            break;
        };
        after = Some(position);
    }
    let mut expected: Vec<String> = (0..90).map(|day| format!("t{day}")).collect();
    expected.splice(4..4, ["t3a".to_owned(), "t3b".to_owned()]);
    assert_eq!(listed, expected);
}

/// O13: the lookback is counted from the request, whatever is asked and however it is paged.
#[tokio::test]
async fn nothing_older_than_the_lookback_is_read() {
    let world = World::new().await;
    world.fill_accounts();
    let (_, redeemed) = world.redeemed().await;
    let token = token(redeemed.access);
    assert_eq!(
        ids(&transactions(
            &world,
            TransactionRead {
                limit: 500,
                ..of_checking(token)
            }
        )
        .await)
        .len(),
        90
    );
    let tomorrow = TransactionRead {
        now: in_seconds(86_400),
        limit: 500,
        ..of_checking(token)
    };
    assert_eq!(ids(&transactions(&world, tomorrow).await).len(), 89);
    let beyond = Position {
        occurred_at: now() - chrono::Duration::days(100),
        transaction_id: "t100".parse().unwrap(),
    };
    let paged = TransactionRead {
        after: Some(beyond),
        ..of_checking(token)
    };
    assert!(ids(&transactions(&world, paged).await).is_empty());
}

#[tokio::test]
async fn a_window_is_from_inclusive_until_exclusive() {
    let world = World::new().await;
    world.fill_accounts();
    let (_, redeemed) = world.redeemed().await;
    let at = |day: i64| now() - chrono::Duration::hours(1) - chrono::Duration::days(day);
    let read = TransactionRead {
        from: at(4),
        until: at(1),
        ..of_checking(token(redeemed.access))
    };
    assert_eq!(ids(&transactions(&world, read).await), ["t2", "t3", "t4"]);
}

#[tokio::test]
async fn an_account_that_is_not_shared_shows_no_transaction() {
    let world = World::new().await;
    world.fill_accounts();
    world
        .database
        .session()
        .execute("UPDATE transactions SET account_id = 'unshared'");
    let (_, redeemed) = world.redeemed().await;
    let token = token(redeemed.access);
    let unshared = TransactionRead {
        account_id: account("unshared"),
        ..of_checking(token)
    };
    assert!(transactions(&world, unshared).await.rows.is_empty());
    let empty = transactions(&world, of_checking(token)).await;
    assert_eq!(
        empty.rows.len(),
        1,
        "a shared account without transactions is told from one that is not shared"
    );
    assert!(empty.rows[0].transaction.is_none());
    assert_eq!(
        empty.rows[0].data_clusters,
        [DataCluster::AccountBasic, DataCluster::Transactions]
    );
}
