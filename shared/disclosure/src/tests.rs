//! What each cluster lets out, on entities in which every field that matters is filled.

use std::collections::BTreeSet;

use domain::{
    DataCluster, Scopes,
    fdx::{Account, AccountContact, Transaction},
};
use serde_json::Value;

use super::*;

const CARD: &str = r#"{"accountCategory": "LOC_ACCOUNT", "accountId": "a", "accountType": "CREDITCARD",
    "accountNumber": "4000123412341234", "accountNumberDisplay": "****1234", "nickname": "Travel", "status": "SLEEPING",
    "routingTransitNumber": "021000021", "micrNumber": "1", "bankTransitId": "00001", "bankInstitutionId": "001",
    "balanceType": "LIABILITY", "currentBalance": 10, "availableCredit": 90, "creditLine": 100, "purchasesApr": 20.5,
    "bills": [{"totalPaymentDue": 5}], "scheduledPayments": [{"amount": 5}]}"#;

const BROKERAGE: &str = r#"{"accountCategory": "INVESTMENT_ACCOUNT", "accountId": "a", "currentValue": 10,
    "employerName": "E", "holdings": [{"holdingName": "H"}], "openOrders": [{"orderId": "1"}],
    "contribution": [{"employerMatchAmount": 1}], "vesting": [{"vestedBalance": 1}],
    "investmentLoans": [{"loanId": "1"}], "pensionSource": [{"amount": 1}]}"#;

const PURCHASE: &str = r#"{"accountCategory": "LOC_ACCOUNT", "transactionId": "t", "amount": 1, "imageIds": ["i"],
    "reward": {"accrued": 3}, "links": [{"href": "https://bank.example/1"}],
    "lineItem": [{"amount": 1, "imageIds": ["j"], "links": [{"href": "/2"}]}], "transactionType": "PURCHASE"}"#;

const CONTACT: &str = r#"{"holders": [{"name": {"first": "A"}, "relationship": "PRIMARY", "dateOfBirth": "1990-01-01",
    "taxId": "123-45-6789", "taxIdCountry": "US", "governmentId": "G", "accounts": [{"accountId": "other"}],
    "businessCustomer": {"name": "B", "registeredId": "R"}}], "emails": ["a@example.com"]}"#;

fn allowed(clusters: &[DataCluster]) -> Allowed {
    let scopes: Scopes = clusters.iter().map(|cluster| cluster.scope()).collect();
    Allowed::new(clusters, &scopes, Settings::default())
}

/// For a recipient that is registered for no cluster of FDX 6.4.
fn before_6_4(clusters: &[DataCluster]) -> Allowed {
    let scopes: Scopes = clusters.iter().map(|cluster| cluster.scope()).collect();
    let settings = Settings {
        bills_are_details: true,
        ..Settings::default()
    };
    Allowed::new(clusters, &scopes, settings)
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn account(json: &str, allowed: &Allowed) -> Option<Value> {
    details(Account::from_json(json).unwrap(), None, allowed)
        .map(|account| serde_json::to_value(account).unwrap())
}

#[test]
fn basic_is_the_descriptor_without_the_number() {
    let card = account(CARD, &allowed(&[DataCluster::AccountBasic])).unwrap();
    let expected = [
        "accountCategory",
        "accountId",
        "accountNumberDisplay",
        "accountType",
        "nickname",
    ];
    assert_eq!(keys(&card), BTreeSet::from(expected));
    let lightweight = descriptor(
        serde_json::from_str(CARD).unwrap(),
        None,
        &allowed(&[
            DataCluster::AccountBasic,
            DataCluster::AccountDetailed,
            DataCluster::PaymentSupport,
        ]),
    );
    assert_eq!(
        keys(&serde_json::to_value(lightweight).unwrap()),
        BTreeSet::from(expected)
    );
}

#[test]
fn detailed_is_all_that_is_not_split_off() {
    let card = account(CARD, &before_6_4(&[DataCluster::AccountDetailed])).unwrap();
    for present in [
        "currentBalance",
        "creditLine",
        "purchasesApr",
        "bills",
        "scheduledPayments",
        "balanceType",
    ] {
        assert!(card.get(present).is_some(), "{present}");
    }
    for absent in [
        "accountNumber",
        "routingTransitNumber",
        "micrNumber",
        "bankTransitId",
        "bankInstitutionId",
    ] {
        assert!(card.get(absent).is_none(), "{absent}");
    }
}

#[test]
fn bills_speak_for_themselves_to_who_knows_clusters_of_6_4() {
    // Also where the consumer left every one of those out: less is never more.
    let card = account(CARD, &allowed(&[DataCluster::AccountDetailed])).unwrap();
    assert!(card.get("bills").is_none() && card.get("scheduledPayments").is_none());
    let card = account(
        CARD,
        &allowed(&[DataCluster::AccountDetailed, DataCluster::Balances]),
    )
    .unwrap();
    assert!(card.get("bills").is_none() && card.get("scheduledPayments").is_none());
    let card = account(
        CARD,
        &allowed(&[
            DataCluster::AccountDetailed,
            DataCluster::Balances,
            DataCluster::Bills,
        ]),
    )
    .unwrap();
    assert!(card.get("bills").is_some() && card.get("scheduledPayments").is_none());
    let card = account(
        CARD,
        &allowed(&[DataCluster::AccountBasic, DataCluster::ScheduledPayments]),
    )
    .unwrap();
    assert!(card.get("scheduledPayments").is_some() && card.get("currentBalance").is_none());
}

#[test]
fn balances_are_balances_and_nothing_more() {
    let card = account(
        CARD,
        &allowed(&[DataCluster::AccountBasic, DataCluster::Balances]),
    )
    .unwrap();
    assert!(card.get("currentBalance").is_some() && card.get("availableCredit").is_some());
    assert!(card.get("creditLine").is_none() && card.get("purchasesApr").is_none());
}

#[test]
fn positions_need_investments() {
    let positions = [
        "holdings",
        "openOrders",
        "contribution",
        "vesting",
        "investmentLoans",
        "pensionSource",
    ];
    let without = account(BROKERAGE, &allowed(&[DataCluster::AccountDetailed])).unwrap();
    let with = account(
        BROKERAGE,
        &allowed(&[DataCluster::AccountDetailed, DataCluster::Investments]),
    )
    .unwrap();
    for position in positions {
        assert!(
            without.get(position).is_none() && with.get(position).is_some(),
            "{position}"
        );
    }
    assert!(without.get("currentValue").is_some());
}

#[test]
fn numbers_need_payment_support_and_the_deprecated_one_a_setting_too() {
    let clusters = [DataCluster::AccountDetailed, DataCluster::PaymentSupport];
    let card = account(CARD, &allowed(&clusters)).unwrap();
    assert!(card.get("micrNumber").is_some() && card.get("accountNumber").is_none());
    assert!(card.get("routingTransitNumber").is_none());
    let scopes: Scopes = clusters.iter().map(|cluster| cluster.scope()).collect();
    let asked = Settings {
        account_number: true,
        ..Settings::default()
    };
    assert!(
        account(CARD, &Allowed::new(&clusters, &scopes, asked))
            .unwrap()
            .get("accountNumber")
            .is_some()
    );
    let basic = [DataCluster::AccountBasic];
    assert!(
        account(CARD, &Allowed::new(&basic, &scopes, asked)).is_none(),
        "scopes lack it"
    );
    let scopes = basic.iter().map(|cluster| cluster.scope()).collect();
    let card = account(CARD, &Allowed::new(&basic, &scopes, asked)).unwrap();
    assert!(card.get("accountNumber").is_none());
}

#[test]
fn unknown_words_are_not_emitted() {
    let card = account(CARD, &allowed(&[DataCluster::AccountDetailed])).unwrap();
    assert!(card.get("status").is_none());
}

#[test]
fn the_name_given_for_the_grant_goes_before_the_banks() {
    let basic = allowed(&[DataCluster::AccountBasic]);
    let card = details(Account::from_json(CARD).unwrap(), Some("Mine"), &basic);
    assert_eq!(serde_json::to_value(card).unwrap()["nickname"], "Mine");
}

#[test]
fn o21_a_cluster_that_the_scopes_do_not_carry_lets_nothing_out() {
    let clusters = [
        DataCluster::AccountBasic,
        DataCluster::AccountDetailed,
        DataCluster::Transactions,
    ];
    let scopes: Scopes = [DataCluster::AccountBasic.scope()].into_iter().collect();
    let less = Allowed::new(&clusters, &scopes, Settings::default());
    assert!(account(CARD, &less).unwrap().get("currentBalance").is_none());
    assert!(transaction(Transaction::from_json(PURCHASE).unwrap(), &less).is_none());
}

#[test]
fn without_a_cluster_of_the_account_there_is_no_account() {
    for clusters in [
        &[DataCluster::Transactions][..],
        &[DataCluster::Balances, DataCluster::CustomerContact],
        &[],
    ] {
        assert_eq!(account(CARD, &allowed(clusters)), None);
    }
}

#[test]
fn images_and_rewards_have_clusters_of_their_own() {
    let read = |clusters: &[DataCluster]| {
        let purchase = transaction(Transaction::from_json(PURCHASE).unwrap(), &allowed(clusters)).unwrap();
        serde_json::to_value(purchase).unwrap()
    };
    let plain = read(&[DataCluster::Transactions]);
    assert_eq!(
        keys(&plain),
        BTreeSet::from([
            "accountCategory",
            "amount",
            "lineItem",
            "transactionId",
            "transactionType"
        ])
    );
    assert_eq!(keys(&plain["lineItem"][0]), BTreeSet::from(["amount"]));
    let all = read(&[
        DataCluster::Transactions,
        DataCluster::Images,
        DataCluster::Rewards,
    ]);
    assert!(all.get("imageIds").is_some() && all.get("reward").is_some() && all.get("links").is_none());
    assert!(all["lineItem"][0].get("imageIds").is_some());
}

#[test]
fn what_is_personal_needs_its_cluster_and_the_tax_id_another() {
    let read = |clusters: &[DataCluster]| {
        let contact: AccountContact = serde_json::from_str(CONTACT).unwrap();
        contact_json(super::contact(contact, &allowed(clusters)))
    };
    let plain = read(&[DataCluster::CustomerContact]).unwrap();
    assert_eq!(
        keys(&plain["holders"][0]),
        BTreeSet::from(["businessCustomer", "name", "relationship"])
    );
    assert_eq!(
        keys(&plain["holders"][0]["businessCustomer"]),
        BTreeSet::from(["name"])
    );
    let personal = read(&[DataCluster::CustomerContact, DataCluster::CustomerPersonal]).unwrap();
    assert_eq!(personal["holders"][0]["taxId"], "*****6789");
    assert_eq!(personal["holders"][0]["dateOfBirth"], "1990-01-01");
    assert_eq!(personal["holders"][0]["businessCustomer"]["registeredId"], "R");
    let full = read(&[
        DataCluster::CustomerContact,
        DataCluster::CustomerPersonal,
        DataCluster::SocialSecurityNumber,
    ]);
    assert_eq!(full.unwrap()["holders"][0]["taxId"], "123-45-6789");
    let unpersonal = read(&[DataCluster::CustomerContact, DataCluster::SocialSecurityNumber]).unwrap();
    assert!(unpersonal["holders"][0].get("taxId").is_none());
    assert_eq!(read(&[DataCluster::CustomerPersonal]), None);
}

fn contact_json(contact: Option<Disclosed<AccountContact>>) -> Option<Value> {
    contact.map(|contact| serde_json::to_value(contact).unwrap())
}

#[test]
fn networks_need_payment_support() {
    let network: AccountPaymentNetwork =
        serde_json::from_str(r#"{"bankId": "021000021", "identifier": "1", "type": "US_WAMPUM"}"#).unwrap();
    assert!(payment_network(network.clone(), &allowed(&[DataCluster::AccountDetailed])).is_none());
    let shown = payment_network(network, &allowed(&[DataCluster::PaymentSupport])).unwrap();
    assert_eq!(
        serde_json::to_string(&shown).unwrap(),
        r#"{"bankId":"021000021","identifier":"1"}"#
    );
    let network: AssetTransferNetwork =
        serde_json::from_str(r#"{"identifier": "1", "type": "US_ACATS"}"#).unwrap();
    assert!(asset_transfer_network(network.clone(), &allowed(&[DataCluster::AccountDetailed])).is_none());
    assert!(asset_transfer_network(network, &allowed(&[DataCluster::PaymentSupport])).is_some());
}
