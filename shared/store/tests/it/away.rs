//! The database is away: refused soon, and no restart is needed when it is back.

use std::{
    convert::Infallible,
    num::NonZeroU32,
    time::{Duration, Instant as Stopwatch},
};

use store::{Store, StoreError, TxError};

use crate::world::{World, client, settings};

#[tokio::test]
async fn a_database_that_is_not_there_is_unavailable_within_a_second() {
    // A port that nobody listens on: bound and given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let settings = config::Database::at(format!("postgres://nobody@127.0.0.1:{port}/nothing").into());
    let store = Store::open(&settings).unwrap();
    let world = World::new().await;
    let began = Stopwatch::now();
    let outcome: Result<_, TxError<Infallible>> = store
        .tx("find", |tx| Ok(store::clients::find(tx, &client())?))
        .await;
    assert!(
        matches!(outcome, Err(TxError::Store(StoreError::Unavailable))),
        "{outcome:?}"
    );
    let issued = store.combined().issue(world.issue()).await;
    assert!(matches!(issued, Err(StoreError::Unavailable)), "{issued:?}");
    assert!(!store.is_ready().await);
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "three questions, each within a second"
    );
    assert!(store.counts().unavailable >= 2);
}

/// Nobody is let in for a while, as when Postgres restarts; then everybody is, and the same store serves.
#[tokio::test]
async fn the_store_serves_again_when_the_database_is_back() {
    let world = World::new().await;
    let mut hasty = settings(world.database.url());
    hasty.connect_timeout_ms = NonZeroU32::new(800).unwrap();
    let store = Store::open(&hasty).unwrap();
    assert!(store.is_ready().await);
    let elsewhere = testkit::database::Database::empty();
    let mut outside = elsewhere.session();
    let allow = |yes: bool| format!("ALTER DATABASE {} ALLOW_CONNECTIONS {yes}", world.database.name());
    outside.execute(&allow(false));
    outside.number(&format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{}'",
        world.database.name()
    ));
    assert!(!store.is_ready().await);
    let issued = store.combined().issue(world.issue()).await;
    assert!(matches!(issued, Err(StoreError::Unavailable)), "{issued:?}");
    outside.execute(&allow(true));
    assert!(store.is_ready().await);
    assert_eq!(
        store.combined().issue(world.issue()).await.unwrap(),
        store::issue::Issued::Issued
    );
}

/// A statement that takes too long is given up by the database itself.
#[tokio::test]
async fn a_statement_that_waits_too_long_is_unavailable() {
    let world = World::new().await;
    let id = world.grant().await.id;
    let mut holder = world.database.session();
    holder.execute(&format!(
        "BEGIN; SELECT FROM consent_grants WHERE consent_id = '{id}' FOR UPDATE"
    ));
    let mut hasty = settings(world.database.url());
    hasty.statement_timeout_ms = NonZeroU32::new(50).unwrap();
    let store = Store::open(&hasty).unwrap();
    let outcome: Result<_, TxError<Infallible>> =
        store.tx("lock", move |tx| Ok(store::grants::lock(tx, id)?)).await;
    assert!(
        matches!(outcome, Err(TxError::Store(StoreError::Unavailable))),
        "{outcome:?}"
    );
}
