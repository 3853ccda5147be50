//! Objects of others, over the APIs of the bank: what an application may ask and change is what its scope and the path
//! say, and what is another's is like what is not there.

use reqwest::Method;
use serde_json::json;
use testkit::{answer::Answer, bank::CONSENTS};

use crate::{races::revoke_consent, stage::TestPlatform};

const PROFILE: &str = "fapi2-security";

/// O08: a recipient ends no consent but its own, by any method and with any id of its own in the body.
#[tokio::test]
async fn o08_a_recipient_ends_its_own_consents_alone() {
    let platform = TestPlatform::shared().await;
    let (recipient, other) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    let consumer = platform.consumer().await;
    let own = platform.share(&recipient, &consumer).await;
    let theirs = platform.share(&other, &consumer).await;
    let absent = "00000000-0000-4000-8000-000000000000";
    let mut told = vec![];
    for consent_id in [theirs.consent_id.as_str(), absent] {
        for method in [Method::PUT, Method::PATCH, Method::GET] {
            let url = format!(
                "{}/fdx/v6/consents/{consent_id}/revocation",
                platform.platform.mutual
            );
            let request = platform
                .platform
                .request(&recipient.connection(), method.clone(), &url)
                .bearer_auth(&own.tokens.access_token);
            let request = if method == Method::GET {
                request
            } else {
                request.json(&json!({"reason": "USER_ACTION", "initiator": "INDIVIDUAL"}))
            };
            let answer = Answer::to(request).await;
            answer.refused_by_fdx(404, "1107");
            told.push(answer.text);
        }
    }
    told.dedup();
    assert_eq!(told.len(), 1, "another's and none are told apart: {told:?}");
    other
        .get("/fdx/v6/core/accounts", &theirs.tokens.access_token)
        .await
        .expect(200);
    revoke_consent(&other, &theirs).await.expect(204);
    recipient
        .get("/fdx/v6/core/accounts", &own.tokens.access_token)
        .await
        .expect(200);
}

/// O18, O20: an application that may look changes nothing, and under one consumer's name nothing of another is found.
#[tokio::test]
async fn o18_o20_an_application_reaches_what_its_scope_and_the_consumer_say() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let (consumer, other) = (platform.consumer().await, platform.consumer().await);
    let shared = platform.share(&recipient, &consumer).await;
    let looks = platform.application("participantuser:consents:read").await;
    let token = looks.token("participantuser:consents:read").await;
    let path = format!("{CONSENTS}/{}", shared.consent_id);
    let of = |user: &str| format!("{path}?userId={user}");
    let found = Answer::to(looks.request(Method::GET, &of(&consumer.user_id), &token))
        .await
        .expect(200);
    let change = looks
        .request(Method::PATCH, &of(&consumer.user_id), &token)
        .header("if-match", found.header("etag"))
        .json(&json!({"status": "REVOKED"}));
    Answer::to(change).await.refused_by_fdx(403, "403");
    Answer::to(looks.request(Method::GET, &of(&other.user_id), &token))
        .await
        .refused_by_fdx(404, "1107");
    let bank = platform.bank();
    let writes = bank
        .token("participantuser:consents:write participantuser:consents:read")
        .await;
    let change = bank
        .request(Method::PATCH, &of(&other.user_id), &writes)
        .header("if-match", found.header("etag"))
        .json(&json!({"status": "REVOKED"}));
    Answer::to(change).await.refused_by_fdx(404, "1107");
    let list = format!("{CONSENTS}?userId={}", other.user_id);
    let listed = Answer::to(looks.request(Method::GET, &list, &token))
        .await
        .expect(200);
    assert!(!listed.text.contains(&shared.consent_id), "{}", listed.text);
    recipient
        .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
        .await
        .expect(200);
}
