//! The ledger: every change is one row, each row holds the hash of the row before it, and whatever is changed by hand in the
//! database is found by `concordat consents verify`, with the first row that does not fit.

use std::process::{Command, Output};

use domain::ConsentId;
use lifecycle::verify::{Broken, Fault, Verified, verify};
use reqwest::Method;
use serde_json::json;
use store::TxError;
use testkit::{answer::Answer, bank::CONSENTS, database::Session};

use crate::{
    parties::{BANK_SCOPES, Consumer, Shared},
    stage::TestPlatform,
    table::Table,
};

/// A consent of five rows: granted, held, resumed, one account taken out, revoked.
async fn five_rows(platform: &TestPlatform) -> (Consumer, Shared) {
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let bank = platform.bank();
    let token = bank.token(BANK_SCOPES).await;
    let path = format!("{CONSENTS}/{}?userId={}", shared.consent_id, consumer.user_id);
    for body in [
        json!({"status": "ON_HOLD", "holdUntil": platform.now() + chrono::Duration::days(1)}),
        json!({"status": "ACTIVE"}),
        json!({"action": "REMOVE_ACCOUNTS", "accountIds": [consumer.savings]}),
        json!({"status": "REVOKED", "reason": "SECURITY_EVENT"}),
    ] {
        Answer::to(bank.request(Method::PATCH, &path, &token).json(&body))
            .await
            .expect(200);
    }
    (consumer, shared)
}

async fn judge(platform: &TestPlatform, only: Option<ConsentId>) -> Result<Verified, Broken> {
    platform
        .store
        .reading("verify", move |tx| verify(tx, only))
        .await
        .map_err(|error| match error {
            TxError::Refused(broken) => broken,
            TxError::Store(error) => panic!("{error}"),
        })
}

/// Does something to the database, looks, and undoes it.
async fn tampered(
    platform: &TestPlatform,
    session: &mut Session,
    sql: &str,
    only: Option<ConsentId>,
) -> Result<Verified, Broken> {
    session.execute(
        "CREATE TABLE kept_history AS TABLE consent_history; CREATE TABLE kept_grants AS TABLE consent_grants;
         CREATE TABLE kept_accounts AS TABLE consent_accounts",
    );
    session.execute(sql);
    let verdict = judge(platform, only).await;
    session.execute(
        "SET session_replication_role = replica;
         DELETE FROM consent_history; INSERT INTO consent_history SELECT * FROM kept_history;
         DELETE FROM consent_accounts; DELETE FROM consent_grants; INSERT INTO consent_grants SELECT * FROM kept_grants;
         INSERT INTO consent_accounts SELECT * FROM kept_accounts;
         DROP TABLE kept_history, kept_grants, kept_accounts; SET session_replication_role = origin",
    );
    verdict
}

/// Every column of a row, every way to remove or move one, and every column of the consent itself.
#[tokio::test]
async fn whatever_is_changed_by_hand_is_found() {
    let platform = TestPlatform::start().await;
    let (_, shared) = five_rows(&platform).await;
    let (_, beside) = five_rows(&platform).await;
    let id: ConsentId = shared.consent_id.parse().unwrap();
    let whole = Verified {
        consents: 2,
        rows: 10,
    };
    assert_eq!(judge(&platform, None).await, Ok(whole));
    assert_eq!(judge(&platform, Some(id)).await.unwrap().rows, 5);

    let row = |sequence: i32| format!("consent_id = '{id}' AND sequence = {sequence}");
    let history = |set: &str, sequence| format!("UPDATE consent_history SET {set} WHERE {}", row(sequence));
    let grant = |set: &str| format!("UPDATE consent_grants SET {set} WHERE consent_id = '{id}'");
    let accounts = |set: &str| format!("UPDATE consent_accounts SET {set} WHERE consent_id = '{id}'");
    let columns = Some(Fault::Columns);
    // What is done; the row that is named; why, where that says more than the row.
    let cases: Vec<(&str, String, i32, Option<Fault>)> = vec![
        ("its instant", history("happened_at = happened_at + interval '1 second'", 2), 2, columns.clone()),
        ("its action", history("action = 'RESUMED'", 2), 2, columns.clone()),
        ("its actor", history("actor = 'BANK_OPERATOR'", 2), 2, columns.clone()),
        ("its channel", history("channel = 'fdx:consents'", 2), 2, columns.clone()),
        ("a reason that there was not", history("reason = ''", 2), 2, columns.clone()),
        ("another reason", history("reason = 'USER_ACTION'", 5), 5, columns.clone()),
        ("no reason", history("reason = NULL", 5), 5, columns.clone()),
        ("its content", history("content = content || '{\"scope\": \"openid\"}'", 2), 2, Some(Fault::Content)),
        ("a member of its content", history("content = content #- '{accounts,1}'", 1), 1, Some(Fault::Content)),
        ("its content's hash", history("content_hash = sha256('x')", 3), 3, Some(Fault::Content)),
        ("its own hash", history("row_hash = sha256('x')", 3), 3, columns.clone()),
        ("the hash before it", history("previous_hash = sha256('x')", 3), 3, columns.clone()),
        ("its number", history("sequence = 9", 5), 5, Some(Fault::Missing)),
        ("the consent that it is of", history("consent_id = gen_random_uuid()", 5), 4, None),
        ("the first row is removed", format!("DELETE FROM consent_history WHERE {}", row(1)), 1, Some(Fault::Missing)),
        ("a row is removed", format!("DELETE FROM consent_history WHERE {}", row(3)), 3, Some(Fault::Missing)),
        ("the last row is cut off", format!("DELETE FROM consent_history WHERE {}", row(5)), 4, None),
        (
            "the last two rows are cut off",
            format!("DELETE FROM consent_history WHERE consent_id = '{id}' AND sequence > 3"),
            3,
            None,
        ),
        (
            "all rows are removed",
            format!("DELETE FROM consent_history WHERE consent_id = '{id}'"),
            1,
            Some(Fault::NoHistory),
        ),
        (
            "two rows change places",
            format!(
                "{}; {}; {}",
                history("sequence = 100", 2),
                history("sequence = 2", 3),
                history("sequence = 3", 100)
            ),
            2,
            columns.clone(),
        ),
        (
            "a row is copied from another consent",
            format!(
                "DELETE FROM consent_history WHERE {}; INSERT INTO consent_history SELECT '{id}', sequence, happened_at, action,
                 actor, channel, reason, content, content_hash, previous_hash, row_hash FROM consent_history
                 WHERE consent_id = '{}' AND sequence = 5",
                row(5),
                beside.consent_id
            ),
            5,
            columns,
        ),
        ("its state", grant("state = 'ACTIVE', ended_at = NULL"), 5, None),
        ("its hold", grant("hold_until = now()"), 5, None),
        ("when it ended", grant("ended_at = ended_at + interval '1 second'"), 5, None),
        ("who ended it", grant("ended_by = 'DATA_RECIPIENT'"), 5, None),
        ("why it ended", grant("ended_reason = 'OTHER'"), 5, None),
        ("whose it is", grant("user_id = 'somebody'"), 5, None),
        ("when it was granted", grant("created_at = created_at - interval '1 second'"), 5, None),
        ("when it was changed", grant("updated_at = updated_at - interval '1 second'"), 5, None),
        ("when it ends", grant("expires_at = expires_at + interval '1 day'"), 5, None),
        ("its kind of duration", grant("duration_type = 'ONE_TIME'"), 5, None),
        ("its duration", grant("duration_days = duration_days + 1"), 5, None),
        ("its lookback", grant("lookback_days = lookback_days + 1"), 5, None),
        ("its scopes", grant("scope = 'openid'"), 5, None),
        ("its version", grant("version = version + 1"), 5, None),
        ("the count of what was refused", grant("refused_changes = 3"), 5, None),
        ("how the consumer was authenticated", grant("authentication = authentication || '{\"acr\": \"x\"}'"), 5, None),
        ("the evidence", grant("evidence = evidence || '{\"termsAndConditionsVersion\": \"2\"}'"), 5, None),
        ("what is shared of an account", accounts("data_clusters = data_clusters || 'BILLS'::text"), 5, None),
        ("a nickname", accounts("nickname = 'x'"), 5, None),
        ("a removed account comes back", accounts("removed_at = NULL"), 5, None),
        ("an account awaits", accounts("awaiting = 1"), 5, None),
        ("the order of accounts", accounts("position = 1 - position"), 5, None),
    ];
    let mut session = platform.database.session();
    let mut table = Table::default();
    for (what, sql, sequence, fault) in &cases {
        for only in [None, Some(id)] {
            let verdict = tampered(&platform, &mut session, sql, only).await;
            let is_named = matches!(&verdict, Err(broken)
                if broken.consent_id == id && broken.sequence == *sequence
                    && fault.as_ref().is_none_or(|fault| *fault == broken.fault));
            // A row that was given to a new consent is found there first, when that comes first.
            let elsewhere = what.contains("that it is of") && only.is_none() && verdict.is_err();
            table.holds(what, is_named || elsewhere, || format!("{verdict:?}"));
        }
    }
    assert_eq!(cases.len(), 43);
    table.done();
    assert_eq!(judge(&platform, None).await, Ok(whole));
}

/// A consent that the consumer did not grant leaves one row, and it fits.
#[tokio::test]
async fn what_was_never_granted_is_a_chain_of_its_own() {
    let platform = TestPlatform::start().await;
    let recipient = platform.recipient("fapi2-security").await;
    let pushed = recipient.push(crate::parties::SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    platform
        .decide(&mut platform.browser(), &url, &json!({"status": "REJECTED"}))
        .await;
    let whole = Verified { consents: 1, rows: 1 };
    assert_eq!(judge(&platform, None).await, Ok(whole));
    let mut session = platform.database.session();
    session.execute("UPDATE consent_history SET action = 'GRANTED'");
    let broken = judge(&platform, None).await.unwrap_err();
    assert_eq!((broken.sequence, broken.fault), (1, Fault::Columns));
}

fn concordat(platform: &TestPlatform, arguments: &[&str]) -> Output {
    let folder = crate::stage::fresh_folder();
    let plan = crate::stage::Plan::beside(platform);
    let settings = plan.write(&folder);
    let file = folder.join("concordat.toml");
    std::fs::write(&file, settings).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_concordat"))
        .arg("--config")
        .arg(&file)
        .args(arguments)
        .output()
        .unwrap();
    let _ = std::fs::remove_dir_all(folder);
    output
}

/// The command: what it prints, and how it ends.
#[tokio::test]
async fn the_command_names_the_first_row_and_ends_with_one() {
    let platform = TestPlatform::start().await;
    let (_, shared) = five_rows(&platform).await;
    let id = shared.consent_id.as_str();
    let seeded = concordat(&platform, &["seed", "consents", "--count", "1200"]);
    assert!(seeded.status.success(), "{seeded:?}");
    let told = |output: &Output| {
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (code, printed, _) = told(&concordat(&platform, &["consents", "verify"]));
    assert_eq!(
        (code, printed.trim()),
        (Some(0), "consents: 1201, rows of history: 1505; every row fits")
    );
    platform.database.session().execute(&format!(
        "UPDATE consent_history SET reason = 'x' WHERE consent_id = '{id}' AND sequence = 4"
    ));
    for arguments in [
        vec!["consents", "verify"],
        vec!["consents", "verify", "--consent", id],
    ] {
        let (code, printed, errors) = told(&concordat(&platform, &arguments));
        assert_eq!((code, printed.as_str()), (Some(1), ""));
        assert!(errors.contains(&format!("consent {id}, row 4: ")), "{errors}");
    }
    let absent = [
        "consents",
        "verify",
        "--consent",
        "6f2f0a4e-5d1c-4b8f-9c53-0f6f8a1c2d3e",
    ];
    assert_eq!(told(&concordat(&platform, &absent)).0, Some(1));
    assert_eq!(
        told(&concordat(&platform, &["consents", "verify", "--consent", "x"])).0,
        Some(65)
    );
}
