//! The Participant User API, as a bank's dashboard meets it: lists by filter, what was read and when, accounts that are taken
//! out, holders of joint accounts, and everything ended at once.

mod accesses;
mod joint;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use testkit::{answer::Answer, bank::CONSENTS, recipient::Recipient};

use crate::{
    parties::{BANK_SCOPES, Shared, all},
    stage::TestPlatform,
};

const PROFILE: &str = "fapi2-security";

/// The bank's dashboard with a token.
struct Dashboard {
    bank: testkit::bank::Application,
    token: String,
}

impl Dashboard {
    async fn of(platform: &TestPlatform) -> Self {
        let bank = platform.bank();
        let token = bank.token(BANK_SCOPES).await;
        Self { bank, token }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bank
            .request(method, &format!("{CONSENTS}{path}"), &self.token)
    }

    async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    async fn change(&self, consent_id: &str, user_id: &str, body: &Value) -> Answer {
        let path = format!("/{consent_id}?userId={user_id}");
        Answer::to(self.request(Method::PATCH, &path).json(body)).await
    }

    /// The ids that a list shows, in its order.
    async fn listed(&self, query: &str) -> Vec<String> {
        let page = self.get(&format!("?{query}")).await.expect(200);
        page.json["consents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|consent| consent["consentId"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn sorted(&self, query: &str) -> Vec<String> {
        sorted(self.listed(query).await)
    }

    async fn accesses(&self, consent_id: &str, user_id: &str, more: &str) -> Answer {
        self.get(&format!("/{consent_id}/accesses?userId={user_id}{more}"))
            .await
    }
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

async fn read(recipient: &Recipient, shared: &Shared, path: &str, attended: bool) -> Answer {
    let url = format!("{}{path}", recipient.platform.mutual);
    let mut request = recipient
        .platform
        .request(&recipient.connection(), Method::GET, &url)
        .bearer_auth(&shared.tokens.access_token);
    if attended {
        request = request.header("x-fapi-customer-ip-address", "198.51.100.7");
    }
    Answer::to(request).await
}

#[tokio::test]
async fn a_list_is_narrowed_by_status_recipient_and_windows() {
    let platform = TestPlatform::start().await;
    let (one, other) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    let consumer = platform.consumer().await;
    let active = platform.share(&one, &consumer).await.consent_id;
    let held = platform.share(&one, &consumer).await.consent_id;
    let revoked = platform.share(&other, &consumer).await.consent_id;
    let dashboard = Dashboard::of(&platform).await;
    let user = consumer.user_id.as_str();
    let until = platform.now() + chrono::Duration::hours(1);
    let hold = json!({"status": "ON_HOLD", "holdUntil": until});
    dashboard.change(&held, user, &hold).await.expect(200);
    dashboard
        .change(&revoked, user, &json!({"status": "REVOKED"}))
        .await
        .expect(200);

    assert_eq!(
        dashboard.sorted(&format!("userId={user}&status=ACTIVE")).await,
        std::slice::from_ref(&active)
    );
    assert_eq!(
        dashboard.sorted(&format!("userId={user}&status=ON_HOLD")).await,
        std::slice::from_ref(&held)
    );
    assert_eq!(
        dashboard
            .sorted(&format!("userId={user}&status=ON_HOLD&status=REVOKED"))
            .await,
        sorted(vec![held.clone(), revoked.clone()])
    );
    assert_eq!(
        dashboard
            .sorted(&format!("userId={user}&clientId={}", one.client_id))
            .await,
        sorted(vec![active.clone(), held.clone()])
    );
    assert!(
        dashboard
            .sorted(&format!("userId={user}&clientId=nobody"))
            .await
            .is_empty()
    );
    assert!(
        dashboard
            .sorted(&format!("userId={user}&status=EXPIRED"))
            .await
            .is_empty()
    );
    let instant = |seconds: i64| {
        (platform.now() + chrono::Duration::seconds(seconds))
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    };
    assert_eq!(
        dashboard
            .sorted(&format!("userId={user}&createdFrom={}", instant(-600)))
            .await
            .len(),
        3
    );
    assert!(
        dashboard
            .sorted(&format!("userId={user}&createdTo={}", instant(-600)))
            .await
            .is_empty()
    );
    assert_eq!(
        dashboard
            .sorted(&format!("userId={user}&expiresFrom={}", instant(600)))
            .await
            .len(),
        3
    );
    assert!(
        dashboard
            .sorted(&format!("userId={user}&expiresTo={}", instant(600)))
            .await
            .is_empty()
    );

    // A status is that of the instant: the hold lifts, and the rest expires, without anybody writing it.
    platform.platform.clock.pass(3_700);
    let dashboard = Dashboard::of(&platform).await;
    assert_eq!(
        sorted(dashboard.listed(&format!("userId={user}&status=ACTIVE")).await),
        sorted(vec![active.clone(), held.clone()])
    );
    platform.platform.clock.pass(366 * 86_400);
    let dashboard = Dashboard::of(&platform).await;
    assert_eq!(
        sorted(dashboard.listed(&format!("userId={user}&status=EXPIRED")).await),
        sorted(vec![active, held])
    );

    // N05: a cursor is good with the filters that it was made with.
    let first = dashboard
        .get(&format!("?userId={user}&status=EXPIRED&limit=1"))
        .await
        .expect(200);
    let key = first.json["page"]["nextPageKey"].as_str().unwrap();
    dashboard
        .get(&format!("?userId={user}&status=EXPIRED&limit=1&pageKey={key}"))
        .await
        .expect(200);
    dashboard
        .get(&format!("?userId={user}&pageKey={key}"))
        .await
        .refused_by_fdx(400, "401");
    for bad in [
        "&status=active",
        "&status=",
        "&createdFrom=yesterday",
        "&userId=x",
        "&clientId=",
    ] {
        dashboard
            .get(&format!("?userId={user}{bad}"))
            .await
            .refused_by_fdx(400, "401");
    }
}

#[tokio::test]
async fn an_account_that_is_taken_out_is_read_no_more() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let shared = platform.share(&recipient, &consumer).await;
    let (id, user) = (shared.consent_id.as_str(), consumer.user_id.as_str());
    let dashboard = Dashboard::of(platform).await;
    let remove = |accounts: Value| json!({"action": "REMOVE_ACCOUNTS", "accountIds": accounts});
    let removed = dashboard
        .change(id, user, &remove(json!([consumer.savings])))
        .await
        .expect(200);
    assert_eq!(removed.json["accounts"].as_array().unwrap().len(), 1);
    assert_eq!(
        removed.json["removedAccounts"][0]["accountId"],
        consumer.savings.as_str()
    );
    let history = removed.json["history"].as_array().unwrap();
    assert_eq!(history.last().unwrap()["action"], "MODIFIED");
    let path = format!("/fdx/v6/core/accounts/{}", consumer.savings);
    read(&recipient, &shared, &path, false)
        .await
        .refused_by_fdx(404, "701");
    let path = format!("/fdx/v6/core/accounts/{}", consumer.checking);
    read(&recipient, &shared, &path, false).await.expect(200);

    dashboard
        .change(id, user, &remove(json!([consumer.savings])))
        .await
        .refused_by_fdx(400, "401");
    dashboard
        .change(id, user, &remove(json!([consumer.checking])))
        .await
        .refused_by_fdx(409, "409");
    dashboard
        .change(id, user, &remove(json!([])))
        .await
        .refused_by_fdx(400, "401");
    let other = platform.consumer().await;
    dashboard
        .change(id, &other.user_id, &remove(json!([consumer.checking])))
        .await
        .refused_by_fdx(404, "1107");
}

#[tokio::test]
async fn everything_of_a_consumer_ends_in_one_call() {
    let platform = TestPlatform::shared().await;
    let (one, other) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    let (consumer, bystander) = (platform.consumer().await, platform.consumer().await);
    let theirs = platform.share(&one, &bystander).await;
    let (first, second, third) = (
        platform.share(&one, &consumer).await,
        platform.share(&other, &consumer).await,
        platform.share(&one, &consumer).await,
    );
    let dashboard = Dashboard::of(platform).await;
    let revoke = |body: Value| Answer::to(dashboard.request(Method::POST, "/revocation").json(&body));
    let revoked = |answer: &Answer| -> Vec<String> {
        sorted(
            answer.json["revoked"]
                .as_array()
                .unwrap()
                .iter()
                .map(|id| id.as_str().unwrap().to_owned())
                .collect(),
        )
    };
    for bad in [
        json!({}),
        json!({"userId": ""}),
        json!({"userId": consumer.user_id, "status": "REVOKED"}),
        json!({"userId": consumer.user_id, "initiator": "DATA_RECIPIENT"}),
    ] {
        revoke(bad).await.refused_by_fdx(400, "401");
    }
    let with_one = revoke(json!({"userId": consumer.user_id, "clientId": other.client_id}))
        .await
        .expect(200);
    assert_eq!(revoked(&with_one), std::slice::from_ref(&second.consent_id));

    // Ten at once: each consent is ended by one of them.
    let body = json!({"userId": consumer.user_id, "reason": "SECURITY_EVENT", "initiator": "DATA_PROVIDER"});
    let answers = all((0..10).map(|_| {
        let request = dashboard.request(Method::POST, "/revocation").json(&body);
        async move { Answer::to(request).await.expect(200) }
    }))
    .await;
    let ended: Vec<String> = answers.iter().flat_map(revoked).collect();
    assert_eq!(
        sorted(ended),
        sorted(vec![first.consent_id.clone(), third.consent_id.clone()])
    );
    assert!(revoked(&revoke(body).await.expect(200)).is_empty());
    for shared in [&first, &third] {
        read(&one, shared, "/fdx/v6/core/accounts", false)
            .await
            .refused_by_fdx(401, "603");
    }
    read(&one, &theirs, "/fdx/v6/core/accounts", false)
        .await
        .expect(200);
    let found = dashboard
        .get(&format!("/{}?userId={}", first.consent_id, consumer.user_id))
        .await
        .expect(200);
    assert_eq!(
        (found.member("initiator"), found.member("reason")),
        ("DATA_PROVIDER", "SECURITY_EVENT")
    );
    let history = found.json["history"].as_array().unwrap();
    assert_eq!(history.len(), 2, "{history:?}");
}
