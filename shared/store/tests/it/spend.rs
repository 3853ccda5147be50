//! Ids that may be used once, spent by many askers together.

use chrono::NaiveDate;
use store::{issue::Spend, spend::Spending};
use uuid::Uuid;

use crate::world::World;

fn spending(id: u128, by: u128) -> Spending {
    let ends_on = NaiveDate::from_ymd_opt(2027, 1, 15).unwrap();
    Spending {
        spend: Spend {
            spent_id: Uuid::from_u128(id),
            ends_on,
        },
        spent_by: Uuid::from_u128(by),
    }
}

/// D01: fifty racing uses of one proof.
#[tokio::test]
async fn of_many_askers_one_spends() {
    let world = World::new().await;
    let asked: Vec<_> = (1..=50)
        .map(|by| {
            let store = world.store.clone();
            tokio::spawn(async move { store.combined().spend(spending(7, by)).await.unwrap() })
        })
        .collect();
    let mut won = 0;
    for answer in asked {
        won += u32::from(answer.await.unwrap());
    }
    assert_eq!(won, 1);
}

/// The same request, asked again after a lost connection, knows itself; another does not.
#[tokio::test]
async fn a_repeat_knows_itself() {
    let world = World::new().await;
    let spend = async |by| world.store.combined().spend(spending(7, by)).await.unwrap();
    assert!(spend(1).await);
    assert!(spend(1).await);
    assert!(!spend(2).await);
}
