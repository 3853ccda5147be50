//! The hot statements find their rows by key, also while the tables are large: Postgres counts every scan and every
//! row that it fetched, and that is what is looked at, not what a planner says beforehand.

use domain::{ConsentState, ResourceId, id::RequestId, notification::NotificationType};
use serde_json::json;
use store::{
    account_reads::{AccountRead, Part},
    refresh_tokens::Refresh,
    requests::NewRequest,
    transaction_reads::TransactionRead,
};

use crate::{
    fan_out::event,
    subscriptions::Subscriber,
    world::{World, account, alice, client, in_seconds, now, token},
};

/// Runs of each statement: enough that Postgres has settled on a plan that it keeps.
const RUNS: u8 = 12;
/// Rows that no test is about, in each table.
const CROWD: i64 = 3000;

fn crowd(world: &World) {
    let mut session = world.database.session();
    session.execute(&format!(
        "INSERT INTO clients SELECT 'crowd-' || n, 1, 'APPROVED', '{{}}', NULL, now(), now() FROM generate_series(1, {CROWD}) n;
         INSERT INTO consent_grants SELECT md5('g' || n)::uuid, 'crowd-' || n, 'user-' || n, 'ACTIVE', NULL, NULL, NULL, NULL,
             now(), now(), '2027-11-22', NULL, NULL, 'TIME_BOUND', 365, 90, 'openid', '{{}}', '{{}}', 1
             FROM generate_series(1, {CROWD}) n;
         INSERT INTO consent_accounts SELECT consent_id, 'crowd', 0, ARRAY['BILLS'], NULL FROM consent_grants;
         INSERT INTO consent_approvals SELECT consent_id, 'crowd', 'user', now(), now(), NULL FROM consent_grants;
         INSERT INTO authorization_codes SELECT sha256(consent_id::text::bytea), consent_id, client_id, '', NULL, NULL, '{{}}',
             '2026-11-22', '2026-11-23', NULL, NULL FROM consent_grants;
         INSERT INTO refresh_tokens SELECT code_hash, consent_id, client_id, NULL, '{{}}', issued_at, '2027-11-22', NULL
             FROM authorization_codes;
         INSERT INTO access_tokens SELECT consent_id, '2026-11-22', '2026-11-23', client_id, consent_id, NULL FROM consent_grants;
         INSERT INTO spent_ids SELECT consent_id, '2026-11-22', consent_id FROM consent_grants;
         INSERT INTO authorization_requests SELECT consent_id, sha256(consent_id::text::bytea), client_id, '{{}}', '2026-11-22',
             '2026-11-23', NULL FROM consent_grants;
         INSERT INTO authentication_resources SELECT consent_id, consent_id, client_id, '', 'LODGED', 1, '2026-11-22',
             '2026-11-23' FROM consent_grants;
         INSERT INTO accounts SELECT 'crowd-' || n, n::text::bytea, 'C', '{{}}', NULL, NULL, NULL, now()
             FROM generate_series(1, {CROWD}) n;
         INSERT INTO account_holders SELECT 'user', account_id FROM accounts;
         INSERT INTO transactions SELECT account_id, 't', now(), '{{}}' FROM accounts;
         INSERT INTO outbox SELECT consent_id, consent_id, client_id, 'CONSENT_REVOKED', '{{}}', '2026-11-22',
             nextval('outbox_positions'), '2026-11-22' FROM consent_grants;
         INSERT INTO notification_callbacks (callback_id, client_id, callback_url, callback_host, state, park_at, created_at,
             updated_at) SELECT consent_id, client_id, 'u', 'h-' || client_id, 'VERIFIED', now(), now(), now() FROM consent_grants;
         INSERT INTO notification_subscriptions SELECT consent_id, client_id, 's', true, consent_id, 'CONSENT_REVOKED', 'CONSENT',
             '{{}}', NULL, 1, now(), now() FROM consent_grants;
         INSERT INTO notifications (subscription_key, sequence, created_at, position, callback_id, client_id, notification_id,
             event_type, category, severity, priority, payload, state, next_attempt_at, park_at, delivered_at)
             SELECT subscription_key, 1, '2026-11-22', row_number() OVER (), callback_id, client_id, callback_id, event_type,
             category, 'INFO', 'LOW', '{{}}', 'DELIVERED', now(), now(), now() FROM notification_subscriptions;
         ANALYZE"
    ));
    // Counting begins anew here.
    session.execute("SELECT pg_stat_force_next_flush()");
    session.execute("SELECT pg_stat_reset()");
}

async fn one_of_everything(world: &World, number: u8) {
    let grant = world.grant().await;
    let redeem = world.redeem(&world.code(&grant, number).await);
    let (token, refresh_hash) = (token(redeem.access), redeem.refresh.token_hash);
    world.tx(move |tx| store::codes::redeem(tx, &redeem)).await;
    let refresh = Refresh {
        client: world.proven(),
        token_hash: refresh_hash,
        thumbprint: Some("thumbprint".into()),
        now: now(),
        access: world.access(),
    };
    world
        .tx(move |tx| store::refresh_tokens::refresh(tx, &refresh))
        .await;
    let combined = world.store.combined();
    combined.issue(world.issue()).await.unwrap();
    combined
        .read_accounts(AccountRead {
            token,
            account_id: None,
            part: Part::Entity,
        })
        .await
        .unwrap();
    let read = TransactionRead {
        token,
        account_id: account("checking"),
        from: now() - chrono::Duration::days(10),
        until: now(),
        after: None,
        limit: 5,
        now: now(),
    };
    combined.read_transactions(read).await.unwrap();

    let (resource_id, request_id) = (
        ResourceId::mint(&world.random),
        RequestId::mint(now(), &world.random),
    );
    let request = NewRequest {
        client: world.proven(),
        request_id,
        request_uri_hash: [number; 32],
        parameters: json!({}),
        created_at: now(),
        expires_at: in_seconds(60),
        pushed: true,
        most_waiting: 100,
    };
    let id = grant.id;
    world
        .tx(move |tx| {
            store::requests::keep(tx, &request)?;
            store::requests::find_by_uri(tx, &request.request_uri_hash)?;
            store::resources::lodge(
                tx,
                resource_id,
                request_id,
                &client(),
                &[0; 32],
                now(),
                in_seconds(300),
            )?;
            store::resources::find(tx, resource_id)?;
            store::holders::holds_all(tx, &alice(), &[&account("checking")])?;
            store::holders::list_approving(tx, &alice(), &[&account("checking")])?;
            store::holders::list_documents(tx, &alice(), &[&account("checking")])?;
            let period = (now() - chrono::Duration::days(10), now());
            store::holders::list_transactions(tx, &[&account("checking")], period, 10)?;
            store::holders::list_accounts(tx, &alice())?;
            store::grants::count_living(tx, &alice(), &client(), now(), None)?;
            let (client_id, needed) = (client(), [(account("checking"), alice())]);
            let reach = store::grants::Reach {
                client_id: &client_id,
                bound_to: None,
            };
            store::grants::find_within(tx, id, reach)?;
            store::grants::find_many(tx, &[id])?;
            if let Some((shown, _)) = store::user_consents::find(tx, id, &alice())? {
                store::user_consents::story(tx, &shown, now(), 200)?;
            }
            store::approvals::insert(tx, id, &alice(), &needed, now())?;
            store::approvals::save(tx, (id, 1), &alice(), true, &[account("checking")], now())?;
            store::approvals::list(tx, id)?;
            store::due::list(tx, now(), 10)?;
            store::consent_lists::list(
                tx,
                &store::consent_lists::Wanted {
                    user_id: alice(),
                    client_id: None,
                    states: vec![],
                    created: store::consent_lists::Window::default(),
                    expires: store::consent_lists::Window::default(),
                    after: None,
                    limit: 3,
                    now: now(),
                },
            )?;
            store::grants::lock(tx, id)?;
            store::grants::save_state(tx, id, 2, &ConsentState::OnHold { until: None }, now())?;
            store::history::last(tx, id)?;
            store::tokens::revoke(tx, token, &client(), now())?;
            store::refresh_tokens::find(tx, &refresh_hash)
        })
        .await;
}

async fn events(world: &World, grant: &domain::ConsentGrant, number: u8) {
    world.push(&event(world, grant.id, "CONSENT_REVOKED")).await;
    world
        .store
        .work::<_, std::convert::Infallible, _>("fan_out", |tx| {
            Ok(store::fan_out::fan_out(
                tx,
                now(),
                in_seconds(9),
                100,
                store::fan_out::SLICE,
            )?)
        })
        .await
        .unwrap();
    let name = format!("subscription-{number}").parse().unwrap();
    world
        .tx(move |tx| {
            let subscription = store::subscriptions::find(tx, &client(), &name)?.unwrap();
            store::subscriptions::list(tx, &client(), 100)?;
            store::subscriptions::count(tx, &client())?;
            store::notifications::list(tx, &client(), 0, 0, in_seconds(-9), 10)?;
            store::notifications::list_of(tx, subscription.key, 0, in_seconds(-9), 10)?;
            store::notifications::log(tx, subscription.key, i64::MAX, in_seconds(-9), 10)?;
            store::subscriptions::delete(tx, &subscription)
        })
        .await;
}

#[tokio::test]
async fn no_hot_statement_scans_a_table() {
    let world = World::new().await;
    world.tx(|tx| store::partitions::keep(tx, now())).await;
    world.fill_accounts();
    crowd(&world);
    for number in 1..=RUNS {
        one_of_everything(&world, number).await;
        let name = format!("subscription-{number}");
        world
            .subscribe(&Subscriber::new(&name, NotificationType::ConsentRevoked))
            .await;
        let grant = world.grant().await;
        events(&world, &grant, number).await;
    }
    let World { store, database, .. } = world;
    drop(store);
    let mut session = database.session();
    // What a connection counted is known when it has ended.
    session.await_alone();
    let fetched =
        session.number("SELECT idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'authorization_codes'");
    assert!(fetched >= RUNS.into(), "nothing was counted: {fetched}");
    let scanned = session.texts(&format!(
        "SELECT relname || ': ' || seq_scan || ' scans read ' || seq_tup_read || ', keys fetched ' || idx_tup_fetch AS value
         FROM pg_stat_user_tables WHERE seq_tup_read >= {CROWD} OR idx_tup_fetch >= {CROWD}"
    ));
    assert!(scanned.is_empty(), "{scanned:#?}");
}
