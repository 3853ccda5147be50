//! Consumers of the reference portal, and what they hold.

use store::{
    holders,
    users::{self, User},
};

use crate::world::{World, account, alice, now};

fn user(password_hash: &str) -> User {
    User {
        user_id: alice(),
        username: "alice".into(),
        display_name: "Alice".into(),
        password_hash: password_hash.into(),
    }
}

#[tokio::test]
async fn a_user_is_found_by_name_and_changed_by_id() {
    let world = World::new().await;
    world.tx(|tx| users::save(tx, &user("first"), now())).await;
    world.tx(|tx| users::save(tx, &user("second"), now())).await;
    let found = world.tx(|tx| users::find_by_username(tx, "alice")).await.unwrap();
    assert_eq!((found.user_id, found.password_hash.as_str()), (alice(), "second"));
    assert!(
        world
            .tx(|tx| users::find_by_username(tx, "Alice"))
            .await
            .is_none()
    );
}

#[tokio::test]
async fn a_user_holds_what_is_theirs() {
    let world = World::new().await;
    world.fill_accounts();
    let held = world.tx(|tx| holders::list_accounts(tx, &alice())).await;
    assert_eq!(held.len(), 3);
    assert_eq!(held[0].1["accountId"], held[0].0.as_str());

    let (checking, savings, nobodys) = (account("checking"), account("savings"), account("nobodys"));
    let cases = [
        (vec![], true),
        (vec![checking.clone()], true),
        (vec![checking.clone(), savings], true),
    ];
    for (accounts, holds) in cases {
        let asked = accounts.clone();
        assert_eq!(
            world
                .tx(move |tx| holders::holds_all(tx, &alice(), &asked.iter().collect::<Vec<_>>()))
                .await,
            holds,
            "{accounts:?}"
        );
    }
    assert!(
        !world
            .tx(move |tx| holders::holds_all(tx, &alice(), &[&checking, &nobodys]))
            .await
    );
    let mallory = "mallory".parse().unwrap();
    assert!(
        !world
            .tx(move |tx| holders::holds_all(tx, &mallory, &[&account("checking")]))
            .await
    );
}
