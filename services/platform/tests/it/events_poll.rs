//! What was told can be asked for again: in order, from a sequence on, page by page, for thirty days; and what the bank
//! itself has to tell.

use std::{fs, process::Command};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{answer::Answer, receiver::Reaction};

use crate::{
    stage::{Plan, TestPlatform, fresh_folder},
    subscriber::{HOLD, REVOKE, Subscriber, about},
};

/// Nobody listens there.
const CALLBACK: &str = "https://localhost:9/hook";

impl Subscriber {
    async fn poll(&self, query: &str) -> Answer {
        let path = format!("/notifications?{query}");
        self.call(Method::GET, &path, None).await
    }

    /// Asks to hear of something that is no consent's.
    async fn subscribe_to(&self, event_type: &str, category: &str, callback_url: &str) {
        let body = json!({
            "type": event_type, "category": category, "callbackUrl": callback_url, "subscriptionId": event_type,
            "subscriber": {"name": "Budget", "type": "DATA_RECIPIENT"},
        });
        self.call(Method::POST, "/notification-subscriptions", Some(&body))
            .await
            .expect(201);
    }
}

/// Waits until the recipient was told so much.
fn await_told(platform: &TestPlatform, subscriber: &Subscriber, number: i64) {
    let client_id = &subscriber.recipient.client_id;
    platform.database.session().await_number(
        &format!("SELECT count(*) FROM notifications WHERE client_id = '{client_id}'"),
        |told| told >= number,
    );
}

/// What each notification is about, and what happened.
fn told(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = answer.json["notifications"].as_array().unwrap().iter();
    list.map(|one| (text(&one["notificationPayload"]["id"]), text(&one["type"])))
        .collect()
}

fn sequences(answer: &Answer) -> Vec<i64> {
    let list = answer.json["notifications"].as_array().unwrap().iter();
    list.map(|one| one["sequence"].as_i64().unwrap()).collect()
}

/// A recipient that heard of a hold and of the end of each of four consents.
async fn informed(platform: &TestPlatform) -> (Subscriber, Vec<String>) {
    let subscriber = platform.subscriber().await;
    for kind in [HOLD, REVOKE] {
        subscriber.subscribe(kind, CALLBACK).await;
    }
    let consents = platform.consents(&subscriber, 4).await;
    for consent in &consents {
        platform.hold(consent).await;
        platform.revoke(consent).await;
    }
    await_told(platform, &subscriber, 8);
    (subscriber, consents)
}

#[tokio::test]
async fn o16_polling_gives_everything_in_order_and_nothing_of_anothers() {
    let platform = TestPlatform::shared().await;
    let stranger = platform.subscriber().await;
    assert_eq!(
        stranger.poll("").await.expect(200).json["notifications"],
        json!([])
    );
    stranger.subscribe(REVOKE, CALLBACK).await;
    let (subscriber, consents) = informed(platform).await;
    let answer = subscriber.poll("limit=100").await.expect(200);
    let wanted: Vec<_> = consents
        .iter()
        .flat_map(|id| [(id.clone(), HOLD.to_owned()), (id.clone(), REVOKE.to_owned())])
        .collect();
    assert_eq!(told(&answer), wanted);
    assert_eq!(sequences(&answer), [1, 1, 2, 2, 3, 3, 4, 4]);
    let last = &answer.json["notifications"][7];
    assert_eq!(
        last["publisher"],
        json!({"name": "Data Provider", "type": "DATA_PROVIDER"})
    );
    assert_eq!(
        last["notificationPayload"]["customFields"],
        json!({"name": "INITIATOR", "value": "INDIVIDUAL"})
    );
    assert_eq!(
        (&last["severity"], &last["priority"]),
        (&json!("INFO"), &json!("MEDIUM"))
    );
    assert_eq!(last["subscriptionId"], REVOKE);
    let link = format!("{}/fdx/v6/consents/{}", platform.platform.mutual, consents[3]);
    assert_eq!(last["url"]["href"], link);
    // O16: who holds none of these consents heard of none.
    assert_eq!(
        stranger.poll("").await.expect(200).json["notifications"],
        json!([])
    );
    stranger
        .poll(&format!("dataRecipientId={}", subscriber.recipient.client_id))
        .await
        .refused_by_fdx(404, "1107");
}

#[tokio::test]
async fn a_recipient_replays_from_a_sequence_and_goes_on_where_it_was() {
    let platform = TestPlatform::shared().await;
    let (subscriber, consents) = informed(platform).await;
    let of_one = subscriber
        .poll(&format!("subscriptionId={REVOKE}&fromSequence=3"))
        .await
        .expect(200);
    assert_eq!(sequences(&of_one), [3, 4]);
    let of_all = subscriber.poll("fromSequence=4").await.expect(200);
    assert_eq!(
        told(&of_all),
        [
            (consents[3].clone(), HOLD.into()),
            (consents[3].clone(), REVOKE.into())
        ]
    );

    // Page by page, whichever name the parameter has.
    for name in ["pageKey", "offset"] {
        for (filter, wanted) in [
            ("", 8),
            ("&subscriptionId=CONSENT_REVOKED", 4),
            ("&fromSequence=2", 6),
        ] {
            let (mut seen, mut key) = (vec![], String::new());
            loop {
                let page = subscriber
                    .poll(&format!("limit=3{filter}{key}"))
                    .await
                    .expect(200);
                seen.extend(told(&page));
                match page.json["page"]["nextPageKey"].as_str() {
                    Some(next) => {
                        assert_eq!(page.json["page"]["nextOffset"], next);
                        assert!(
                            page.json["links"]["next"]["href"]
                                .as_str()
                                .unwrap()
                                .contains(next)
                        );
                        key = format!("&{name}={next}");
                    }
                    None => break,
                }
            }
            assert_eq!(seen.len(), wanted, "{filter}");
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), wanted, "{filter}: none twice");
        }
    }

    // What is new since the last look.
    let update = |answer: &Answer| {
        answer.json["updates"]["nextUpdateId"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let seen = subscriber.poll("limit=100").await.expect(200);
    let nothing = subscriber
        .poll(&format!("updatedSince={}", update(&seen)))
        .await
        .expect(200);
    assert_eq!(told(&nothing), []);
    let more = platform.consents(&subscriber, 5).await;
    let new = more.iter().find(|id| !consents.contains(id)).unwrap();
    platform.revoke(new).await;
    await_told(platform, &subscriber, 9);
    let fresh = subscriber
        .poll(&format!("updatedSince={}", update(&nothing)))
        .await
        .expect(200);
    assert_eq!(told(&fresh), [(new.clone(), REVOKE.to_owned())]);
}

#[tokio::test]
async fn n05_a_cursor_of_another_list_or_recipient_opens_nothing() {
    let platform = TestPlatform::shared().await;
    let (subscriber, _) = informed(platform).await;
    let stranger = platform.subscriber().await;
    let page = subscriber.poll("limit=3").await.expect(200);
    let key = page.json["page"]["nextPageKey"].as_str().unwrap();
    let update = page.json["updates"]["nextUpdateId"].as_str().unwrap();
    for query in [
        format!("pageKey={key}&fromSequence=2"),
        format!("pageKey={key}&subscriptionId={REVOKE}"),
        format!("pageKey={update}"),
        "pageKey=x".into(),
        "fromSequence=-1".into(),
        "fromSequence=9223372036854775808".into(),
        "limit=0".into(),
        "limit=101".into(),
        "limit=1&limit=2".into(),
        format!("pageKey={key}&offset=other"),
        "subscriptionId=a%2Fb".into(),
    ] {
        subscriber.poll(&query).await.refused_by_fdx(400, "401");
    }
    stranger
        .poll(&format!("pageKey={key}"))
        .await
        .refused_by_fdx(400, "401");
    // FDX: an update id that says nothing to us has its own code.
    for query in [format!("updatedSince={key}"), "updatedSince=x".into()] {
        subscriber.poll(&query).await.refused_by_fdx(404, "1100");
    }
    stranger
        .poll(&format!("updatedSince={update}"))
        .await
        .refused_by_fdx(404, "1100");
}

#[tokio::test]
async fn what_was_told_is_kept_for_thirty_days() {
    let platform = TestPlatform::start().await;
    let (subscriber, _) = informed(&platform).await;
    let client_id = subscriber.recipient.client_id.clone();
    let mut session = platform.database.session();
    let older = |session: &mut testkit::database::Session, interval: &str| {
        session.execute(&format!(
            "UPDATE notifications SET created_at = created_at - interval '{interval}' WHERE client_id = '{client_id}'"
        ));
    };
    older(&mut session, "29 days 23 hours");
    assert_eq!(told(&subscriber.poll("").await.expect(200)).len(), 8);
    older(&mut session, "2 hours");
    assert_eq!(told(&subscriber.poll("").await.expect(200)), []);
    assert_eq!(
        told(
            &subscriber
                .poll(&format!("subscriptionId={HOLD}"))
                .await
                .expect(200)
        ),
        []
    );
}

#[tokio::test]
async fn a_test_arrives_and_the_log_tells_what_became_of_it() {
    let platform = TestPlatform::start().await;
    let subscriber = platform.subscriber().await;
    let receiver = platform.receiver(|_| Reaction::Take);
    subscriber.subscribe(REVOKE, &receiver.url("/hook")).await;
    subscriber.subscribe(HOLD, &receiver.url("/hook")).await;
    let path = format!("/notification-subscriptions/{REVOKE}");
    let test = || {
        subscriber.call(
            Method::POST,
            "/notification-subscriptions/CONSENT_REVOKED/test",
            None,
        )
    };
    let id = test().await.expect(202).member("notificationId").to_owned();
    let wanted = id.clone();
    receiver
        .wait_until(move |seen| seen.iter().any(|one| one.json()["notificationId"] == *wanted))
        .await;
    let sent = receiver.notifications();
    let [sent] = &sent[..] else {
        panic!("the one that was tested: {}", sent.len())
    };
    let body = sent.json();
    assert_eq!(
        (&body["type"], &body["category"]),
        (&json!("CUSTOM"), &json!("CONSENT"))
    );
    assert_eq!(body["subscriptionId"], REVOKE);
    assert_eq!(
        body["notificationPayload"]["customFields"],
        json!({"name": "TEST", "value": "true"})
    );
    // What was polled is what was sent.
    platform.database.session().await_number(
        "SELECT count(*) FROM notifications WHERE state = 'DELIVERED'",
        |delivered| delivered == 1,
    );
    let polled = subscriber.poll("").await.expect(200);
    assert_eq!(polled.json["notifications"], json!([body]));
    let log = subscriber
        .call(Method::GET, &format!("{path}/deliveries"), None)
        .await
        .expect(200);
    let delivery = &log.json["deliveries"][0];
    assert_eq!(delivery["notificationId"], *id);
    assert_eq!(
        (&delivery["status"], &delivery["attempts"]),
        (&json!("DELIVERED"), &json!(1))
    );
    assert!(
        delivery["deliveredTime"].is_string() && delivery.get("nextAttemptTime").is_none(),
        "{delivery}"
    );
    let state = subscriber.call(Method::GET, &path, None).await.expect(200);
    assert_eq!(
        (&state.json["callbackStatus"], &state.json["lastSequence"]),
        (&json!("VERIFIED"), &json!(1))
    );

    for _ in 0..9 {
        test().await.expect(202);
    }
    test().await.refused_by_fdx(429, "1207");
    await_told(&platform, &subscriber, 10);
    let page = format!("{path}/deliveries?limit=4");
    let first = subscriber.call(Method::GET, &page, None).await.expect(200);
    let numbers = |answer: &Answer| -> Vec<i64> {
        let list = answer.json["deliveries"].as_array().unwrap().iter();
        list.map(|one| one["sequence"].as_i64().unwrap()).collect()
    };
    assert_eq!(numbers(&first), [10, 9, 8, 7]);
    let key = first.json["page"]["nextPageKey"].as_str().unwrap();
    let second = subscriber
        .call(Method::GET, &format!("{page}&pageKey={key}"), None)
        .await
        .expect(200);
    assert_eq!(numbers(&second), [6, 5, 4, 3]);
}

/// `concordat notifications ...` on the database of a platform.
fn command(plan: &Plan, arguments: &[&str]) -> (bool, String) {
    let folder = fresh_folder();
    let text = plan.write(&folder);
    let file = folder.join("concordat.toml");
    fs::write(&file, text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_concordat"))
        .arg("--config")
        .arg(&file)
        .arg("notifications")
        .args(arguments)
        .output()
        .unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let printed = if output.status.success() {
        output.stdout
    } else {
        output.stderr
    };
    (
        output.status.success(),
        String::from_utf8(printed).unwrap().trim().to_owned(),
    )
}

#[tokio::test]
async fn the_bank_tells_everybody_of_an_outage_and_holders_of_a_balance() {
    let platform = TestPlatform::start().await;
    let (holder, other) = (platform.subscriber().await, platform.subscriber().await);
    for subscriber in [&holder, &other] {
        subscriber
            .subscribe_to("PLANNED_OUTAGE", "MAINTENANCE", CALLBACK)
            .await;
        subscriber.subscribe_to("BALANCE", "NEW_DATA", CALLBACK).await;
    }
    let consumer = platform.consumer().await;
    let scope = "openid fdx:accountbasic:read fdx:balances:read";
    platform.share_scope(&holder.recipient, &consumer, scope).await;
    // A consent that shares no balances is no reason to hear of one.
    platform.share(&other.recipient, &consumer).await;
    let plan = Plan::beside(&platform);

    let outage = [
        "publish",
        "PLANNED_OUTAGE",
        "--severity",
        "WARNING",
        "--field",
        "STARTS=2026-12-01T02:00Z",
    ];
    let (published, outage) = command(&plan, &outage);
    assert!(published, "{outage}");
    let (published, balance) = command(&plan, &["publish", "BALANCE", "--account", &consumer.checking]);
    assert!(published, "{balance}");
    await_told(&platform, &holder, 2);
    await_told(&platform, &other, 1);
    let heard = holder.poll("").await.expect(200);
    let ids: Vec<_> = heard.json["notifications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["notificationId"].clone())
        .collect();
    assert_eq!(ids, [json!(outage), json!(balance)]);
    assert_eq!(told(&heard)[1], (consumer.checking.clone(), "BALANCE".into()));
    let first = &heard.json["notifications"][0];
    assert_eq!(first["severity"], "WARNING");
    assert_eq!(
        first["notificationPayload"]["customFields"],
        json!({"name": "STARTS", "value": "2026-12-01T02:00Z"})
    );
    assert!(first.get("url").is_none());
    for secret in &consumer.secrets {
        assert!(!heard.text.contains(secret.as_str()), "{}", heard.text);
    }
    let heard = other.poll("").await.expect(200);
    assert_eq!(told(&heard).len(), 1, "{}", heard.text);

    for refused in [
        &["publish", "CONSENT_REVOKED"][..],
        &["publish", "BALANCE"],
        &["publish", "PLANNED_OUTAGE", "--category", "FRAUD"],
        &["publish", "PLANNED_OUTAGE", "--field", "ACCOUNT=4111111111111111"],
        &["publish", "NOTHING"],
        &["resume", "--subscription", "x"],
    ] {
        assert!(!command(&plan, refused).0, "{refused:?}");
    }
}

#[tokio::test]
async fn what_is_parked_is_shown_and_resumed_by_one_command() {
    let platform = TestPlatform::start().await;
    let subscriber = platform.subscriber().await;
    let receiver = platform.receiver(|_| Reaction::Take);
    subscriber.subscribe(REVOKE, &receiver.url("/hook")).await;
    receiver.wait_until(|seen| !seen.is_empty()).await;
    let plan = Plan::beside(&platform);
    assert_eq!(command(&plan, &["parked"]), (true, String::new()));
    // What waits for its next attempt, whose time is over.
    let consents = platform.consents(&subscriber, 1).await;
    let mut session = platform.database.session();
    session.execute(&format!(
        "INSERT INTO notifications (subscription_key, sequence, created_at, position, callback_id, client_id, notification_id,
             consent_id, event_type, category, severity, priority, payload, state, next_attempt_at, park_at, attempts, last_outcome)
         SELECT subscription_key, 1, now(), 1, callback_id, client_id, gen_random_uuid(), '{0}', '{REVOKE}', 'CONSENT', 'INFO',
             'MEDIUM', jsonb_build_object('id', '{0}', 'idType', 'CONSENT'), 'PARKED', now(), now(), 33, '503'
         FROM notification_subscriptions",
        consents[0]
    ));
    let (_, shown) = command(&plan, &["parked"]);
    for part in [
        subscriber.recipient.client_id.as_str(),
        REVOKE,
        "sequence 1",
        "33 attempts",
        "503",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(
        command(&plan, &["resume", "--client", "somebody-else"]).1,
        "resumed: 0 notifications, 0 callbacks"
    );
    let (resumed, told) = command(&plan, &["resume"]);
    assert!(resumed && told.starts_with("resumed: 1 notifications"), "{told}");
    // The command has the machine's clock, which is past the platform's by now.
    platform.platform.clock.pass(60);
    receiver
        .wait_until(|seen| seen.iter().any(|one| one.challenge().is_none()))
        .await;
    assert_eq!(
        about(&receiver.notifications()[0]),
        (consents[0].clone(), REVOKE.into())
    );
    assert_eq!(command(&plan, &["parked"]), (true, String::new()));
}
