//! What every endpoint answers to a token that is not good, here and now.

use domain::{
    AccountId,
    DataCluster::{AccountDetailed, CustomerContact, PaymentSupport, Transactions},
    Scopes,
};

use crate::world::{Shared, World};

/// Every path, with what stands for an account.
const PATHS: [&str; 6] = [
    "/core/accounts",
    "/core/accounts/{}",
    "/core/accounts/{}/transactions",
    "/core/accounts/{}/contact",
    "/core/accounts/{}/payment-networks",
    "/core/accounts/{}/asset-transfer-networks",
];

async fn everything() -> (World, AccountId, Shared) {
    let world = World::new().await;
    let account = world.account("bob", "0171");
    let clusters = [AccountDetailed, Transactions, CustomerContact, PaymentSupport];
    let shared = world.share(&[(&account, &clusters)]).await;
    (world, account, shared)
}

async fn all_answer(world: &World, account: &AccountId, token: &str, expected: (u16, &str)) {
    for path in PATHS {
        let answer = world.get(token, &path.replace("{}", account.as_str())).await;
        assert_eq!(
            answer.refusal(),
            (expected.0, expected.1.to_owned()),
            "{path}: {}",
            answer.text
        );
        assert_eq!(answer.interaction_id, "c770aef3-6784-41f7-8e0e-ff5f97bddb3a");
    }
}

#[actix_web::test]
async fn the_token_of_these_tests_opens_every_endpoint() {
    let (world, account, shared) = everything().await;
    for path in PATHS {
        world
            .get(&shared.token, &path.replace("{}", account.as_str()))
            .await
            .ok();
    }
}

#[actix_web::test]
async fn a_token_that_is_none_is_603() {
    let (world, account, shared) = everything().await;
    all_answer(&world, &account, "nonsense", (401, "603")).await;
    let forged = shared.token.replacen(|c: char| c.is_ascii_lowercase(), "Z", 1);
    all_answer(&world, &account, &forged, (401, "603")).await;
}

#[actix_web::test]
async fn a_revoked_grant_reads_nothing_from_then_on() {
    let (world, account, shared) = everything().await;
    world.database.session().execute(&format!(
        "UPDATE consent_grants SET state = 'REVOKED', ended_at = now(), ended_by = 'INDIVIDUAL',
         ended_reason = 'USER_ACTION' WHERE consent_id = '{}'",
        shared.consent_id
    ));
    all_answer(&world, &account, &shared.token, (401, "603")).await;
    let answer = world.get(&shared.token, "/core/accounts").await;
    assert!(answer.challenge.unwrap().contains("invalid_token"));
}

#[actix_web::test]
async fn a_grant_on_hold_is_602() {
    let (world, account, shared) = everything().await;
    world.database.session().execute(&format!(
        "UPDATE consent_grants SET state = 'ON_HOLD' WHERE consent_id = '{}'",
        shared.consent_id
    ));
    all_answer(&world, &account, &shared.token, (403, "602")).await;
}

#[actix_web::test]
async fn t13_a_token_of_the_client_itself_opens_nothing() {
    let (world, account, _) = everything().await;
    let scopes =
        Scopes::parse("fdx:accountdetailed:read fdx:transactions:read fdx:paymentsupport:read").unwrap();
    let token = world.token(&"recipient".parse().unwrap(), None, &scopes);
    all_answer(&world, &account, &token, (403, "403")).await;
}

#[actix_web::test]
async fn a_token_without_the_scope_is_403() {
    let (world, account, shared) = everything().await;
    let scopes = Scopes::parse("openid").unwrap();
    let token = world.token(&"recipient".parse().unwrap(), Some(shared.consent_id), &scopes);
    all_answer(&world, &account, &token, (403, "403")).await;
    let answer = world.get(&token, "/core/accounts").await;
    assert!(answer.challenge.unwrap().contains("insufficient_scope"));
}

#[actix_web::test]
async fn a_scope_that_the_grant_lacks_does_not_count() {
    let world = World::new().await;
    let account = world.account("bob", "0171");
    let basic = Scopes::parse("fdx:accountbasic:read").unwrap();
    let shared = world
        .share_with(
            &[(&account, &[AccountDetailed, Transactions])],
            90,
            &basic,
            "recipient",
        )
        .await;
    let wide = Scopes::parse("fdx:accountbasic:read fdx:transactions:read").unwrap();
    let token = world.token(&"recipient".parse().unwrap(), Some(shared.consent_id), &wide);
    let answer = world
        .get(&token, &format!("/core/accounts/{account}/transactions"))
        .await;
    assert_eq!(answer.refusal(), (403, "403".into()));
}

#[actix_web::test]
async fn a_bad_interaction_id_is_refused_with_a_good_one() {
    let (world, _, shared) = everything().await;
    let answer = world
        .get_with(&shared.token, "/core/accounts", "not-a-uuid")
        .await;
    assert_eq!(answer.refusal(), (400, "401".into()));
    assert_eq!(answer.interaction_id.len(), 36);
}

#[actix_web::test]
async fn a_bad_token_is_told_before_a_bad_parameter() {
    let (world, account, shared) = everything().await;
    world.database.session().execute(&format!(
        "UPDATE access_tokens SET revoked_at = now() WHERE consent_id = '{}'",
        shared.consent_id
    ));
    for path in PATHS {
        let path = format!(
            "{}?limit=0&pageKey=x&startDate=x",
            path.replace("{}", account.as_str())
        );
        assert_eq!(
            world.get(&shared.token, &path).await.refusal(),
            (401, "603".into())
        );
    }
}
