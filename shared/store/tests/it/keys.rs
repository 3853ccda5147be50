//! Signing keys: made, listed while they are published, retired.

use store::keys::{self, KeyRow};

use crate::world::{World, in_seconds, now};

fn key(kid: &str) -> KeyRow {
    KeyRow {
        kid: kid.into(),
        algorithm: "ES256".into(),
        sealed_private_key: vec![1, 2, 3],
        active_from: now(),
        signs_until: None,
        published_until: None,
    }
}

#[tokio::test]
async fn a_retired_key_signs_no_more_and_is_published_a_while() {
    let world = World::new().await;
    let retired = world
        .tx(|tx| {
            keys::lock(tx)?;
            keys::insert(tx, &key("old"), now())?;
            keys::insert(tx, &key("new"), now())?;
            keys::retire(tx, "ES256", "new", in_seconds(60), in_seconds(600))
        })
        .await;
    assert_eq!(retired, ["old"]);

    let listed = world.tx(|tx| keys::list(tx, in_seconds(599))).await;
    assert_eq!(listed.len(), 2);
    let old = listed.iter().find(|key| key.kid == "old").unwrap();
    assert_eq!(
        (old.signs_until, old.published_until),
        (Some(in_seconds(60)), Some(in_seconds(600)))
    );
    assert_eq!(old.sealed_private_key, [1, 2, 3]);
    let new = listed.iter().find(|key| key.kid == "new").unwrap();
    assert_eq!((new.signs_until, new.published_until), (None, None));

    let later = world.tx(|tx| keys::list(tx, in_seconds(600))).await;
    assert_eq!(later.len(), 1);
    let again = world
        .tx(|tx| keys::retire(tx, "ES256", "new", in_seconds(1), in_seconds(2)))
        .await;
    assert!(again.is_empty(), "a key is retired once: {again:?}");
}
