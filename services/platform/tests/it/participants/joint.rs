//! Holders of joint accounts.

use serde_json::json;

use super::{Dashboard, PROFILE, read};
use crate::{parties::Consumer, stage::TestPlatform};

/// Makes another consumer a holder of an account whose approval is needed.
fn make_joint(platform: &TestPlatform, account_id: &str, holder: &Consumer) {
    platform.database.session().execute(&format!(
        "INSERT INTO account_holders (user_id, account_id, approves) VALUES ('{}', '{account_id}', true)",
        holder.user_id
    ));
}

#[tokio::test]
async fn o10_a_holder_of_a_joint_account_sees_that_account_and_no_other() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let (holder, stranger) = (platform.consumer().await, platform.consumer().await);
    make_joint(&platform, &consumer.savings, &holder);
    let shared = platform.share(&recipient, &consumer).await;
    let id = shared.consent_id.as_str();
    let dashboard = Dashboard::of(&platform).await;

    let grantors = dashboard
        .get(&format!("/{id}?userId={}", consumer.user_id))
        .await
        .expect(200);
    assert_eq!(grantors.json["role"], "GRANTOR");
    assert_eq!(grantors.json["partiallyAuthorized"], true);
    let list = dashboard
        .get(&format!("?userId={}", holder.user_id))
        .await
        .expect(200);
    let seen = &list.json["consents"][0];
    assert_eq!(
        (seen["consentId"].as_str(), seen["role"].as_str()),
        (Some(id), Some("HOLDER"))
    );
    assert_eq!(seen["accounts"].as_array().unwrap().len(), 1);
    assert_eq!(seen["accounts"][0]["accountId"], consumer.savings.as_str());
    assert_eq!(seen["accounts"][0]["approval"]["status"], "AWAITING");
    assert!(
        !list.text.contains(&consumer.checking),
        "another account of the grantor is told"
    );
    assert!(
        dashboard
            .listed(&format!("userId={}", stranger.user_id))
            .await
            .is_empty()
    );

    // A holder may not end or change it, and has no receipts of it.
    for body in [
        json!({"status": "REVOKED"}),
        json!({"action": "REMOVE_ACCOUNTS", "accountIds": [consumer.savings]}),
    ] {
        dashboard
            .change(id, &holder.user_id, &body)
            .await
            .refused_by_fdx(404, "1107");
    }
    dashboard
        .get(&format!("/{id}/receipts?userId={}", holder.user_id))
        .await
        .refused_by_fdx(404, "1107");
    dashboard
        .change(id, &stranger.user_id, &json!({"action": "APPROVE"}))
        .await
        .refused_by_fdx(404, "1107");
    dashboard
        .change(
            id,
            &holder.user_id,
            &json!({"action": "APPROVE", "accountIds": [consumer.checking]}),
        )
        .await
        .refused_by_fdx(400, "401");

    let approved = dashboard
        .change(id, &holder.user_id, &json!({"action": "APPROVE"}))
        .await
        .expect(200);
    assert_eq!(approved.json["accounts"][0]["approval"]["status"], "COMPLETE");
    assert_eq!(approved.json["partiallyAuthorized"], false);
    dashboard
        .change(id, &holder.user_id, &json!({"action": "APPROVE"}))
        .await
        .refused_by_fdx(409, "409");
    let path = format!("/fdx/v6/core/accounts/{}", consumer.savings);
    read(&recipient, &shared, &path, false).await.expect(200);
    read(&recipient, &shared, "/fdx/v6/core/accounts", false)
        .await
        .expect(200);

    // The holder sees the reads of their account, and of those that account alone.
    let accesses = dashboard.accesses(id, &holder.user_id, "").await.expect(200);
    assert_eq!(accesses.json["accesses"].as_array().unwrap().len(), 2);
    assert!(!accesses.text.contains(&consumer.checking));
    dashboard
        .change(id, &holder.user_id, &json!({"action": "WITHDRAW"}))
        .await
        .expect(200);
    read(&recipient, &shared, &path, false)
        .await
        .refused_by_fdx(404, "701");
}
