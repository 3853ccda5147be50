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
        totp_secret_sealed: None,
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

/// L09: fifty with the same code at the same moment are one, a step before it is over, and a new secret begins anew.
#[tokio::test]
async fn l09_a_one_time_code_is_spent_once() {
    const STEP: i64 = 60_000_000;
    let world = World::new().await;
    let with = |secret: &[u8]| User {
        totp_secret_sealed: Some(secret.into()),
        ..user("hash")
    };
    let (first, second) = (with(b"first"), with(b"second"));
    let (save_first, save_again) = (first.clone(), first.clone());
    world.tx(move |tx| users::save(tx, &save_first, now())).await;
    let spend = |secret: &'static [u8], step| {
        let world = &world;
        async move {
            world
                .tx(move |tx| users::spend_totp_step(tx, &alice(), secret, step))
                .await
        }
    };
    let racing = (0..50).map(|_| {
        let store = world.store.clone();
        tokio::spawn(async move {
            let spend = |tx: &mut store::Tx<'_>| Ok(users::spend_totp_step(tx, &alice(), b"first", STEP)?);
            let spent: Result<bool, store::TxError<std::convert::Infallible>> =
                store.once("spend", spend).await;
            spent.unwrap()
        })
    });
    let mut winners = 0;
    for task in racing.collect::<Vec<_>>() {
        winners += usize::from(task.await.unwrap());
    }
    assert_eq!(winners, 1);
    assert!(!spend(b"first", STEP - 1).await, "a step that has passed");
    assert!(!spend(b"other", STEP + 1).await, "a secret that is not theirs");

    world.tx(move |tx| users::save(tx, &save_again, now())).await;
    assert!(
        !spend(b"first", STEP).await,
        "the same secret keeps what was spent"
    );
    world.tx(move |tx| users::save(tx, &second, now())).await;
    assert!(spend(b"second", STEP).await);
    let found = world.tx(|tx| users::find(tx, &alice())).await.unwrap();
    assert_eq!(found.totp_secret_sealed.as_deref(), Some(b"second".as_slice()));
}

#[tokio::test]
async fn a_user_holds_what_is_theirs() {
    let world = World::new().await;
    world.fill_accounts();
    let held = world.tx(|tx| holders::list_accounts(tx, &alice())).await;
    assert_eq!(held.len(), 3);
    assert_eq!(held[0].entity["accountId"], held[0].account_id.as_str());

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
