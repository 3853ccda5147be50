//! Two platforms on one database, behind one name: what one has spent, revoked or held, the other knows.

use reqwest::Method;
use serde_json::json;
use testkit::{
    answer::Answer,
    bank::{Application, CONSENTS},
    recipient::{Post, Recipient},
};

use crate::{
    parties::{Consumer, SCOPE, all},
    races::revoke_consent,
    stage::TestPlatform,
};

const PROFILE: &str = "fapi2-security";

/// A request that a recipient made for one replica, sent to the other.
fn sent_to(platform: &TestPlatform, mut post: Post) -> Post {
    let here = platform.reached_at();
    let there = &platform.platform;
    post.url = post
        .url
        .replace(&there.mutual, &here.mutual)
        .replace(&there.public, &here.public);
    post
}

async fn read(platform: &TestPlatform, recipient: &Recipient, token: &str) -> Answer {
    let url = format!("{}/fdx/v6/core/accounts", platform.reached_at().mutual);
    let request = recipient
        .platform
        .request(&recipient.connection(), Method::GET, &url);
    Answer::to(request.bearer_auth(token)).await
}

async fn set_up() -> (TestPlatform, TestPlatform) {
    let one = TestPlatform::start().await;
    let other = one.replica().await;
    assert_ne!(one.addresses, other.addresses);
    (one, other)
}

#[tokio::test]
async fn single_use_replay_revocation_and_hold_hold_on_both() {
    let (one, other) = set_up().await;
    let (recipient, consumer) = (one.recipient(PROFILE).await, one.consumer().await);

    // J23: an assertion used here is used there, also at once.
    let post = recipient.post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")]);
    let there = sent_to(&other, post.clone());
    let answers = all((0..40)
        .map(|number| {
            if number % 2 == 0 {
                post.clone()
            } else {
                there.clone()
            }
        })
        .map(|post| async move { post.send().await }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);

    // A request that was pushed here is authorized there; a token of here reads there.
    let (code, pushed) = one.code(&recipient, &consumer, SCOPE).await;
    // T01: redemptions on both.
    let racers: Vec<_> = (0..50)
        .map(|number| {
            let post = recipient.redeem(&code, &pushed.verifier);
            if number % 2 == 0 {
                post
            } else {
                sent_to(&other, post)
            }
        })
        .collect();
    let answers = all(racers.into_iter().map(|post| async move { post.send().await })).await;
    let given: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(given.len(), 1);
    read(&one, &recipient, given[0].member("access_token"))
        .await
        .refused_by_fdx(401, "603");
    read(&other, &recipient, given[0].member("access_token"))
        .await
        .refused_by_fdx(401, "603");

    // A hold set here is felt there, and its end too.
    let shared = one.share(&recipient, &consumer).await;
    let token = shared.tokens.access_token.clone();
    read(&other, &recipient, &token).await.expect(200);
    let bank = one.bank();
    change(&bank, &consumer, &shared.consent_id, "ON_HOLD").await;
    for platform in [&one, &other] {
        read(platform, &recipient, &token)
            .await
            .refused_by_fdx(403, "602");
        let refresh = recipient.refresh(shared.tokens.refresh_token.as_deref().unwrap());
        sent_to(platform, refresh)
            .send()
            .await
            .refused(400, "invalid_grant");
    }
    change(&bank, &consumer, &shared.consent_id, "ACTIVE").await;
    read(&other, &recipient, &token).await.expect(200);

    // A revocation here is felt there at once.
    revoke_consent(&recipient, &shared).await.expect(204);
    read(&other, &recipient, &token).await.refused_by_fdx(401, "603");
    let refresh = recipient.refresh(shared.tokens.refresh_token.as_deref().unwrap());
    sent_to(&other, refresh)
        .send()
        .await
        .refused(400, "invalid_grant");
}

/// The bank's dashboard changes a consent.
async fn change(bank: &Application, consumer: &Consumer, consent_id: &str, status: &str) {
    let token = bank
        .token("participantuser:consents:read participantuser:consents:write")
        .await;
    let path = format!("{CONSENTS}/{consent_id}?userId={}", consumer.user_id);
    let found = Answer::to(bank.request(Method::GET, &path, &token))
        .await
        .expect(200);
    let request = bank
        .request(Method::PATCH, &path, &token)
        .header("if-match", found.header("etag"));
    Answer::to(request.json(&json!({"status": status})))
        .await
        .expect(200);
}
