//! Grants: written whole, read whole, changed only at the version that was read.

use std::convert::Infallible;

use domain::{
    ConsentGrant, ConsentId, ConsentState, Scopes, UserId,
    consent::{DurationType, PartyType, UpdateReason},
};
use store::{
    TxError,
    consent_lists::{self, Wanted, Window},
    grants,
};

use crate::world::{World, account, alice, client, in_seconds, now, other_client};

async fn find(world: &World, id: ConsentId) -> ConsentGrant {
    world.tx(move |tx| grants::find(tx, id)).await.unwrap()
}

#[tokio::test]
async fn a_grant_reads_as_it_was_written() {
    let world = World::new().await;
    let mut grant = world.new_grant();
    grant.accounts[1].nickname = Some("Rainy days".into());
    grant.authentication.acr = Some("urn:acr".into());
    world.insert_grant(&grant).await;
    let found = find(&world, grant.id).await;
    assert_eq!(found.accounts, grant.accounts);
    assert_eq!(found.authentication, grant.authentication);
    assert_eq!((found.terms, found.scopes), (grant.terms, grant.scopes));
    assert_eq!(
        (found.client_id, found.user_id, found.version),
        (client(), alice(), 1)
    );
    assert_eq!(
        (found.stored_state, found.expires_at),
        (ConsentState::Active, grant.expires_at)
    );
    let id = ConsentId::mint(&world.random);
    assert!(world.tx(move |tx| grants::find(tx, id)).await.is_none());
    assert!(world.tx(move |tx| grants::lock(tx, id)).await.is_none());
}

/// `openid` alone makes a grant that reads no account.
#[tokio::test]
async fn a_grant_may_have_no_account() {
    let world = World::new().await;
    let mut grant = world.new_grant();
    grant.accounts.clear();
    world.insert_grant(&grant).await;
    assert!(find(&world, grant.id).await.accounts.is_empty());
}

#[tokio::test]
async fn every_state_reads_as_it_was_written() {
    let world = World::new().await;
    let grant = world.grant().await;
    let states = [
        ConsentState::OnHold { until: None },
        ConsentState::OnHold {
            until: Some(in_seconds(60)),
        },
        ConsentState::Active,
        ConsentState::Expired { at: in_seconds(1) },
        ConsentState::Consumed { at: in_seconds(2) },
        ConsentState::Revoked {
            at: in_seconds(3),
            initiator: PartyType::Individual,
            reason: UpdateReason::UserAction,
        },
    ];
    for (version, state) in (1..).zip(states) {
        let (id, written) = (grant.id, state.clone());
        assert!(
            world
                .tx(move |tx| grants::save_state(tx, id, version, &written, in_seconds(9)))
                .await
        );
        let found = find(&world, id).await;
        assert_eq!(
            (found.stored_state, found.version, found.updated_at),
            (state, version + 1, in_seconds(9))
        );
    }
}

#[tokio::test]
async fn a_state_is_written_only_over_the_version_that_was_read() {
    let world = World::new().await;
    let id = world.grant().await.id;
    let hold = |version| {
        move |tx: &mut store::Tx<'_>| {
            grants::save_state(tx, id, version, &ConsentState::OnHold { until: None }, now())
        }
    };
    assert!(!world.tx(hold(2)).await);
    assert!(world.tx(hold(1)).await);
    assert!(!world.tx(hold(1)).await);
}

#[tokio::test]
async fn a_consumers_grants_come_newest_first_page_by_page() {
    let world = World::new().await;
    let page = |user_id: UserId, after, limit| {
        let world = &world;
        async move {
            let wanted = Wanted {
                user_id,
                client_id: None,
                states: vec![],
                created: Window::default(),
                expires: Window::default(),
                after,
                limit,
                now: now(),
            };
            let page = world.tx(move |tx| consent_lists::list(tx, &wanted)).await;
            let place = |shown: store::user_consents::Shown| (shown.listed_at, shown.grant.id);
            page.consents.into_iter().map(place).collect::<Vec<_>>()
        }
    };
    let mut ids = vec![];
    for age in [3, 2, 2, 1] {
        let mut grant = world.new_grant();
        grant.created_at = now() - chrono::Duration::days(age);
        world.insert_grant(&grant).await;
        ids.push((grant.created_at, grant.id));
    }
    ids.sort_by(|(a_at, a), (b_at, b)| b_at.cmp(a_at).then(a.uuid().cmp(&b.uuid())));
    let mut listed = vec![];
    let mut after = None;
    loop {
        let page = page(alice(), after, 2).await;
        let Some(last) = page.last() else { break };
        after = Some(*last);
        listed.extend(page);
    }
    assert_eq!(listed, ids);
    assert!(page("mallory".parse().unwrap(), None, 10).await.is_empty());
}

#[tokio::test]
async fn the_living_are_counted_for_one_consumer_and_one_recipient() {
    let world = World::new().await;
    let (mut ended, mut other) = (world.new_grant(), world.new_grant());
    ended.expires_at = in_seconds(10);
    other.client_id = other_client();
    let living = world.new_grant();
    for grant in [&ended, &other, &living, &world.new_grant()] {
        world.insert_grant(grant).await;
    }
    let id = ended.id;
    let count = |at| move |tx: &mut store::Tx<'_>| grants::count_living(tx, &alice(), &client(), at, None);
    assert_eq!(world.tx(count(now())).await, 3);
    assert_eq!(
        world.tx(count(in_seconds(10))).await,
        2,
        "ended by time, whatever its row says"
    );
    world
        .tx(move |tx| grants::save_state(tx, id, 1, &ConsentState::OnHold { until: None }, now()))
        .await;
    assert_eq!(world.tx(count(now())).await, 3, "on hold is not over");
    let revoked = ConsentState::Revoked {
        at: now(),
        initiator: PartyType::Individual,
        reason: UpdateReason::UserAction,
    };
    world
        .tx(move |tx| grants::save_state(tx, id, 2, &revoked, now()))
        .await;
    assert_eq!(world.tx(count(now())).await, 2);
    let renewed =
        move |tx: &mut store::Tx<'_>| grants::count_living(tx, &alice(), &client(), now(), Some(living.id));
    assert_eq!(
        world.tx(renewed).await,
        1,
        "the one that is renewed does not count"
    );
}

/// O25: of many that race for the last place, one gets it.
#[tokio::test(flavor = "multi_thread")]
async fn the_cap_on_consents_holds_in_a_race() {
    let world = World::new().await;
    let racers: Vec<_> = (0..12)
        .map(|_| {
            let (store, grant) = (world.store.clone(), world.new_grant());
            tokio::spawn(async move {
                let insert = move |tx: &mut store::Tx<'_>| -> Result<bool, TxError<Infallible>> {
                    if grants::count_living(tx, &alice(), &client(), now(), None)? >= 3 {
                        return Ok(false);
                    }
                    grants::insert(tx, &grant, &serde_json::json!({}))?;
                    Ok(true)
                };
                store.tx("race", insert).await.unwrap()
            })
        })
        .collect();
    let mut inserted = 0;
    for racer in racers {
        inserted += i32::from(racer.await.unwrap());
    }
    assert_eq!(inserted, 3);
    assert_eq!(
        world
            .database
            .session()
            .number("SELECT count(*) FROM consent_grants"),
        3
    );
}

#[tokio::test]
async fn what_time_has_done_is_found_once_it_has() {
    let world = World::new().await;
    let (mut soon, mut once) = (world.new_grant(), world.new_grant());
    soon.expires_at = in_seconds(10);
    once.terms.duration_type = DurationType::OneTime;
    for grant in [&soon, &once, &world.new_grant()] {
        world.insert_grant(grant).await;
    }
    // A ONE_TIME grant ends with its one token.
    let redeem = world.redeem(&world.code(&once, 1).await);
    world.tx(move |tx| store::codes::redeem(tx, &redeem)).await;
    let held = world.grant().await;
    let until = ConsentState::OnHold {
        until: Some(in_seconds(20)),
    };
    world
        .tx(move |tx| grants::save_state(tx, held.id, 1, &until, now()))
        .await;
    let due = |at| {
        let world = &world;
        async move {
            let mut ids = world.tx(move |tx| store::due::list(tx, at, 10)).await;
            ids.sort_unstable();
            ids
        }
    };
    let sorted = |mut ids: Vec<ConsentId>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(due(in_seconds(9)).await, []);
    assert_eq!(due(in_seconds(10)).await, [soon.id]);
    assert_eq!(due(in_seconds(20)).await, sorted(vec![soon.id, held.id]));
    assert_eq!(
        due(in_seconds(300)).await,
        sorted(vec![soon.id, once.id, held.id])
    );
    assert_eq!(find(&world, once.id).await.consumed_from, Some(in_seconds(300)));
}

/// Whoever is on it keeps it: another that would write the same passes by.
#[tokio::test]
async fn a_grant_that_another_has_in_hand_is_passed_by() {
    let world = World::new().await;
    let grant = world.grant().await;
    let mut session = world.database.session();
    session.execute("BEGIN; SELECT 1 FROM consent_grants FOR UPDATE");
    let busy = world.tx(move |tx| grants::lock_unless_busy(tx, grant.id)).await;
    assert!(busy.is_none());
    session.execute("COMMIT");
    assert!(
        world
            .tx(move |tx| grants::lock_unless_busy(tx, grant.id))
            .await
            .is_some()
    );
}

/// O08
#[tokio::test]
async fn a_grant_is_found_within_reach_alone() {
    let world = World::new().await;
    let (grant, another) = (world.grant().await, world.grant().await);
    let found = |client_id: domain::ClientId, bound_to| {
        let (world, id) = (&world, grant.id);
        async move {
            let within = move |tx: &mut store::Tx<'_>| {
                let reach = grants::Reach {
                    client_id: &client_id,
                    bound_to,
                };
                Ok(grants::find_within(tx, id, reach)?.is_some())
            };
            world.tx(within).await
        }
    };
    assert!(found(client(), None).await);
    assert!(found(client(), Some(grant.id)).await);
    assert!(
        !found(client(), Some(another.id)).await,
        "a token of another consent"
    );
    assert!(!found(other_client(), None).await);
}

#[tokio::test]
async fn a_removed_account_leaves_the_grant_and_keeps_its_row() {
    let world = World::new().await;
    let grant = world.grant().await;
    let (id, scopes) = (grant.id, Scopes::parse("fdx:accountbasic:read").unwrap());
    let stale = grant.clone();
    let kept = scopes.clone();
    let remove = move |grant: ConsentGrant| {
        let scopes = scopes.clone();
        move |tx: &mut store::Tx<'_>| {
            grants::remove_accounts(tx, &grant, &[account("checking")], &scopes, in_seconds(5))
        }
    };
    assert!(world.tx(remove(grant)).await);
    let left = find(&world, id).await;
    assert_eq!((left.version, left.updated_at), (2, in_seconds(5)));
    assert_eq!(left.scopes, kept);
    let ids: Vec<_> = left
        .accounts
        .iter()
        .map(|account| account.account_id.as_str())
        .collect();
    assert_eq!(ids, ["savings"]);
    let rows = "SELECT count(*) FROM consent_accounts WHERE removed_at IS NOT NULL";
    assert_eq!(world.database.session().number(rows), 1);
    assert!(
        !world.tx(remove(stale)).await,
        "only from the version that was read"
    );
}

/// Of two renewals one wins.
#[tokio::test]
async fn a_grant_has_one_successor() {
    let world = World::new().await;
    let old = world.grant().await;
    let mut new = world.new_grant();
    new.supersedes = Some(old.id);
    world.insert_grant(&new).await;
    let supersede = move |tx: &mut store::Tx<'_>| grants::supersede(tx, old.id, new.id);
    assert!(world.tx(supersede).await);
    assert!(!world.tx(supersede).await);
    assert_eq!(find(&world, old.id).await.superseded_by, Some(new.id));
    assert_eq!(find(&world, new.id).await.supersedes, Some(old.id));
}

#[tokio::test]
async fn a_refusal_that_is_a_fact_is_kept() {
    let world = World::new().await;
    let grant = world.grant().await;
    let refuse = |keep: bool| {
        let store = world.store.clone();
        async move {
            let use_case = move |tx: &mut store::Tx<'_>| {
                grants::count_refused(tx, grant.id)?;
                if keep {
                    tx.keep_if_refused();
                }
                Err::<(), _>(TxError::Refused("no"))
            };
            let outcome = store.tx("refused", use_case).await;
            assert!(matches!(outcome, Err(TxError::Refused("no"))), "{outcome:?}");
        }
    };
    let counted = "SELECT refused_changes FROM consent_grants";
    refuse(false).await;
    assert_eq!(world.database.session().number(counted), 0);
    refuse(true).await;
    assert_eq!(world.database.session().number(counted), 1);
    for _ in 0..20 {
        refuse(true).await;
    }
    assert_eq!(
        world.database.session().number(counted),
        16,
        "and no more than that"
    );
}
