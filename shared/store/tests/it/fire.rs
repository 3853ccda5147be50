//! The combiners under fire: each asker gets its own right answer, whatever happens to the others.
//!
//! A batch is held in the database by a lock that the test holds, so that what must happen during it does; the
//! test waits for that by asking Postgres who waits, never for time.

use std::{num::NonZeroU32, sync::Arc};

use chrono::NaiveDate;
use domain::{ClientStatus, Instant};
use store::{
    Store, StoreError,
    account_reads::{AccountRead, Part},
    issue::{Issue, Issued, Spend},
};
use testkit::database::Session;
use tokio::task::JoinHandle;

use crate::world::{World, account, client, now, settings, token};

type Answer = Result<Issued, StoreError>;

fn ask(store: &Store, issue: Issue) -> JoinHandle<Answer> {
    let store = store.clone();
    tokio::spawn(async move { store.combined().issue(issue).await })
}

/// A store whose one issuing thread waits in the database until the returned session ends its transaction.
async fn held(world: &World) -> (JoinHandle<Answer>, Session) {
    let issue = world.issue();
    let Spend { spent_id, ends_on } = issue.client.spend.unwrap();
    let mut holder = world.database.session();
    holder.execute(&format!(
        "BEGIN; INSERT INTO spent_ids VALUES ('{spent_id}', '{ends_on}', gen_random_uuid())"
    ));
    let first = ask(&world.store, issue);
    let mut watch = world.database.session();
    tokio::task::spawn_blocking(move || watch.await_waiting(1))
        .await
        .unwrap();
    (first, holder)
}

/// Lets every task that was just spawned run until it waits: what they ask is then in the queue.
async fn let_them_ask(tasks: usize) {
    for _ in 0..tasks * 2 {
        tokio::task::yield_now().await;
    }
}

fn tokens(world: &World) -> i64 {
    world
        .database
        .session()
        .number("SELECT count(*) FROM access_tokens")
}

/// J23: the same assertion a thousand times, on two replicas.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_askers_of_one_jti_exactly_one_wins() {
    let world = World::new().await;
    let stores = [world.store.clone(), world.replica()];
    let spend = world.spend();
    let askers: Vec<_> = (0..1000)
        .map(|number| {
            let mut issue = world.issue();
            issue.client.spend = Some(spend);
            (issue.token_id, ask(&stores[number % 2], issue))
        })
        .collect();
    let mut winners = vec![];
    for (token_id, asker) in askers {
        match asker.await.unwrap().unwrap() {
            Issued::Issued => winners.push(token_id.to_string()),
            other => assert_eq!(other, Issued::Replayed),
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(
        world
            .database
            .session()
            .texts("SELECT token_id::text AS value FROM access_tokens"),
        winners
    );
}

#[tokio::test]
async fn each_of_a_mixed_batch_gets_its_own_answer() {
    let world = World::new().await;
    world
        .tx(|tx| store::clients::set_status(tx, &crate::world::other_client(), ClientStatus::Disabled, now()))
        .await;
    let (first, mut holder) = held(&world).await;
    let spent = world.spend();
    let with = |change: &dyn Fn(&mut Issue)| {
        let mut issue = world.issue();
        change(&mut issue);
        issue
    };
    let askers = [
        (with(&|_| {}), Issued::Issued),
        (with(&|issue| issue.client.version = 9), Issued::ClientChanged),
        (
            with(&|issue| issue.client.client_id = "nobody".parse().unwrap()),
            Issued::ClientChanged,
        ),
        (
            with(&|issue| (issue.client.client_id, issue.client.version) = (crate::world::other_client(), 2)),
            Issued::ClientChanged,
        ),
        (with(&|issue| issue.client.spend = Some(spent)), Issued::Issued),
        (with(&|issue| issue.client.spend = Some(spent)), Issued::Replayed),
    ];
    let asked: Vec<_> = askers
        .into_iter()
        .map(|(issue, wanted)| (ask(&world.store, issue), wanted))
        .collect();
    let_them_ask(asked.len()).await;
    let before = world.store.counts();
    holder.execute("COMMIT");
    assert_eq!(first.await.unwrap().unwrap(), Issued::Replayed);
    for (number, (answer, wanted)) in asked.into_iter().enumerate() {
        assert_eq!(answer.await.unwrap().unwrap(), wanted, "asker {number}");
    }
    let after = world.store.counts();
    assert_eq!(after.questions - before.questions, 7, "the first, and six");
    assert_eq!(after.batches - before.batches, 2, "they went together");
    assert_eq!(tokens(&world), 2);
}

/// A value that Postgres refuses fails the statement of the whole batch; only who sent it is told.
#[tokio::test]
async fn a_bad_row_hurts_only_who_sent_it() {
    let world = World::new().await;
    let (first, mut holder) = held(&world).await;
    let askers: Vec<_> = (0..10)
        .map(|number| {
            let mut issue = world.issue();
            match number {
                3 => issue.issued_at = Instant::MIN_UTC,
                7 => {
                    issue.client.spend = Some(Spend {
                        ends_on: NaiveDate::MIN,
                        ..world.spend()
                    })
                }
                _ => {}
            }
            ask(&world.store, issue)
        })
        .collect();
    let_them_ask(askers.len()).await;
    holder.execute("ROLLBACK");
    assert_eq!(first.await.unwrap().unwrap(), Issued::Issued);
    for (number, asker) in askers.into_iter().enumerate() {
        match (number, asker.await.unwrap()) {
            (3 | 7, answer) => assert!(
                matches!(answer, Err(StoreError::Failed(_))),
                "{number}: {answer:?}"
            ),
            (_, answer) => assert_eq!(answer.unwrap(), Issued::Issued, "{number}"),
        }
    }
    assert_eq!(tokens(&world), 9);
}

/// The connection dies while the batch runs: it is asked again on a new one, and nothing is written twice.
#[tokio::test]
async fn a_connection_lost_in_mid_batch_is_asked_again() {
    let world = World::new().await;
    let (first, mut holder) = held(&world).await;
    let askers: Vec<_> = (0..20).map(|_| ask(&world.store, world.issue())).collect();
    let_them_ask(askers.len()).await;
    assert_eq!(holder.terminate_waiting(), 1);
    // The batch begins anew and waits again for the lock.
    let mut watch = world.database.session();
    tokio::task::spawn_blocking(move || watch.await_waiting(1))
        .await
        .unwrap();
    holder.execute("ROLLBACK");
    assert_eq!(first.await.unwrap().unwrap(), Issued::Issued);
    for asker in askers {
        assert_eq!(asker.await.unwrap().unwrap(), Issued::Issued);
    }
    assert_eq!(tokens(&world), 21);
}

/// The connection died after the commit and before its answer came: the second asking recognises the first.
#[tokio::test]
async fn a_question_asked_twice_is_answered_alike() {
    let world = World::new().await;
    let issue = world.issue();
    for _ in 0..3 {
        assert_eq!(
            ask(&world.store, issue.clone()).await.unwrap().unwrap(),
            Issued::Issued
        );
    }
    assert_eq!(tokens(&world), 1);
}

/// Every connection dies while nobody asks: nobody notices.
#[tokio::test]
async fn connections_that_died_while_idle_are_made_anew() {
    let world = World::new().await;
    assert_eq!(
        ask(&world.store, world.issue()).await.unwrap().unwrap(),
        Issued::Issued
    );
    assert!(world.store.is_ready().await);
    assert!(world.database.session().terminate_others() >= 2);
    assert_eq!(
        ask(&world.store, world.issue()).await.unwrap().unwrap(),
        Issued::Issued
    );
    assert!(world.store.is_ready().await);
}

/// What does not fit into the queue is refused at once; what fits is answered.
#[tokio::test]
async fn a_full_queue_refuses_at_once_and_serves_the_rest() {
    const QUEUE: usize = 2048;
    let world = World::new().await;
    let (first, mut holder) = held(&world).await;
    let askers: Vec<_> = (0..QUEUE + 50)
        .map(|_| ask(&world.store, world.issue()))
        .collect();
    let_them_ask(askers.len()).await;
    let (mut fitting, mut refused) = (vec![], 0);
    for asker in askers {
        if asker.is_finished() {
            let answer = asker.await.unwrap();
            assert!(matches!(answer, Err(StoreError::Unavailable)), "{answer:?}");
            refused += 1;
        } else {
            fitting.push(asker);
        }
    }
    assert_eq!((fitting.len(), refused), (QUEUE, 50));
    holder.execute("ROLLBACK");
    assert_eq!(first.await.unwrap().unwrap(), Issued::Issued);
    for asker in fitting {
        assert_eq!(asker.await.unwrap().unwrap(), Issued::Issued);
    }
    assert_eq!(tokens(&world), i64::try_from(QUEUE + 1).unwrap());
}

/// Who is not answered in time is refused, and what it asked is not asked any more.
#[tokio::test]
async fn who_gives_up_is_not_asked_for() {
    let world = World::new().await;
    let mut impatient = settings(world.database.url());
    impatient.connect_timeout_ms = NonZeroU32::new(1).unwrap();
    let issue = world.issue();
    let Spend { spent_id, ends_on } = issue.client.spend.unwrap();
    let mut holder = world.database.session();
    holder.execute(&format!(
        "BEGIN; INSERT INTO spent_ids VALUES ('{spent_id}', '{ends_on}', gen_random_uuid())"
    ));
    let store = Store::open(&impatient).unwrap();
    for _ in 0..3 {
        let answer = store.combined().issue(issue.clone()).await;
        assert!(matches!(answer, Err(StoreError::Unavailable)), "{answer:?}");
    }
    holder.execute("ROLLBACK");
    // One of them may have been asked before it was given up; the others never were.
    assert!(tokens(&world) <= 1);
}

/// Reads of many tokens at once: each gets its own grant's accounts and no other's.
#[tokio::test(flavor = "multi_thread")]
async fn every_reader_gets_its_own_grant() {
    let world = World::new().await;
    world.fill_accounts();
    let mut grants = vec![];
    for number in 0..20 {
        let mut grant = world.new_grant();
        grant.accounts[0].nickname = Some(format!("nickname {number}"));
        world.insert_grant(&grant).await;
        let redeem = world.redeem(&world.code(&grant, number).await);
        let asked = redeem.clone();
        world.tx(move |tx| store::codes::redeem(tx, &asked)).await;
        grants.push((grant.id, token(redeem.access)));
    }
    let grants = Arc::new(grants);
    let readers: Vec<_> = (0..400)
        .map(|number| {
            let (store, grants) = (world.store.clone(), Arc::clone(&grants));
            tokio::spawn(async move {
                let (consent_id, token) = grants[number % grants.len()];
                let one = (number % 3 == 0).then(|| account("checking"));
                let read = AccountRead {
                    token,
                    account_id: one.clone(),
                    part: Part::Entity,
                };
                let read = store.combined().read_accounts(read).await.unwrap().unwrap();
                assert_eq!(read.standing.grant.unwrap().consent_id, consent_id);
                assert_eq!(read.standing.client_id, client());
                assert_eq!(read.rows.len(), if one.is_some() { 1 } else { 2 });
                assert_eq!(
                    read.rows[0].nickname,
                    Some(format!("nickname {}", number % grants.len()))
                );
            })
        })
        .collect();
    for reader in readers {
        reader.await.unwrap();
    }
}
