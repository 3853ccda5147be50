//! Changes that race for one consent: one outcome, and history shows the loser. A change that came too late is a row REFUSED
//! that changes nothing; a consent that may not be is a chain of one row, REJECTED, under an id that no grant has.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    bank::CONSENTS,
    recipient::{Recipient, parameter},
};

use crate::{
    parties::{BANK_SCOPES, Consumer, SCOPE, Shared, all},
    races::revoke_consent,
    stage::TestPlatform,
};

const PROFILE: &str = "fapi2-security";

/// Action and reason of every row of a consent's history, in their order.
pub(crate) async fn history(platform: &TestPlatform, consent_id: &str) -> Vec<(String, Option<String>)> {
    let id = consent_id.parse().unwrap();
    let rows = platform.tx(move |tx| store::history::list(tx, id)).await;
    let mut before = vec![0; 32];
    for (row, sequence) in rows.iter().zip(1..) {
        assert_eq!(row.sequence, sequence);
        assert_eq!(row.previous_hash, before, "the chain holds");
        before.clone_from(&row.row_hash);
    }
    rows.into_iter().map(|row| (row.action, row.reason)).collect()
}

/// The types of a consent's events, in the order in which they were written.
pub(crate) fn events(platform: &TestPlatform, consent_id: &str) -> Vec<String> {
    platform.database.session().texts(&format!(
        "SELECT event_type AS value FROM outbox WHERE consent_id = '{consent_id}' ORDER BY created_at, event_type"
    ))
}

/// The dashboard changes a consent of that user.
pub(crate) async fn change(
    platform: &TestPlatform,
    token: &str,
    (consent_id, user_id): (&str, &str),
    change: &Value,
) -> Answer {
    let path = format!("{CONSENTS}/{consent_id}?userId={user_id}");
    let request = platform.bank().request(Method::PATCH, &path, token);
    Answer::to(request.json(change)).await
}

async fn shared(platform: &'static TestPlatform) -> (Recipient, Consumer, Shared) {
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let shared = platform.share(&recipient, &consumer).await;
    (recipient, consumer, shared)
}

fn of<'a>(rows: &'a [(String, Option<String>)], action: &str) -> Vec<&'a str> {
    rows.iter()
        .filter(|(of, _)| of == action)
        .map(|(_, reason)| reason.as_deref().unwrap_or_default())
        .collect()
}

/// Two decisions on one resource, and one that comes when all is over.
#[tokio::test]
async fn of_racing_approvals_one_is_taken_and_history_shows_the_others() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let pushed = recipient.push(SCOPE).pushed().await;
    let mut browser = platform.browser();
    let url = recipient.authorize_url(&pushed.request_uri);
    let resource_id = platform.begin(&mut browser, &url).await;
    let token = platform.bank().token(BANK_SCOPES).await;
    let racers = (0..6).map(|number| {
        let (token, resource_id, consumer) = (token.clone(), resource_id.clone(), consumer.clone());
        async move {
            let bank = platform.bank();
            let decision = match number % 2 {
                0 => bank.approval(&consumer.user_id, &[&consumer.checking]),
                _ => bank.approval(&consumer.user_id, &[&consumer.savings]),
            };
            bank.decide(&token, &resource_id, "\"1\"", &decision).await
        }
    });
    let (taken, late): (Vec<_>, Vec<_>) = all(racers)
        .await
        .into_iter()
        .partition(|answer| answer.status == 200);
    assert_eq!((taken.len(), late.len()), (1, 5));
    for answer in &late {
        answer.refused_by_fdx(409, "409");
    }
    let callback = browser.open(taken[0].member("continueUrl")).await.away();
    let code = parameter(&callback, "code").unwrap();
    let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
    let consent_id = tokens.json["grant_id"].as_str().unwrap();

    let approval = platform.bank().approval(&consumer.user_id, &[&consumer.checking]);
    platform
        .bank()
        .decide(&token, &resource_id, "\"2\"", &approval)
        .await
        .refused_by_fdx(404, "1107");

    let rows = history(platform, consent_id).await;
    assert_eq!(rows[0].0, "GRANTED");
    let refused = of(&rows, "REFUSED");
    assert_eq!((rows.len(), refused.len()), (7, 6), "{rows:?}");
    for reason in refused {
        assert!(reason.starts_with("APPROVED"), "{reason}");
        assert!(reason.ends_with(": ALREADY_DECIDED"), "{reason}");
    }
    assert_eq!(
        events(platform, consent_id),
        ["CONSENT_AUTHORIZED"],
        "nobody is told of what was refused"
    );
}

/// Revocations by the recipient and by the consumer at once.
#[tokio::test]
async fn of_racing_revocations_one_ends_the_consent_and_history_shows_the_others() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer, shared) = shared(platform).await;
    // A token of the recipient's own lives on when the consent has ended.
    let own = recipient
        .post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
        .send()
        .await
        .expect(200)
        .member("access_token")
        .to_owned();
    let token = platform.bank().token(BANK_SCOPES).await;
    let racers = (0..20).map(|number| {
        let (recipient, own, token) = (recipient.clone(), own.clone(), token.clone());
        let (consumer, mut shared) = (consumer.clone(), shared.clone());
        async move {
            if number % 2 == 0 {
                shared.tokens.access_token = own;
                revoke_consent(&recipient, &shared).await
            } else {
                let consent = (shared.consent_id.as_str(), consumer.user_id.as_str());
                change(platform, &token, consent, &json!({"status": "REVOKED"})).await
            }
        }
    });
    let (done, late): (Vec<_>, Vec<_>) = all(racers)
        .await
        .into_iter()
        .partition(|answer| answer.status < 300);
    assert_eq!((done.len(), late.len()), (1, 19));
    for answer in &late {
        answer.refused_by_fdx(409, "409");
    }
    let rows = history(platform, &shared.consent_id).await;
    assert_eq!(of(&rows, "REVOKED").len(), 1);
    let refused = of(&rows, "REFUSED");
    assert_eq!(refused, ["REVOKED: ALREADY_ENDED"; 16], "bounded");
    assert_eq!(
        events(platform, &shared.consent_id),
        ["CONSENT_AUTHORIZED", "CONSENT_REVOKED"]
    );
}

/// A hold races reads: whoever asks after its answer is told so, whatever the race gave.
#[tokio::test]
async fn nothing_is_read_once_a_hold_was_answered() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer, shared) = shared(platform).await;
    let token = platform.bank().token(BANK_SCOPES).await;
    let consent = (shared.consent_id.as_str(), consumer.user_id.as_str());
    let reads = all((0..20).map(|_| {
        let (recipient, token) = (recipient.clone(), shared.tokens.access_token.clone());
        async move { recipient.get("/fdx/v6/core/accounts", &token).await }
    }));
    let hold = async {
        change(platform, &token, consent, &json!({"status": "ON_HOLD"}))
            .await
            .expect(200);
        recipient
            .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
            .await
    };
    let (raced, after) = tokio::join!(reads, hold);
    after.refused_by_fdx(403, "602");
    for answer in raced {
        assert!([200, 403].contains(&answer.status), "{}", answer.text);
    }
    change(platform, &token, consent, &json!({"status": "REVOKED"}))
        .await
        .expect(200);
    for status in ["ON_HOLD", "ACTIVE"] {
        change(platform, &token, consent, &json!({"status": status}))
            .await
            .refused_by_fdx(409, "409");
    }
    let rows = history(platform, &shared.consent_id).await;
    let actions: Vec<_> = rows.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["GRANTED", "HELD", "REVOKED", "REFUSED", "REFUSED"]);
    assert_eq!(
        of(&rows, "REFUSED"),
        ["HELD: ALREADY_ENDED", "RESUMED: ALREADY_ENDED"]
    );
}

/// O25: fifty at once, of which ten may be; the others stand in history, and their recipient hears of them.
#[tokio::test]
async fn o25_of_fifty_racing_consents_ten_are_granted_and_forty_stand_as_rejected() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    // Decided one after the other; what races is the completion, where the grant is made.
    let mut decided = vec![];
    for _ in 0..50 {
        let pushed = recipient.push(SCOPE).pushed().await;
        let mut browser = platform.browser();
        let url = recipient.authorize_url(&pushed.request_uri);
        let resource_id = platform.begin(&mut browser, &url).await;
        let bank = platform.bank();
        let token = bank.token(BANK_SCOPES).await;
        let decision = bank.approval(&consumer.user_id, &[&consumer.savings]);
        let answer = bank
            .decide(&token, &resource_id, "\"1\"", &decision)
            .await
            .expect(200);
        decided.push((browser, answer.member("continueUrl").to_owned()));
    }
    let racers = decided.into_iter().map(|(mut browser, url)| async move {
        let callback = browser.open(&url).await.away();
        parameter(&callback, "error")
    });
    let refused: Vec<_> = all(racers).await.into_iter().flatten().collect();
    assert_eq!(refused, ["access_denied"; 40]);
    let mut session = platform.database.session();
    let client = &recipient.client_id;
    let count = |table: &str, condition: &str| format!("SELECT count(*) FROM {table} WHERE {condition}");
    let grants = count("consent_grants", &format!("client_id = '{client}'"));
    assert_eq!(session.number(&grants), 10);
    let rejected = count(
        "consent_history",
        &format!(
            "action = 'REJECTED' AND sequence = 1 AND reason = 'TOO_MANY_CONSENTS' AND actor = 'SYSTEM'
             AND content->>'clientId' = '{client}' AND content->>'userId' = '{}'
             AND NOT EXISTS (SELECT 1 FROM consent_grants g WHERE g.consent_id = consent_history.consent_id)",
            consumer.user_id
        ),
    );
    assert_eq!(session.number(&rejected), 40);
    let told = count(
        "outbox",
        &format!("client_id = '{client}' AND event_type = 'CONSENT_REJECTED'"),
    );
    assert_eq!(session.number(&told), 40);
}

/// What the consumer refuses is told to the recipient as an event too.
#[tokio::test]
async fn a_rejection_is_one_row_and_one_event() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let decision = json!({"status": "REJECTED", "reason": "not now"});
    let callback = platform
        .decide(&mut platform.browser(), &url, &decision)
        .await
        .away();
    assert_eq!(parameter(&callback, "error").as_deref(), Some("access_denied"));
    let ids = platform.database.session().texts(&format!(
        "SELECT consent_id::text AS value FROM outbox WHERE client_id = '{}'",
        recipient.client_id
    ));
    let [consent_id] = &ids[..] else { panic!("{ids:?}") };
    assert_eq!(events(platform, consent_id), ["CONSENT_REJECTED"]);
    assert_eq!(
        history(platform, consent_id).await,
        [("REJECTED".into(), Some("not now".into()))]
    );
}

/// Time is decided at the read; what writes it down may come late, twice, or from many replicas.
#[tokio::test]
async fn what_time_did_is_written_down_once() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer, shared) = shared(platform).await;
    let consent_id: domain::ConsentId = shared.consent_id.parse().unwrap();
    let token = platform.bank().token(BANK_SCOPES).await;
    let until = platform.now() + chrono::Duration::hours(1);
    change(
        platform,
        &token,
        (&shared.consent_id, &consumer.user_id),
        &json!({"status": "ON_HOLD", "holdUntil": until}),
    )
    .await
    .expect(200);
    let write = |at| {
        all((0..12).map(move |number| async move {
            let event_id = uuid::Uuid::from_u128(number);
            let outcome: Result<bool, store::TxError<std::convert::Infallible>> = platform
                .store
                .tx("expire", move |tx| {
                    lifecycle::expire::expire(tx, consent_id, at, event_id)
                })
                .await;
            outcome.unwrap()
        }))
    };
    let written = |outcomes: Vec<bool>| outcomes.into_iter().filter(|written| *written).count();
    assert_eq!(written(write(until - chrono::Duration::seconds(1)).await), 0);
    assert_eq!(written(write(until).await), 1, "the hold is over");
    assert_eq!(
        written(write(until + chrono::Duration::days(400)).await),
        1,
        "and the consent"
    );
    let rows = history(platform, &shared.consent_id).await;
    let actions: Vec<_> = rows.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["GRANTED", "HELD", "RESUMED", "EXPIRED"]);
    let mut told = events(platform, &shared.consent_id);
    told.sort();
    assert_eq!(
        told,
        [
            "CONSENT_AUTHORIZED",
            "CONSENT_EXPIRED",
            "CONSENT_ON_HOLD",
            "CONSENT_UPDATED"
        ]
    );
    recipient
        .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
        .await
        .refused_by_fdx(401, "603");
}

/// The workers of replicas that start at the same moment, all with the same to do.
#[tokio::test]
async fn workers_write_each_end_once() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    for _ in 0..8 {
        platform.code(&recipient, &consumer, SCOPE).await;
    }
    platform.platform.clock.pass(400 * 86_400);
    let replicas = tokio::join!(platform.replica(), platform.replica(), platform.replica());
    let mut session = platform.database.session();
    let living = "SELECT count(*) FROM consent_grants WHERE state <> 'EXPIRED'";
    let all_written = async {
        while session.number(living) > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), all_written)
        .await
        .unwrap();
    drop(replicas);
    let rows = "SELECT count(*) FROM consent_history WHERE action = 'EXPIRED' AND actor = 'SYSTEM'";
    assert_eq!(session.number(rows), 8);
    let told = "SELECT count(*) FROM outbox WHERE event_type = 'CONSENT_EXPIRED'";
    assert_eq!(session.number(told), 8);
}

/// A code that came while its consent was on hold opens it when the hold is over, written down or not.
#[tokio::test]
async fn a_code_works_when_the_hold_has_lapsed() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    let consent_id = platform
        .database
        .session()
        .texts("SELECT consent_id::text AS value FROM consent_grants");
    let token = platform.bank().token(BANK_SCOPES).await;
    let until = platform.now() + chrono::Duration::seconds(20);
    let hold = json!({"status": "ON_HOLD", "holdUntil": until});
    change(&platform, &token, (&consent_id[0], &consumer.user_id), &hold)
        .await
        .expect(200);
    recipient
        .redeem(&code, &pushed.verifier)
        .send()
        .await
        .refused(400, "invalid_grant");
    platform.platform.clock.pass(21);
    let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
    recipient
        .get("/fdx/v6/core/accounts", &tokens.access_token)
        .await
        .expect(200);
}
