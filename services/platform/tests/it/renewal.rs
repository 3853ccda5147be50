//! A consent takes the place of another (`grant_management_action=replace`): the consumer is asked, the old one ends with the
//! birth of the new one, and each names the other.

use serde_json::{Value, json};
use testkit::recipient::{Push, Recipient, parameter};

use crate::{
    late::history,
    parties::{BANK_SCOPES, SCOPE, all},
    stage::TestPlatform,
    table::Table,
};

fn renewal(recipient: &Recipient, consent_id: &str) -> Push {
    recipient.push(SCOPE).asking(|request| {
        request
            .with("grant_management_action", "replace")
            .with("grant_id", consent_id)
    })
}

fn link(consent: &Value, rel: &str) -> Option<String> {
    let links = consent["links"].as_array().unwrap();
    let link = links.iter().find(|link| link["rel"] == rel)?;
    Some(
        link["href"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned(),
    )
}

#[tokio::test]
async fn a_renewal_ends_what_it_replaces_and_both_name_each_other() {
    let platform = TestPlatform::shared().await;
    for profile in ["fapi2-security", "fapi2-message-signing", "fapi1-advanced"] {
        let (recipient, consumer) = (platform.recipient(profile).await, platform.consumer().await);
        let old = platform.share(&recipient, &consumer).await;
        let push = renewal(&recipient, &old.consent_id);
        let (code, pushed) = platform.code_of(&recipient, &consumer, push).await;
        recipient
            .get("/fdx/v6/core/accounts", &old.tokens.access_token)
            .await
            .refused_by_fdx(401, "603");
        let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
        let new = tokens.json["grant_id"].as_str().unwrap();
        assert_ne!(new, old.consent_id);
        recipient
            .get("/fdx/v6/core/accounts", &tokens.access_token)
            .await
            .expect(200);
        let own = recipient
            .post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
            .send()
            .await
            .expect(200);
        let consent = |id: &str| {
            let path = format!("/fdx/v6/consents/{id}");
            let (recipient, token) = (recipient.clone(), own.member("access_token").to_owned());
            async move { recipient.get(&path, &token).await.expect(200).json }
        };
        let (ended, living) = (consent(&old.consent_id).await, consent(new).await);
        assert_eq!(
            (&ended["status"], &living["status"]),
            (&json!("REVOKED"), &json!("ACTIVE"))
        );
        assert_eq!(link(&ended, "superseded-by").as_deref(), Some(new));
        assert_eq!(link(&living, "supersedes"), Some(old.consent_id.clone()));
        assert_eq!(
            history(platform, &old.consent_id).await,
            [
                ("GRANTED".into(), None),
                ("REVOKED".into(), Some("USER_ACTION".into()))
            ]
        );
    }
}

/// A consumer at the limit can renew, and cannot have one more.
#[tokio::test]
async fn a_renewal_is_not_one_more() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let mut last = platform.share(&recipient, &consumer).await;
    for _ in 1..10 {
        last = platform.share(&recipient, &consumer).await;
    }
    let url = |push: Push| {
        let (recipient, consumer) = (recipient.clone(), consumer.clone());
        async move {
            let pushed = push.pushed().await;
            let url = recipient.authorize_url(&pushed.request_uri);
            platform.allow(&mut platform.browser(), &url, &consumer).await
        }
    };
    let refused = url(recipient.push(SCOPE)).await;
    assert_eq!(parameter(&refused, "error").as_deref(), Some("access_denied"));
    let renewed = url(renewal(&recipient, &last.consent_id)).await;
    assert!(parameter(&renewed, "code").is_some(), "{renewed}");
}

/// Five renewals of one consent, all decided: one replaces it, the others are told.
#[tokio::test]
async fn of_racing_renewals_one_replaces() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let old = platform.share(&recipient, &consumer).await;
    let bank = platform.bank();
    let token = bank.token(BANK_SCOPES).await;
    let mut decided = vec![];
    for _ in 0..5 {
        let pushed = renewal(&recipient, &old.consent_id).pushed().await;
        let mut browser = platform.browser();
        let url = recipient.authorize_url(&pushed.request_uri);
        let resource_id = platform.begin(&mut browser, &url).await;
        let decision = bank.approval(&consumer.user_id, &[&consumer.checking]);
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
    assert_eq!(refused, ["invalid_grant_id"; 4]);
    let living = format!(
        "SELECT count(*) FROM consent_grants WHERE client_id = '{}' AND state = 'ACTIVE'",
        recipient.client_id
    );
    assert_eq!(platform.database.session().number(&living), 1);
}

#[tokio::test]
async fn what_cannot_be_replaced_is_refused() {
    let platform = TestPlatform::shared().await;
    let mut table = Table::default();
    for profile in ["fapi2-security", "fapi2-message-signing"] {
        let (recipient, consumer) = (platform.recipient(profile).await, platform.consumer().await);
        let stranger = platform.recipient(profile).await;
        let strangers = platform.share(&stranger, &consumer).await.consent_id;
        let own = platform.share(&recipient, &consumer).await.consent_id;
        let absent = "7d4a2f0e-0f5b-4c39-9d8b-0d6d0f5a7a11";
        let ask = |members: &[(&str, &str)]| {
            let push = recipient.push(SCOPE).asking(|request| {
                members
                    .iter()
                    .fold(request, |request, (name, value)| request.with(name, *value))
            });
            async move { push.send().await }
        };
        for (name, members, error) in [
            (
                "O08 another recipient's",
                vec![("grant_management_action", "replace"), ("grant_id", &*strangers)],
                "invalid_grant_id",
            ),
            (
                "O08 absent",
                vec![("grant_management_action", "replace"), ("grant_id", absent)],
                "invalid_grant_id",
            ),
            (
                "no id",
                vec![("grant_management_action", "replace"), ("grant_id", "x")],
                "invalid_grant_id",
            ),
            (
                "nothing to replace",
                vec![("grant_management_action", "replace")],
                "invalid_request",
            ),
            (
                "an id without action",
                vec![("grant_id", &*own)],
                "invalid_request",
            ),
            (
                "create with an id",
                vec![("grant_management_action", "create"), ("grant_id", &*own)],
                "invalid_request",
            ),
            (
                "merge",
                vec![("grant_management_action", "merge"), ("grant_id", &*own)],
                "invalid_request",
            ),
        ] {
            let answer = ask(&members).await;
            let fits = answer.status == 400 && answer.json["error"] == error;
            table.holds(&format!("{profile}: {name}"), fits, || answer.text.clone());
        }
        // Another consumer signs in.
        let other = platform.consumer().await;
        let pushed = renewal(&recipient, &own).pushed().await;
        let mut browser = platform.browser();
        let url = recipient.authorize_url(&pushed.request_uri);
        let resource_id = platform.begin(&mut browser, &url).await;
        let bank = platform.bank();
        let token = bank.token(BANK_SCOPES).await;
        let resource = bank.resource(&token, &resource_id).await.expect(200);
        assert_eq!(resource.json["replaces"], own.as_str());
        let decision = bank.approval(&other.user_id, &[&other.checking]);
        bank.decide(&token, &resource_id, "\"1\"", &decision)
            .await
            .refused_by_fdx(400, "401");
    }
    table.done();
}
