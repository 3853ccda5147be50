//! Keys are rotated while platforms serve: what was signed before stays good, and no replica meets a signature that it
//! does not know.

use jose::Algorithm;
use serde_json::Value;
use testkit::{answer::Answer, jws};

use crate::{parties::SCOPE, stage::TestPlatform};

async fn published(platform: &TestPlatform) -> Vec<String> {
    let url = format!("{}/fdx/auth/v1/jwks", platform.reached_at().public);
    let keys = Answer::to(platform.platform.plain.get(url))
        .await
        .expect(200)
        .json;
    keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

fn kid(token: &str) -> String {
    let (header, _): (Value, Value) = jws::read(token);
    header["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_an_old_one_after() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let before = platform.share_scope(&recipient, &consumer, SCOPE).await;
    let old = kid(&before.tokens.access_token);
    platform.rotate_keys(Algorithm::Es256).await;

    // A replica that starts now knows both, and still signs with the old one.
    let replica = platform.replica().await;
    let keys = published(&replica).await;
    assert!(keys.contains(&old) && keys.len() == 4, "{keys:?}");
    let reads = |token: String, at: testkit::recipient::Platform| {
        let url = format!("{}/fdx/v6/core/accounts", at.mutual);
        let request = recipient
            .platform
            .request(&recipient.connection(), reqwest::Method::GET, &url);
        Answer::to(request.bearer_auth(token))
    };
    reads(before.tokens.access_token.clone(), replica.reached_at())
        .await
        .expect(200);
    let mut refresh = recipient.refresh(before.tokens.refresh_token.as_deref().unwrap());
    refresh.url = refresh
        .url
        .replace(&platform.platform.mutual, &replica.reached_at().mutual);
    let overlapping = refresh.tokens().await.access_token;
    assert_eq!(kid(&overlapping), old);
    // The platform that has not looked for new keys yet knows what the replica signs.
    reads(overlapping, platform.reached_at()).await.expect(200);

    // Later the new one signs, and what the old one signed is read until it ends by itself.
    platform.platform.clock.pass(200);
    let mut refresh = recipient.refresh(before.tokens.refresh_token.as_deref().unwrap());
    refresh.url = refresh
        .url
        .replace(&platform.platform.mutual, &replica.reached_at().mutual);
    let fresh = refresh.tokens().await.access_token;
    assert_ne!(kid(&fresh), old);
    reads(fresh, replica.reached_at()).await.expect(200);
    reads(before.tokens.access_token.clone(), replica.reached_at())
        .await
        .expect(200);
    assert!(published(&replica).await.contains(&old));
}
