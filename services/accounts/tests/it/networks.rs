//! Contact, payment networks and asset transfer networks: who may see persons and numbers.

use domain::DataCluster::{
    AccountDetailed, CustomerContact, CustomerPersonal, Investments, PaymentSupport, SocialSecurityNumber,
};

use crate::world::World;

#[actix_web::test]
async fn contact_is_shared_as_far_as_its_clusters() {
    let world = World::new().await;
    let checking = world.account("alice", "0401");
    let path = format!("/core/accounts/{checking}/contact");
    let plain = world.share(&[(&checking, &[CustomerContact])]).await;
    let body = world.get(&plain.token, &path).await.ok();
    let holder = &body["holders"][0];
    assert_eq!(
        (&holder["name"]["last"], &holder["relationship"]),
        (&"Archer".into(), &"SOLE_OWNER".into())
    );
    assert!(holder.get("taxId").is_none() && holder.get("dateOfBirth").is_none());
    let personal = world
        .share(&[(&checking, &[CustomerContact, CustomerPersonal])])
        .await;
    assert_eq!(
        world.get(&personal.token, &path).await.ok()["holders"][0]["taxId"],
        "*****4320"
    );
    let all = [CustomerContact, CustomerPersonal, SocialSecurityNumber];
    let full = world.share(&[(&checking, &all)]).await;
    assert_eq!(
        world.get(&full.token, &path).await.ok()["holders"][0]["taxId"],
        "987-65-4320"
    );
    let without = world.share(&[(&checking, &[AccountDetailed])]).await;
    assert_eq!(
        world.get(&without.token, &path).await.refusal(),
        (403, "403".into())
    );
}

#[actix_web::test]
async fn payment_networks_hold_the_numbers_that_nothing_else_does() {
    let world = World::new().await;
    let (checking, card) = (world.account("alice", "0401"), world.account("alice", "1234"));
    let clusters: &[_] = &[AccountDetailed, PaymentSupport];
    let shared = world.share(&[(&checking, clusters), (&card, clusters)]).await;
    let path = |account| format!("/core/accounts/{account}/payment-networks");
    let body = world.get(&shared.token, &path(&checking)).await.ok();
    assert_eq!(body["paymentNetworks"][0]["identifier"], "100200300401");
    assert_eq!(body["paymentNetworks"][0]["bankId"], "990000000");
    assert_eq!(body["page"]["totalElements"], 2);
    let first = world
        .get(&shared.token, &format!("{}?limit=1", path(&checking)))
        .await
        .ok();
    let key = first["page"]["nextPageKey"].as_str().unwrap();
    let second = world
        .get(
            &shared.token,
            &format!("{}?limit=1&pageKey={key}", path(&checking)),
        )
        .await
        .ok();
    assert_eq!(second["paymentNetworks"][0], body["paymentNetworks"][1]);
    assert!(
        world.get(&shared.token, &path(&card)).await.ok()["paymentNetworks"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let details = world
        .get(&shared.token, &format!("/core/accounts/{checking}"))
        .await;
    assert!(!details.text.contains("100200300401"));

    let without = world.share(&[(&checking, &[AccountDetailed])]).await;
    assert_eq!(
        world.get(&without.token, &path(&checking)).await.refusal(),
        (403, "403".into())
    );
}

#[actix_web::test]
async fn asset_transfer_networks_need_payment_support() {
    let world = World::new().await;
    let brokerage = world.account("bob", "0171");
    let path = format!("/core/accounts/{brokerage}/asset-transfer-networks");
    let shared = world.share(&[(&brokerage, &[PaymentSupport])]).await;
    let body = world.get(&shared.token, &path).await.ok();
    assert_eq!(body["assetTransferNetworks"][0]["type"], "US_ACATS");
    assert!(body.get("page").is_none() && body.get("links").is_none());
    let without = world
        .share(&[(&brokerage, &[AccountDetailed, Investments])])
        .await;
    assert_eq!(
        world.get(&without.token, &path).await.refusal(),
        (403, "403".into())
    );
}

#[actix_web::test]
async fn positions_need_investments() {
    let world = World::new().await;
    let brokerage = world.account("bob", "0171");
    let path = format!("/core/accounts/{brokerage}");
    let with = world
        .share(&[(&brokerage, &[AccountDetailed, Investments])])
        .await;
    let body = world.get(&with.token, &path).await.ok();
    assert_eq!(body["holdings"].as_array().unwrap().len(), 3);
    assert_eq!(
        body["holdings"][0]["security"]["securityCategory"],
        "MUTUAL_FUND_SECURITY"
    );
    let without = world.share(&[(&brokerage, &[AccountDetailed])]).await;
    let body = world.get(&without.token, &path).await.ok();
    assert!(body.get("holdings").is_none() && body["currentValue"].is_number());
}
