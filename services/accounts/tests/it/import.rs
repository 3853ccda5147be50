//! What an import writes, and that it writes nothing twice.

use accounts::import::{self, AccountOutcome, Format, ImportError};

use crate::world::{World, naming, now, sample_files, user};

fn statement(fitid: &str, amount: &str, balance: &str, as_of: &str) -> Vec<u8> {
    format!(
        "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>990000000<ACCTID>77001
         <ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261101<TRNAMT>{amount}
         <FITID>{fitid}<NAME>Shop</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>{balance}<DTASOF>{as_of}</LEDGERBAL>
         </STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    .into_bytes()
}

async fn run(world: &World, file: &[u8]) -> (AccountOutcome, [usize; 3]) {
    let statement = import::read(Format::Ofx, file, &naming()).unwrap();
    let report = import::run(&world.store, &user("alice"), statement, now())
        .await
        .unwrap();
    let counts = report.transactions();
    (
        report.accounts[0].outcome,
        [counts.new, counts.updated, counts.unchanged],
    )
}

#[actix_web::test]
async fn the_samples_are_imported_and_a_second_time_changes_nothing() {
    let world = World::empty().await;
    let dump = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM
        (SELECT a::text FROM accounts a UNION ALL SELECT h::text FROM account_holders h
         UNION ALL SELECT x::text FROM transactions x) AS t";
    let first = world.import_samples().await;
    let before = world.database.session().text(dump);
    assert!(first.iter().any(|report| report.transactions().new > 100));
    let second = world.import_samples().await;
    assert_eq!(world.database.session().text(dump), before);
    for report in second {
        assert!(
            report
                .accounts
                .iter()
                .all(|account| account.outcome == AccountOutcome::Unchanged)
        );
        let counts = report.transactions();
        assert_eq!((counts.new, counts.updated), (0, 0));
    }
}

#[actix_web::test]
async fn a_joint_account_is_one_with_two_holders() {
    let world = World::new().await;
    let joint = world.account("bob", "0777");
    assert_eq!(world.account("carol", "0777"), joint);
    assert!(world.accounts_of("alice").iter().all(|(id, _)| *id != joint));
    assert_eq!(world.accounts_of("alice").len(), 4);
}

#[actix_web::test]
async fn the_samples_have_what_the_apis_serve() {
    let world = World::new().await;
    let mut session = world.database.session();
    let mut number = |sql: &str| session.number(sql);
    assert_eq!(number("SELECT count(DISTINCT category) FROM accounts"), 4);
    assert_eq!(number("SELECT count(*) FROM accounts WHERE contact IS NULL"), 0);
    assert!(number("SELECT count(*) FROM accounts WHERE payment_networks IS NOT NULL") >= 4);
    assert_eq!(
        number("SELECT count(*) FROM accounts WHERE asset_transfer_networks IS NOT NULL"),
        1
    );
    assert!(number("SELECT count(*) FROM transactions") > 500);
    // Two years of them, up to two days ago.
    let days = "SELECT extract(day FROM max(occurred_at) - min(occurred_at)) FROM transactions";
    assert!((700..760).contains(&number(days)));
}

#[actix_web::test]
async fn what_changed_is_updated_and_counted() {
    let world = World::empty().await;
    let first = statement("1", "-5.00", "100.00", "20261110");
    assert_eq!(run(&world, &first).await, (AccountOutcome::New, [1, 0, 0]));
    assert_eq!(run(&world, &first).await, (AccountOutcome::Unchanged, [0, 0, 1]));
    let corrected = statement("1", "-6.00", "99.00", "20261110");
    assert_eq!(
        run(&world, &corrected).await,
        (AccountOutcome::Updated, [0, 1, 0])
    );
    let later = statement("2", "-6.00", "93.00", "20261111");
    assert_eq!(run(&world, &later).await, (AccountOutcome::Updated, [1, 0, 0]));
}

#[actix_web::test]
async fn an_older_statement_brings_transactions_but_no_balance() {
    let world = World::empty().await;
    run(&world, &statement("2", "-5.00", "95.00", "20261110")).await;
    let older = statement("1", "-7.00", "100.00", "20261010");
    assert_eq!(run(&world, &older).await, (AccountOutcome::Older, [1, 0, 0]));
    assert_eq!(
        world
            .database
            .session()
            .text("SELECT entity->>'currentBalance' FROM accounts"),
        "95"
    );
}

#[actix_web::test]
async fn a_file_that_adds_to_an_unknown_account_writes_nothing() {
    let world = World::empty().await;
    let statement = sample_files("bob")
        .into_iter()
        .filter(|(format, _)| *format == Format::Fdx)
        .map(|(_, file)| import::read(Format::Fdx, &file, &naming()).unwrap())
        .find(|statement| !statement.accounts.is_empty())
        .unwrap();
    let outcome = import::run(&world.store, &user("bob"), statement, now()).await;
    assert!(matches!(outcome, Err(ImportError::AccountUnknown)));
    assert_eq!(
        world.database.session().number("SELECT count(*) FROM accounts"),
        0
    );
}

/// The mark of a joint account is set by one import and not taken back by the next.
#[actix_web::test]
async fn a_holder_whose_approval_is_needed_stays_one() {
    let world = World::empty().await;
    let import = |approves| {
        let world = &world;
        async move {
            let file = statement("1", "-1.00", "1.00", "20261110");
            let statement = import::read(Format::Ofx, &file, &naming()).unwrap();
            let holder = import::Holder {
                user_id: user("alice"),
                approves,
            };
            import::run(&world.store, holder, statement, now()).await.unwrap();
            let marked = "SELECT count(*) FROM account_holders WHERE approves";
            world.database.session().number(marked)
        }
    };
    assert_eq!(import(false).await, 0);
    assert_eq!(import(true).await, 1);
    assert_eq!(import(false).await, 1);
}

#[actix_web::test]
async fn amounts_are_stored_exactly() {
    let world = World::empty().await;
    run(&world, &statement("1", "-9999999999999.99", "0.10", "20261110")).await;
    let mut session = world.database.session();
    assert_eq!(
        session.text("SELECT entity->>'amount' FROM transactions"),
        "9999999999999.99"
    );
    assert_eq!(
        session.text("SELECT entity->>'currentBalance' FROM accounts"),
        "0.1"
    );
}
