//! Every list of consents and of what belongs to them is read from an index, whatever is asked of it: the plans that Postgres
//! keeps for the very texts that the store sends, with the settings of the store's own connections.

use crate::world::World;

/// What happened to a consent, and its last read.
pub(crate) const STORY: &str = "what happened to a consent, and its last read";

/// Binds of the lists that are told a span of time: of one without ends no partition would be opened.
const SPANS: [(&str, &str); 3] = [
    (
        STORY,
        "NULL, '2026-11-01', '2026-11-20', '2026-11-01', '2026-12-01', NULL",
    ),
    (
        "accesses of a consent",
        "NULL, '2026-11-01', '2026-11-20', NULL, NULL, NULL",
    ),
    (
        "history of a consent, page by page",
        "NULL, NULL, '2026-11-01', '2026-11-20', NULL",
    ),
];

/// Consents that no test is about.
const CROWD: i64 = 5_000;

fn crowd(world: &World) {
    world.database.session().execute(&format!(
        "INSERT INTO consent_grants (consent_id, client_id, user_id, state, created_at, updated_at, expires_at, duration_type,
             duration_days, lookback_days, scope, authentication, evidence)
         SELECT md5('g' || n)::uuid, 'client-1', 'user-' || n / 10, 'ACTIVE', '2026-11-22'::timestamptz - n * interval '1 minute',
             now(), '2027-11-22', 'TIME_BOUND', 365, 90, 'openid', '{{}}', '{{}}' FROM generate_series(1, {CROWD}) n;
         INSERT INTO consent_accounts (consent_id, account_id, position, data_clusters)
         SELECT consent_id, 'a' || n, n, ARRAY['BILLS'] FROM consent_grants, generate_series(1, 2) n;
         INSERT INTO consent_approvals (consent_id, account_id, user_id, granted_at)
         SELECT consent_id, 'a1', 'holder-' || user_id, created_at FROM consent_grants;
         INSERT INTO consent_history SELECT consent_id, 1, created_at, 'GRANTED', 'CONSUMER', 'authorize', NULL, '{{}}', '', '', ''
         FROM consent_grants;
         INSERT INTO consent_accesses SELECT consent_id, created_at, consent_id, client_id, consent_id, 'getAccount', '{{}}', '{{}}',
             false, '' FROM consent_grants;
         INSERT INTO accounts SELECT 'a' || n, n::text::bytea, 'C', '{{}}', NULL, NULL, NULL, now()
         FROM generate_series(1, {CROWD}) n;
         INSERT INTO account_holders (user_id, account_id) SELECT 'user-' || n / 10, 'a' || n FROM generate_series(1, {CROWD}) n;
         ANALYZE"
    ));
}

#[tokio::test]
async fn every_list_uses_an_index() {
    let world = World::new().await;
    world
        .tx(|tx| store::partitions::keep(tx, crate::world::now()))
        .await;
    crowd(&world);
    let mut session = world.database.session();
    // The plan that does not know what is asked: the one that is kept for all.
    session.execute(
        "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off",
    );
    let mut scans = vec![];
    for (number, list) in store::lists::all().into_iter().enumerate() {
        session.execute(&format!("PREPARE list_{number} AS {}", list.text));
        let binds = match SPANS.iter().find(|(name, _)| *name == list.name) {
            Some((_, binds)) => (*binds).to_owned(),
            None => vec!["NULL"; list.binds].join(", "),
        };
        let plan = session.explain(&format!("EXECUTE list_{number}({binds})"));
        assert!(plan.contains("Index"), "{}: {plan}", list.name);
        // What is forbidden is only made dear: where no index serves, a scan shows all the same.
        if plan.contains("Seq Scan on") {
            scans.push(format!("{}: {plan}", list.name));
        }
    }
    assert!(scans.is_empty(), "{}", scans.join("\n"));
}

/// A page of a consumer's consents is read in the order of the index: no more rows than the page has, and nothing is sorted but
/// the two halves of the list.
#[tokio::test]
async fn a_page_of_consents_is_read_in_the_order_of_its_index() {
    let world = World::new().await;
    crowd(&world);
    let list = store::lists::all().into_iter().next().unwrap();
    let mut session = world.database.session();
    session.execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off");
    session.execute(&format!("PREPARE list AS {}", list.text));
    let binds = vec!["NULL"; list.binds].join(", ");
    let plan = session.explain(&format!("EXECUTE list({binds})"));
    assert!(
        plan.contains("consent_grants_by_user on consent_grants"),
        "{plan}"
    );
    assert!(
        plan.contains("consent_approvals_by_user on consent_approvals"),
        "{plan}"
    );
}
