//! Refresh tokens in other hands, after their time, and racing with what ends them.

use testkit::recipient::{Post, Recipient};

use super::super::races::revoke_consent;
use crate::{
    parties::{SCOPE, Shared, all},
    stage::TestPlatform,
    table::Table,
};

const PROFILE: &str = "fapi2-security";

fn refresh(recipient: &Recipient, shared: &Shared) -> Post {
    recipient.refresh(shared.tokens.refresh_token.as_deref().unwrap())
}

/// F01: another client, another certificate of the same client, none, and every way to pretend.
#[tokio::test]
async fn f01_a_stolen_refresh_token_is_of_no_use_to_the_thief() {
    let platform = TestPlatform::shared().await;
    let (recipient, thief) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    let shared = platform.share(&recipient, &platform.consumer().await).await;
    let token = shared.tokens.refresh_token.clone().unwrap();
    let (certificate, key) = platform.certificate(&recipient.client_id);
    let renewed = platform.platform.channel(Some((&certificate, &key)));
    let mut borrowed = refresh(&thief, &shared);
    borrowed.assertion = Some(recipient.assertion());
    let rows: Vec<(&str, Post)> = vec![
        ("another client", refresh(&thief, &shared)),
        (
            "another client, under the owner's name",
            refresh(&thief, &shared).with("client_id", &recipient.client_id),
        ),
        (
            "the owner's proof on the thief's connection",
            borrowed.with("client_id", &recipient.client_id),
        ),
        (
            "another certificate of the owner's name",
            refresh(&recipient, &shared).over(renewed),
        ),
        (
            "no certificate",
            refresh(&recipient, &shared).over(recipient.without_certificate()),
        ),
        ("half of it", recipient.refresh(&token[..20])),
        ("with a blank", recipient.refresh(&format!("{token} "))),
        ("with a NUL", recipient.refresh(&format!("{token}\0"))),
        ("in capitals", recipient.refresh(&token.to_uppercase())),
        ("as a code", recipient.redeem(&token, &shared.verifier)),
        (
            "more than was granted",
            refresh(&recipient, &shared).with("scope", "fdx:balances:read"),
        ),
        (
            "the bank's scope",
            refresh(&recipient, &shared).with("scope", "external:resources:write"),
        ),
        (
            "a scope that is none",
            refresh(&recipient, &shared).with("scope", "\u{0}"),
        ),
    ];
    let mut table = Table::default();
    for (name, post) in rows {
        let errors = [
            "invalid_grant",
            "invalid_client",
            "invalid_request",
            "invalid_scope",
        ];
        table.refused(name, &post.send().await, &[400, 401], &errors);
    }
    // Nothing of it cost the owner anything.
    table.accepted("the owner", &refresh(&recipient, &shared).send().await, 200);
    table.done();
}

/// F05 on the other replica: once a revocation was answered here, nothing is issued there; nor by what raced with it.
#[tokio::test]
async fn f05_a_refresh_that_races_with_the_end_gives_nothing_that_lasts() {
    let one = TestPlatform::start().await;
    let other = one.replica().await;
    let (recipient, consumer) = (one.recipient(PROFILE).await, one.consumer().await);
    for by_token in [false, true] {
        let shared = one.share(&recipient, &consumer).await;
        let racers: Vec<_> = (0..50)
            .map(|number| {
                let mut post = refresh(&recipient, &shared);
                if number % 2 == 1 {
                    post.url = post.url.replace(&one.platform.mutual, &other.reached_at().mutual);
                }
                post
            })
            .collect();
        let racing = all(racers.into_iter().map(|post| async move { post.send().await }));
        let ending = async {
            if by_token {
                let token = shared.tokens.refresh_token.clone().unwrap();
                recipient
                    .post("/fdx/auth/v1/revoke", &[("token", &token)])
                    .send()
                    .await
                    .expect(200);
            } else {
                revoke_consent(&recipient, &shared).await.expect(204);
            }
            let mut late = refresh(&recipient, &shared);
            late.url = late.url.replace(&one.platform.mutual, &other.reached_at().mutual);
            late.send().await
        };
        let (answers, late) = tokio::join!(racing, ending);
        late.refused(400, "invalid_grant");
        for answer in answers.iter().filter(|answer| answer.status == 200) {
            recipient
                .get("/fdx/v6/core/accounts", answer.member("access_token"))
                .await
                .refused_by_fdx(401, "603");
        }
    }
}

/// F08: a consent that is over or on hold refreshes nothing, from that very second.
#[tokio::test]
async fn f08_the_end_of_the_consent_is_the_end_of_its_refresh_token() {
    let platform = TestPlatform::start().await;
    let clock = platform.platform.clock.clone();
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let details = serde_json::json!([{"type": "fdx_v1.0", "consentRequest": {
        "durationType": "TIME_BOUND", "durationPeriod": 5, "lookbackPeriod": 30,
        "resources": [{"resourceType": "ACCOUNT", "dataClusters": ["ACCOUNT_BASIC", "TRANSACTIONS"]}],
    }}]);
    let push = recipient
        .push(SCOPE)
        .asking(|token| token.with("authorization_details", details));
    let (code, pushed) = platform.code_of(&recipient, &consumer, push).await;
    let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
    let token = tokens.refresh_token.clone().unwrap();
    clock.pass(5 * 86_400 - 1);
    let last = recipient.refresh(&token).tokens().await;
    // RFC6749-5.1: it says how long it really lives.
    assert!(last.json["expires_in"].as_i64().unwrap() <= 1, "{}", last.json);
    clock.pass(1);
    recipient
        .refresh(&token)
        .send()
        .await
        .refused(400, "invalid_grant");
    recipient
        .get("/fdx/v6/core/accounts", &last.access_token)
        .await
        .refused_by_fdx(401, "603");
}

/// F10: giving one back leaves the consumer's other grants alone, and other consumers'.
#[tokio::test]
async fn f10_one_revocation_ends_one_grant() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let (consumer, other) = (platform.consumer().await, platform.consumer().await);
    let ended = platform.share(&recipient, &consumer).await;
    let same = platform.share(&recipient, &consumer).await;
    let others = platform.share(&recipient, &other).await;
    let token = ended.tokens.refresh_token.clone().unwrap();
    recipient
        .post("/fdx/auth/v1/revoke", &[("token", &token)])
        .send()
        .await
        .expect(200);
    refresh(&recipient, &ended)
        .send()
        .await
        .refused(400, "invalid_grant");
    for living in [&same, &others] {
        refresh(&recipient, living).tokens().await;
        recipient
            .get("/fdx/v6/core/accounts", &living.tokens.access_token)
            .await
            .expect(200);
    }
}
