//! What many do at once: exactly one of them succeeds where one may, and nothing slips past a revocation.

use reqwest::Method;
use serde_json::json;
use testkit::{answer::Answer, recipient::Recipient};

use crate::{
    parties::{SCOPE, Shared, all},
    stage::TestPlatform,
};

const PROFILE: &str = "fapi2-security";

pub(crate) async fn revoke_consent(recipient: &Recipient, shared: &Shared) -> Answer {
    let url = format!(
        "{}/fdx/v6/consents/{}/revocation",
        recipient.platform.mutual, shared.consent_id
    );
    let request = recipient
        .platform
        .request(&recipient.connection(), Method::PATCH, &url);
    Answer::to(request.bearer_auth(&shared.tokens.access_token).json(&json!({}))).await
}

/// T01, T02
#[tokio::test]
async fn t01_of_fifty_racing_redemptions_exactly_one_succeeds_and_reuse_revokes() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let (code, pushed) = platform.code(&recipient, &platform.consumer().await, SCOPE).await;
    let racers: Vec<_> = (0..50)
        .map(|_| recipient.redeem(&code, &pushed.verifier))
        .collect();
    let answers = all(racers.into_iter().map(|post| async move { post.send().await })).await;
    let (given, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((given.len(), refused.len()), (1, 49));
    for answer in refused {
        answer.refused(400, "invalid_grant");
    }
    let token = given[0].member("access_token");
    recipient
        .get("/fdx/v6/core/accounts", token)
        .await
        .refused_by_fdx(401, "603");
    recipient
        .refresh(given[0].member("refresh_token"))
        .send()
        .await
        .refused(400, "invalid_grant");
}

/// F03: refresh tokens are not rotated, so all that ask at once are given theirs.
#[tokio::test]
async fn f03_fifty_racing_refreshes_all_succeed() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let shared = platform.share(&recipient, &platform.consumer().await).await;
    let refresh_token = shared.tokens.refresh_token.clone().unwrap();
    let racers: Vec<_> = (0..50).map(|_| recipient.refresh(&refresh_token)).collect();
    let mut tokens: Vec<_> = all(racers.into_iter().map(|post| async move { post.tokens().await }))
        .await
        .into_iter()
        .map(|given| given.access_token)
        .collect();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 50);
}

/// F05: refreshes and reads race a revocation; none that begins after its answer gets anything, and no token that was
/// given in the race reads anything afterwards.
#[tokio::test]
async fn f05_after_the_revocation_nothing_is_issued_or_read() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let shared = platform.share(&recipient, &platform.consumer().await).await;
    let refresh_token = shared.tokens.refresh_token.clone().unwrap();
    let racers: Vec<_> = (0..30).map(|_| recipient.refresh(&refresh_token)).collect();
    let refreshes = all(racers.into_iter().map(|post| async move { post.send().await }));
    let revocation = async {
        revoke_consent(&recipient, &shared).await.expect(204);
        let late = recipient.refresh(&refresh_token).send().await;
        let read = recipient
            .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
            .await;
        (late, read)
    };
    let (answers, (late, read)) = tokio::join!(refreshes, revocation);
    late.refused(400, "invalid_grant");
    read.refused_by_fdx(401, "603");
    for answer in answers {
        if answer.status == 200 {
            let token = answer.member("access_token");
            recipient
                .get("/fdx/v6/core/accounts", token)
                .await
                .refused_by_fdx(401, "603");
        } else {
            answer.refused(400, "invalid_grant");
        }
    }
    revoke_consent(&recipient, &shared)
        .await
        .refused_by_fdx(401, "603");
}

/// J23: one assertion, many times at once.
#[tokio::test]
async fn j23_of_fifty_uses_of_one_assertion_one_is_accepted() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let post = recipient.post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")]);
    let answers = all(std::iter::repeat_n(post, 50).map(|post| async move { post.send().await })).await;
    let given = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(given, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.refused(401, "invalid_client");
    }
}

/// O25: the cap holds for decisions that finish at once.
#[tokio::test]
async fn o25_racing_consents_stay_within_the_cap() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let racer = move || (recipient.clone(), consumer.clone());
    let racers = std::iter::repeat_with(racer)
        .take(13)
        .map(|(recipient, consumer)| async move {
            let pushed = recipient.push(SCOPE).pushed().await;
            let url = recipient.authorize_url(&pushed.request_uri);
            let callback = platform.allow(&mut platform.browser(), &url, &consumer).await;
            testkit::recipient::parameter(&callback, "code").is_some()
        });
    let granted = all(racers).await.into_iter().filter(|granted| *granted).count();
    assert_eq!(granted, 10);
}
