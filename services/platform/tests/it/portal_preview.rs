//! What a preview shows is what is then read: field for field, of every entity, whatever the consumer leaves out; with
//! entities in which something is that their first, newest or usual ones have not.

use std::collections::BTreeSet;

use jose::seal::MasterKey;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    answer::Answer,
    bank::{Application, RESOURCES},
    jws::Key,
    recipient::{Recipient, Tokens, parameter},
};

use crate::{
    parties::{BANK_SCOPES, Consumer},
    stage::TestPlatform,
};

/// Everything that the accounts have something of.
const CLUSTERS: [&str; 9] = [
    "ACCOUNT_BASIC",
    "ACCOUNT_DETAILED",
    "BALANCES",
    "TRANSACTIONS",
    "BILLS",
    "SCHEDULED_PAYMENTS",
    "PAYMENT_SUPPORT",
    "CUSTOMER_CONTACT",
    "CUSTOMER_PERSONAL",
];

/// The scopes of these clusters.
const SCOPE: &str = "fdx:accountbasic:read fdx:accountdetailed:read fdx:balances:read fdx:transactions:read \
    fdx:bills:read fdx:scheduledpayments:read fdx:paymentsupport:read fdx:customercontact:read fdx:customerpersonal:read";

/// A card with all that a preview could forget.
async fn card_of(platform: &TestPlatform, consumer: &Consumer) -> String {
    let today = platform.now().date_naive();
    let transaction = |days: i64, more: &Value| {
        let at = format!("{}T10:00:00Z", today - chrono::Duration::days(days));
        let mut transaction = json!({"accountCategory": "LOC_ACCOUNT", "transactionId": format!("card-{days}"), "amount": 3,
            "postedTimestamp": at, "description": "Coffee", "debitCreditMemo": "DEBIT"});
        let members = transaction.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        transaction
    };
    let mut transactions: Vec<_> = (1..40).map(|days| transaction(days, &json!({}))).collect();
    transactions.push(transaction(
        50,
        &json!({"foreignAmount": 3, "foreignCurrency": "EUR", "status": "POSTED"}),
    ));
    transactions.push(transaction(
        60,
        &json!({"lineItem": [{"amount": 1}, {"amount": 2, "memo": "Milk"}]}),
    ));
    // A word that nobody knows is not let out, and so not shown.
    transactions.push(transaction(61, &json!({"status": "SLEEPING", "reference": "r"})));
    // Outside of the lookback of 90 days.
    transactions.push(transaction(
        100,
        &json!({"subCategory": "Bakery", "cardNumberDisplay": "****1111"}),
    ));
    let holder = |first: &str| json!({"name": {"first": first}, "relationship": "AUTHORIZED_USER"});
    let mut holders: Vec<_> = (0..10)
        .map(|number| holder(&format!("Holder {number}")))
        .collect();
    holders[9]["dateOfBirth"] = "1990-01-01".into();
    holders[9]["taxId"] = "123-45-6789".into();
    holders[9]["telephones"] = json!([{"type": "HOME", "number": "5551234567"}]);
    let network = |kind: &str| json!({"bankId": "021000021", "identifier": "000011112222", "type": kind, "transferIn": true});
    let file = json!({"accounts": [{
        "account": {
            "accountCategory": "LOC_ACCOUNT", "accountId": "card", "accountType": "CREDITCARD",
            "accountNumber": "4000123412341234", "accountNumberDisplay": "****1234", "productName": "Card",
            "currency": {"currencyCode": "USD"}, "status": "OPEN", "balanceType": "LIABILITY", "currentBalance": 10,
            "creditLine": 1000, "purchasesApr": 20.5, "micrNumber": "77778888",
            "bills": [{"totalPaymentDue": 5, "dueDate": "2026-12-01"}], "scheduledPayments": [{"amount": 5}],
        },
        "contact": {"holders": holders, "emails": ["a@example.com"]},
        "paymentNetworks": [network("US_ACH"), network("US_FEDWIRE")],
        "transactions": transactions,
    }]});
    let master = MasterKey::from_bytes([7; 32]);
    let naming = accounts::import::Naming::new(&master).unwrap();
    let format = accounts::import::Format::Fdx;
    let statement = accounts::import::read(format, file.to_string().as_bytes(), &naming).unwrap();
    let user_id = consumer.user_id.parse().unwrap();
    let report = accounts::import::run(&platform.store, &user_id, statement, platform.now())
        .await
        .unwrap();
    report.accounts[0].account_id.as_str().to_owned()
}

/// The names of all values of an entity, as a preview names them.
fn names(prefix: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (member, value) in members {
                let name = if prefix.is_empty() {
                    member.clone()
                } else {
                    format!("{prefix}.{member}")
                };
                names(&name, value, found);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                names(prefix, element, found);
            }
        }
        _ => {
            found.insert(prefix.to_owned());
        }
    }
}

/// Everything that a recipient can read of an account.
struct Reader<'a> {
    recipient: &'a Recipient,
    tokens: &'a Tokens,
    found: BTreeSet<String>,
    transactions: usize,
}

impl Reader<'_> {
    /// The answer, or null where the consent does not go so far.
    async fn get(&self, path: &str) -> Value {
        let answer = self.recipient.get(path, &self.tokens.access_token).await;
        assert!(
            [200, 403, 404].contains(&answer.status),
            "{path}: {}",
            answer.text
        );
        if answer.status == 200 {
            answer.json
        } else {
            Value::Null
        }
    }

    async fn read(&mut self, platform: &TestPlatform, account: &str) {
        let path = format!("/fdx/v6/core/accounts/{account}");
        let entity = self.get(&path).await;
        names("", &entity, &mut self.found);
        let contact = self.get(&format!("{path}/contact")).await;
        names("contact", &contact, &mut self.found);
        for (list, member) in [
            ("payment-networks", "paymentNetworks"),
            ("asset-transfer-networks", "assetTransferNetworks"),
        ] {
            let networks = self.get(&format!("{path}/{list}?limit=100")).await;
            names(member, &networks[member], &mut self.found);
        }
        let today = platform.now().date_naive();
        let first = today - chrono::Duration::days(90);
        let list = format!("{path}/transactions?startDate={first}&endDate={today}&limit=100");
        let transactions = &self.get(&list).await["transactions"];
        self.transactions = transactions.as_array().map_or(0, Vec::len);
        names("transactions", transactions, &mut self.found);
    }
}

struct Bank {
    application: Application,
    token: String,
}

impl Bank {
    async fn preview(&self, resource_id: &str, consumer: &Consumer, accounts: &Value) -> Value {
        let path = format!("{RESOURCES}/{resource_id}/preview");
        let choice = json!({"userId": consumer.user_id, "accounts": accounts});
        let request = self.application.request(Method::POST, &path, &self.token);
        Answer::to(request.json(&choice)).await.expect(200).json
    }
}

/// What a preview says, and what is then read, of one account shared so.
async fn shown_and_read(
    platform: &TestPlatform,
    recipient: &Recipient,
    consumer: &Consumer,
    (scope, account): (&str, &Value),
) -> (Value, BTreeSet<String>, usize) {
    let application = platform.bank();
    let bank = Bank {
        token: application.token(BANK_SCOPES).await,
        application,
    };
    let pushed = recipient.push(scope).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let mut browser = platform.browser();
    let resource_id = platform.begin(&mut browser, &url).await;
    let accounts = json!([account]);
    let preview = bank.preview(&resource_id, consumer, &accounts).await;
    let mut decision = bank.application.approval(&consumer.user_id, &[]);
    decision["accounts"] = accounts;
    let decided = bank
        .application
        .decide(&bank.token, &resource_id, "\"1\"", &decision)
        .await
        .expect(200);
    let callback = browser.open(decided.member("continueUrl")).await.away();
    let code = parameter(&callback, "code").unwrap_or_else(|| panic!("{callback}"));
    let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
    let mut reader = Reader {
        recipient,
        tokens: &tokens,
        found: BTreeSet::new(),
        transactions: 0,
    };
    reader
        .read(platform, account["accountId"].as_str().unwrap())
        .await;
    (preview["accounts"][0].clone(), reader.found, reader.transactions)
}

fn shown(preview: &Value) -> BTreeSet<String> {
    let clusters = preview["dataClusters"].as_array().unwrap();
    let members = clusters
        .iter()
        .flat_map(|cluster| cluster["members"].as_array().unwrap());
    members
        .map(|member| member["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn o01_a_preview_has_every_field_that_is_then_read_and_no_other() {
    let platform = TestPlatform::shared().await;
    let consumer = platform.consumer().await;
    let card = card_of(platform, &consumer).await;
    let recipient = platform
        .recipient_with("fapi2-security", Key::p256("signing"), json!({"scope": SCOPE}))
        .await;
    let without = |left_out: &[&str]| -> Vec<&str> {
        let kept = CLUSTERS.iter().filter(|cluster| !left_out.contains(cluster));
        kept.copied().collect()
    };
    for clusters in [
        CLUSTERS.to_vec(),
        vec!["ACCOUNT_BASIC"],
        vec!["ACCOUNT_BASIC", "BALANCES"],
        vec!["TRANSACTIONS", "CUSTOMER_CONTACT"],
        without(&["TRANSACTIONS", "CUSTOMER_PERSONAL"]),
        without(&["BILLS", "PAYMENT_SUPPORT"]),
        // What is left out stays out, though ACCOUNT_DETAILED once contained it.
        vec!["ACCOUNT_DETAILED"],
    ] {
        let account = json!({"accountId": card, "nickname": "Plastic", "dataClusters": clusters});
        let (preview, read, transactions) =
            shown_and_read(platform, &recipient, &consumer, (SCOPE, &account)).await;
        assert_eq!(shown(&preview), read, "{clusters:?}");
        let has = |name: &str| read.contains(name);
        assert_eq!(
            has("bills.totalPaymentDue"),
            clusters.contains(&"BILLS"),
            "{clusters:?}"
        );
        assert_eq!(
            has("scheduledPayments.amount"),
            clusters.contains(&"SCHEDULED_PAYMENTS"),
            "{clusters:?}"
        );
        let with_transactions = clusters.contains(&"TRANSACTIONS");
        assert_eq!(has("transactions.lineItem.memo"), with_transactions);
        assert_eq!(has("transactions.foreignCurrency"), with_transactions);
        assert!(!has("transactions.subCategory"), "it is outside of the lookback");
        if with_transactions {
            assert_eq!(preview["transactions"]["count"], transactions);
            assert_eq!(preview["transactions"]["hasMore"], false);
            let since = platform.now() - chrono::Duration::days(90);
            let told = preview["transactions"]["sinceTime"].as_str().unwrap();
            assert!(told.starts_with(&since.date_naive().to_string()), "{told}");
        } else {
            assert!(preview["transactions"].is_null());
        }
        if clusters.len() == CLUSTERS.len() {
            assert!(transactions > 40 && has("contact.holders.taxId") && has("paymentNetworks.identifier"));
        }
    }
}

/// To a recipient that is registered for nothing of FDX 6.4, ACCOUNT_DETAILED is what it was: the preview says so.
#[tokio::test]
async fn a_preview_for_an_older_recipient_shows_what_its_words_mean() {
    let platform = TestPlatform::shared().await;
    let consumer = platform.consumer().await;
    let card = card_of(platform, &consumer).await;
    let scope = "fdx:accountbasic:read fdx:accountdetailed:read";
    let recipient = platform
        .recipient_with("fapi2-security", Key::p256("signing"), json!({ "scope": scope }))
        .await;
    let account = json!({"accountId": card});
    let (preview, read, _) = shown_and_read(platform, &recipient, &consumer, (scope, &account)).await;
    assert_eq!(shown(&preview), read);
    assert!(read.contains("bills.totalPaymentDue") && read.contains("scheduledPayments.amount"));
}
