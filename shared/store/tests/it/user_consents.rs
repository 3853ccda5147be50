//! Consents as their consumer sees them: all of it, nothing of others', and no partition opened that holds none of it.

use chrono::{Duration, Months};
use domain::{ConsentId, ConsentState, DataCluster, Instant, TokenId, UserId, id::random_uuid};
use serde_json::json;
use store::{
    accesses::Access,
    consent_lists::{self, Wanted, Window},
    grants,
    history::{self, HistoryRow},
    user_consents::{self, Page, Shown},
};

use crate::world::{World, account, alice, client, now, other_client};

fn bob() -> UserId {
    "bob".parse().unwrap()
}

async fn find(world: &World, id: ConsentId, user_id: UserId) -> Option<(Shown, Page)> {
    world.tx(move |tx| user_consents::find(tx, id, &user_id)).await
}

async fn list(world: &World, user_id: UserId) -> Page {
    let wanted = Wanted {
        user_id,
        client_id: None,
        states: vec![],
        created: Window::default(),
        expires: Window::default(),
        after: None,
        limit: 10,
        now: now(),
    };
    world.tx(move |tx| consent_lists::list(tx, &wanted)).await
}

#[tokio::test]
async fn a_consent_comes_with_all_that_is_shown_of_it() {
    let world = World::new().await;
    world.fill_accounts();
    let mut grant = world.new_grant();
    grant.accounts[0].awaiting = 1;
    world.insert_grant(&grant).await;
    let id = grant.id;
    let needed = [(account("checking"), alice()), (account("checking"), bob())];
    let at = grant.created_at;
    world
        .tx(move |tx| store::approvals::insert(tx, id, &alice(), &needed, at))
        .await;
    let removed = [account("savings")];
    let before = grant.clone();
    world
        .tx(move |tx| grants::remove_accounts(tx, &before, &removed, &before.scopes, now()))
        .await;

    let (shown, page) = find(&world, id, alice()).await.unwrap();
    assert_eq!(shown.grant.accounts, [grant.accounts[0].clone()]);
    assert_eq!(shown.removed, [(account("savings"), now())]);
    let said: Vec<_> = shown
        .approvals
        .iter()
        .map(|approval| (approval.user_id.as_str(), approval.stands()))
        .collect();
    assert_eq!(said, [("alice", true), ("bob", false)]);
    assert!(page.recipients.contains_key(&client()));
    let held: Vec<_> = page.held.keys().map(|id| id.as_str()).collect();
    assert_eq!(held, ["checking", "savings", "unshared"]);

    // A holder finds it, with accounts of their own; a stranger finds nothing.
    let (shown, page) = find(&world, id, bob()).await.unwrap();
    assert_eq!((shown.grant.id, page.held.len()), (id, 0));
    assert!(find(&world, id, "mallory".parse().unwrap()).await.is_none());
    let nothing = ConsentId::mint(&world.random);
    assert!(find(&world, nothing, alice()).await.is_none());

    let [listed, holders] = [list(&world, alice()).await, list(&world, bob()).await];
    assert_eq!(listed.consents[0].grant.accounts, shown.grant.accounts);
    assert_eq!(listed.consents[0].approvals, shown.approvals);
    assert_eq!(holders.consents[0].listed_at, at);
}

#[tokio::test]
async fn what_consents_of_a_page_have_in_common_comes_once_and_for_all_of_them() {
    let world = World::new().await;
    world.fill_accounts();
    for age in 0..4 {
        let mut grant = world.new_grant();
        grant.created_at = now() - Duration::days(age);
        if age % 2 == 1 {
            grant.client_id = other_client();
        }
        world.insert_grant(&grant).await;
    }
    let page = list(&world, alice()).await;
    assert_eq!(page.consents.len(), 4);
    assert!(page.consents.is_sorted_by(|a, b| a.listed_at > b.listed_at));
    let recipients: Vec<_> = page.recipients.into_keys().collect();
    assert_eq!(recipients, [client(), other_client()]);
    assert_eq!(page.held.len(), 3);
}

fn told(sequence: i32, happened_at: Instant) -> HistoryRow {
    HistoryRow {
        sequence,
        happened_at,
        action: "MODIFIED".into(),
        actor: "CONSUMER".into(),
        channel: "participant-user".into(),
        reason: (sequence > 1).then(|| "a \"reason\"".into()),
        content: json!({}),
        content_hash: vec![1; 32],
        previous_hash: vec![0; 32],
        row_hash: vec![2; 32],
    }
}

async fn story(world: &World, id: ConsentId) -> (Vec<i32>, Option<Instant>) {
    let (shown, _) = find(world, id, alice()).await.unwrap();
    let (told, access) = world
        .tx(move |tx| user_consents::story(tx, &shown, now(), 200))
        .await;
    let sequences = told.iter().map(|told| told.sequence).collect();
    (sequences, access.map(|access| access.accessed_at))
}

/// A change and its row of history have one instant; refusals and renewals come after it and are told all the same.
#[tokio::test]
async fn every_row_of_history_is_told_whenever_it_was_written() {
    let world = World::new().await;
    let [granted, revoked, refused] = [8, 5, 1].map(|months| now() - Months::new(months));
    let mut grant = world.new_grant();
    (grant.created_at, grant.updated_at) = (granted, granted);
    world.insert_grant(&grant).await;
    let id = grant.id;
    world
        .tx(move |tx| history::insert(tx, id, &told(1, granted)))
        .await;
    assert_eq!(story(&world, id).await, (vec![1], None));
    for (days, read) in [(1, "a"), (40, "b"), (70, "c")] {
        let access = Access {
            access_id: random_uuid(&world.random),
            accessed_at: granted + Duration::days(days),
            consent_id: id,
            client_id: client(),
            token_id: TokenId::mint(now(), &world.random),
            operation: "searchForAccounts".into(),
            account_ids: vec![account("checking")],
            data_clusters: vec![DataCluster::AccountBasic],
            attended: true,
            interaction_id: read.into(),
        };
        world.store.accesses().record(access).await.unwrap();
    }
    world.store.accesses().flush().await.unwrap();
    let state = ConsentState::Revoked {
        at: revoked,
        initiator: domain::consent::PartyType::Individual,
        reason: domain::consent::UpdateReason::UserAction,
    };
    world
        .tx(move |tx| {
            assert!(grants::save_state(tx, id, 1, &state, revoked)?);
            history::insert(tx, id, &told(2, revoked))
        })
        .await;
    let last_read = Some(granted + Duration::days(70));
    assert_eq!(story(&world, id).await, (vec![1, 2], last_read));
    world
        .tx(move |tx| {
            grants::count_refused(tx, id)?;
            history::insert(tx, id, &told(3, refused))
        })
        .await;
    assert_eq!(story(&world, id).await, (vec![1, 2, 3], last_read));
}

/// The plan that is kept for all names every partition; what is asked decides, before it begins, which are opened.
#[tokio::test]
async fn a_story_opens_the_partitions_of_its_consents_life_alone() {
    let world = World::new().await;
    world
        .tx(|tx| store::partitions::reach_back(tx, now() - Months::new(12), 15))
        .await;
    let mut session = world.database.session();
    session.execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off");
    let id = "'00000000-0000-4000-8000-000000000000'";
    for (number, (name, binds, of_history, of_accesses)) in [
        // Never read since months are written down, and read in May.
        (
            crate::lists::STORY,
            "'2026-05-10', '2026-05-20', '2026-05-10', '2026-07-20', 200",
            1,
            3,
        ),
        (
            crate::lists::STORY,
            "'2026-05-10', '2026-05-20', '2026-05-01', '2026-06-01', 200",
            1,
            1,
        ),
        (
            "accesses of a consent",
            "'2026-05-10', '2026-07-20', NULL, NULL, 20",
            0,
            3,
        ),
        (
            "history of a consent, page by page",
            "0, '2026-05-10', '2026-06-20', 20",
            2,
            0,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let list = store::lists::all()
            .into_iter()
            .find(|list| list.name == name)
            .unwrap();
        session.execute(&format!("PREPARE list_{number} AS {}", list.text));
        let plan = session.explain(&format!("EXECUTE list_{number}({id}, {binds})"));
        let opened = |table: &str| plan.matches(&format!(" on {table}_")).count();
        assert_eq!(opened("consent_history"), of_history, "{name}: {plan}");
        assert_eq!(opened("consent_accesses"), of_accesses, "{name}: {plan}");
        // What is told of a change stands in the index.
        let told = plan.matches("Index Only Scan").count();
        assert_eq!(told, usize::from(name == crate::lists::STORY), "{name}: {plan}");
    }
}

async fn read(world: &World, store: &store::Store, id: ConsentId, accessed_at: Instant) {
    let access = Access {
        access_id: random_uuid(&world.random),
        accessed_at,
        consent_id: id,
        client_id: client(),
        token_id: TokenId::mint(now(), &world.random),
        operation: "searchForAccounts".into(),
        account_ids: vec![account("checking")],
        data_clusters: vec![DataCluster::AccountBasic],
        attended: true,
        interaction_id: "an exchange".into(),
    };
    store.accesses().record(access).await.unwrap();
    store.accesses().flush().await.unwrap();
}

/// A consent of half a year ago, with partitions for all of it, and what is found as its last read.
async fn half_a_year(world: &World) -> (ConsentId, Instant) {
    world
        .tx(|tx| store::partitions::reach_back(tx, now() - Months::new(7), 10))
        .await;
    let granted = now() - Months::new(6);
    let mut grant = world.new_grant();
    (grant.created_at, grant.updated_at) = (granted, granted);
    world.insert_grant(&grant).await;
    (grant.id, granted)
}

#[tokio::test]
async fn the_last_read_is_found_in_whichever_month_it_was() {
    let world = World::new().await;
    let (id, granted) = half_a_year(&world).await;
    assert_eq!(story(&world, id).await.1, None);
    for days in [0, 1, 40, 41, 180] {
        let at = granted + Duration::days(days);
        read(&world, &world.store, id, at).await;
        assert_eq!(story(&world, id).await.1, Some(at), "after {days} days");
    }
    let months = "SELECT count(*) FROM consent_last_reads";
    assert_eq!(world.database.session().number(months), 1);
}

/// One replica's clock is behind, or it writes late what waited: the month that stands there is the newest all the same, also for
/// replicas that have written an earlier one since, or have never seen the later one.
#[tokio::test]
async fn an_earlier_read_that_is_written_later_hides_none() {
    let world = World::new().await;
    let (id, granted) = half_a_year(&world).await;
    let [first, second] = [world.replica(), world.replica()];
    let month_end: Instant = "2026-11-01T00:00:00Z".parse().unwrap();
    let newest = month_end + Duration::milliseconds(1);
    read(&world, &first, id, newest).await;
    read(&world, &second, id, month_end - Duration::milliseconds(1)).await;
    read(&world, &first, id, granted).await;
    assert_eq!(story(&world, id).await.1, Some(newest));
    read(&world, &second, id, newest + Duration::milliseconds(1)).await;
    assert_eq!(
        story(&world, id).await.1,
        Some(newest + Duration::milliseconds(1))
    );
}

/// Accesses of before the rows that tell months, or of a program of before: they are looked for in all of the consent's life.
#[tokio::test]
async fn a_read_whose_month_nobody_wrote_down_is_found() {
    let world = World::new().await;
    let (id, granted) = half_a_year(&world).await;
    let at = granted + Duration::days(60);
    read(&world, &world.store, id, at).await;
    let mut session = world.database.session();
    session.execute("DELETE FROM consent_last_reads");
    assert_eq!(story(&world, id).await.1, Some(at));
    // The connection is lost, and what was remembered with it: the month is written again.
    session.terminate_others();
    read(&world, &world.store, id, at + Duration::minutes(1)).await;
    assert_eq!(session.number("SELECT count(*) FROM consent_last_reads"), 1);
    assert_eq!(story(&world, id).await.1, Some(at + Duration::minutes(1)));
}
