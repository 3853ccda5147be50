//! Joint accounts: nothing of one is served until every holder whose approval is needed has approved, and again from the
//! moment on that one takes it back. The consent's other accounts are served all along.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    bank::RESOURCES,
    recipient::{Recipient, parameter},
};

use crate::{
    late::{change, events, history},
    parties::{BANK_SCOPES, Consumer, SCOPE, Shared, all},
    stage::TestPlatform,
};

const PROFILE: &str = "fapi2-security";

/// Ada shares her checking account, which Bob holds too and must approve, and her savings.
struct Joint {
    platform: &'static TestPlatform,
    recipient: Recipient,
    ada: Consumer,
    bob: String,
    shared: Shared,
    bank_token: String,
}

impl Joint {
    async fn new() -> Self {
        let platform = TestPlatform::shared().await;
        let (recipient, ada) = (platform.recipient(PROFILE).await, platform.consumer().await);
        let bob = format!("bob-{}", platform.platform.fresh());
        let (holder, account) = (bob.parse().unwrap(), ada.checking.parse().unwrap());
        platform
            .tx(move |tx| store::imports::add_holder(tx, &holder, &account, true))
            .await;
        let details = json!([{"type": "fdx_v1.0", "consentRequest": {
            "durationType": "TIME_BOUND", "durationPeriod": 90,
            "resources": [{"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC", "TRANSACTIONS"]}]}}]);
        let push = recipient
            .push(SCOPE)
            .asking(|request| request.with("authorization_details", details));
        let (code, pushed) = platform.code_of(&recipient, &ada, push).await;
        let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
        let consent_id = tokens.json["grant_id"].as_str().unwrap().to_owned();
        Self {
            platform,
            recipient,
            ada,
            bob,
            shared: Shared {
                consent_id,
                tokens,
                code,
                verifier: pushed.verifier,
            },
            bank_token: platform.bank().token(BANK_SCOPES).await,
        }
    }

    async fn bob(&self, action: &str) -> Answer {
        let consent = (self.shared.consent_id.as_str(), self.bob.as_str());
        change(
            self.platform,
            &self.bank_token,
            consent,
            &json!({"action": action}),
        )
        .await
    }

    async fn get(&self, path: &str) -> Answer {
        self.recipient.get(path, &self.shared.tokens.access_token).await
    }

    /// The accounts that the recipient sees, by every door: the list, the consent and a fresh token.
    async fn served(&self) -> Vec<String> {
        let ids = |list: &Value, member: &str| -> Vec<String> {
            let id = |one: &Value| one[member].as_str().unwrap().to_owned();
            list.as_array().unwrap().iter().map(id).collect()
        };
        let listed = self.get("/fdx/v6/core/accounts").await.expect(200);
        let listed = ids(&listed.json["accounts"], "accountId");
        let consent = self
            .get(&format!("/fdx/v6/consents/{}", self.shared.consent_id))
            .await;
        assert_eq!(ids(&consent.json["resources"], "resourceId"), listed);
        let refresh_token = self.shared.tokens.refresh_token.as_deref().unwrap();
        let fresh = self.recipient.refresh(refresh_token).tokens().await;
        let details = &fresh.json["authorization_details"][0];
        assert_eq!(ids(&details["consentRequest"]["resources"], "resourceId"), listed);
        let awaiting = details["difference"]["awaitingApproval"].as_u64().unwrap_or(0);
        assert_eq!(usize::try_from(awaiting).unwrap(), 2 - listed.len());
        listed
    }
}

#[tokio::test]
async fn an_account_is_served_while_every_holder_approves() {
    let joint = Joint::new().await;
    let (checking, savings) = (joint.ada.checking.clone(), joint.ada.savings.clone());
    let details = &joint.shared.tokens.json["authorization_details"][0];
    assert_eq!(details["difference"], json!({"awaitingApproval": 1}));
    assert_eq!(joint.served().await, [savings.as_str()]);
    for path in ["", "/transactions", "/contact"] {
        let path = format!("/fdx/v6/core/accounts/{checking}{path}");
        let answer = joint.get(&path).await;
        assert!([403, 404].contains(&answer.status), "{path}: {}", answer.text);
        assert!(!answer.text.contains(&joint.ada.secrets[0]));
    }
    joint
        .get(&format!("/fdx/v6/core/accounts/{checking}/transactions"))
        .await
        .refused_by_fdx(404, "701");

    joint.bob("APPROVE").await.expect(200);
    assert_eq!(joint.served().await, [checking.as_str(), savings.as_str()]);
    joint
        .get(&format!("/fdx/v6/core/accounts/{checking}/transactions"))
        .await
        .expect(200);
    joint.bob("WITHDRAW").await.expect(200);
    assert_eq!(joint.served().await, [savings.as_str()]);
    joint.bob("APPROVE").await.expect(200);
    assert_eq!(joint.served().await, [checking.as_str(), savings.as_str()]);

    let rows = history(joint.platform, &joint.shared.consent_id).await;
    let actions: Vec<_> = rows.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(
        actions,
        ["PARTIALLY_GRANTED", "APPROVED", "WITHDRAWN", "APPROVED"]
    );
    let mut told = events(joint.platform, &joint.shared.consent_id);
    told.sort();
    assert_eq!(
        told,
        [
            "CONSENT_AUTHORIZED",
            "CONSENT_AUTHORIZED",
            "CONSENT_MODIFIED",
            "CONSENT_PARTIALLY_AUTHORIZED"
        ]
    );
}

#[tokio::test]
async fn only_a_holder_who_must_approve_has_a_say() {
    let joint = Joint::new().await;
    let id = joint.shared.consent_id.as_str();
    let approve = json!({"action": "APPROVE"});
    let stranger = joint.platform.consumer().await;
    change(
        joint.platform,
        &joint.bank_token,
        (id, &stranger.user_id),
        &approve,
    )
    .await
    .refused_by_fdx(404, "1107");
    let savings = json!({"action": "APPROVE", "accountIds": [joint.ada.savings]});
    change(joint.platform, &joint.bank_token, (id, &joint.bob), &savings)
        .await
        .refused_by_fdx(400, "401");
    for status in ["REVOKED", "ON_HOLD"] {
        change(
            joint.platform,
            &joint.bank_token,
            (id, &joint.bob),
            &json!({"status": status}),
        )
        .await
        .refused_by_fdx(404, "1107");
    }
    assert_eq!(joint.served().await.len(), 1);
}

/// One holder at two screens at once: one answer is taken, the other is told, and history has it.
#[tokio::test]
async fn of_racing_approvals_of_a_holder_one_is_new() {
    let joint = Joint::new().await;
    let racers = (0..8).map(|_| {
        let (platform, token) = (joint.platform, joint.bank_token.clone());
        let (id, bob) = (joint.shared.consent_id.clone(), joint.bob.clone());
        async move { change(platform, &token, (&id, &bob), &json!({"action": "APPROVE"})).await }
    });
    let statuses: Vec<_> = all(racers)
        .await
        .into_iter()
        .map(|answer| answer.status)
        .collect();
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert_eq!(
        statuses.iter().filter(|status| **status == 409).count(),
        7,
        "{statuses:?}"
    );
    let rows = history(joint.platform, &joint.shared.consent_id).await;
    let refused = rows
        .iter()
        .filter(|(action, reason)| action == "REFUSED" && reason.as_deref() == Some("APPROVED: UNCHANGED"));
    assert_eq!(refused.count(), 7, "{rows:?}");
}

/// Approve against revoke: whichever is first, the consent is over in the end, and a late approval stands in history.
#[tokio::test]
async fn an_approval_that_races_a_revocation_opens_nothing() {
    for _ in 0..4 {
        let joint = Joint::new().await;
        let consent = (joint.shared.consent_id.as_str(), joint.ada.user_id.as_str());
        let revocation = json!({"status": "REVOKED"});
        let (approval, revocation) = tokio::join!(
            joint.bob("APPROVE"),
            change(joint.platform, &joint.bank_token, consent, &revocation)
        );
        revocation.expect(200);
        joint
            .get("/fdx/v6/core/accounts")
            .await
            .refused_by_fdx(401, "603");
        let rows = history(joint.platform, &joint.shared.consent_id).await;
        let actions: Vec<_> = rows.iter().map(|(action, _)| action.as_str()).collect();
        if approval.status == 200 {
            assert_eq!(actions, ["PARTIALLY_GRANTED", "APPROVED", "REVOKED"]);
        } else {
            approval.refused_by_fdx(409, "409");
            assert_eq!(actions, ["PARTIALLY_GRANTED", "REVOKED", "REFUSED"]);
            assert_eq!(rows[2].1.as_deref(), Some("APPROVED: ALREADY_ENDED"));
        }
    }
}

#[tokio::test]
async fn the_consent_screen_knows_beforehand() {
    let joint = Joint::new().await;
    let pushed = joint.recipient.push(SCOPE).pushed().await;
    let mut browser = joint.platform.browser();
    let url = joint.recipient.authorize_url(&pushed.request_uri);
    let resource_id = joint.platform.begin(&mut browser, &url).await;
    let path = format!("{RESOURCES}/{resource_id}/accounts?userId={}", joint.ada.user_id);
    let found = Answer::to(
        joint
            .platform
            .bank()
            .request(Method::GET, &path, &joint.bank_token),
    )
    .await
    .expect(200);
    for account in found.json["accounts"].as_array().unwrap() {
        let expected = u64::from(account["accountId"] == joint.ada.checking.as_str());
        assert_eq!(account["awaitingApprovals"], expected, "{account}");
    }
    // Bob, whose approval it needs, may share it himself.
    let decision = joint.platform.bank().approval(&joint.bob, &[&joint.ada.checking]);
    let callback = joint.platform.decide(&mut browser, &url, &decision).await.away();
    assert!(parameter(&callback, "code").is_some(), "{callback}");
}
