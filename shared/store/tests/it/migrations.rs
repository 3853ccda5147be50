//! Each migration can be run and taken back, on a database with nothing in it and on one with rows.

use testkit::database::{Database, Session};

use crate::world::{World, settings};

/// Tables, indexes and functions of ours.
fn schema(session: &mut Session) -> Vec<String> {
    session.texts(
        "SELECT relkind::text || ' ' || relname AS value FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
         WHERE nspname = 'public' AND relname NOT LIKE '\\_\\_diesel%'
         UNION ALL SELECT 'f ' || proname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
         WHERE nspname = 'public' ORDER BY 1",
    )
}

#[test]
fn up_down_and_up_again_leads_to_the_same_schema() {
    let database = Database::empty();
    let mut migrations = store::Migrations::open(&settings(database.url())).unwrap();
    let mut session = database.session();
    let steps = migrations.up().unwrap();
    let migrated = schema(&mut session);
    assert!(
        migrated.iter().any(|object| object == "r consent_grants"),
        "{migrated:?}"
    );

    let taken_back = migrations.down(u32::try_from(steps.len()).unwrap()).unwrap();
    assert_eq!(taken_back.into_iter().rev().collect::<Vec<_>>(), steps);
    assert_eq!(schema(&mut session), Vec::<String>::new());
    assert!(migrations.down(1).is_err());

    assert_eq!(migrations.up().unwrap(), steps);
    assert_eq!(schema(&mut session), migrated);
    assert_eq!(migrations.up().unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_database_in_use_can_be_taken_back() {
    let world = World::new().await;
    world.redeemed().await;
    world.fill_accounts();
    assert!(world.store.is_ready().await);
    let steps = world
        .database
        .session()
        .number("SELECT count(*) FROM __diesel_schema_migrations");
    let mut migrations = store::Migrations::open(&settings(world.database.url())).unwrap();
    migrations.down(u32::try_from(steps).unwrap()).unwrap();
    assert!(!world.store.is_ready().await);
}
