//! A file of FDX entities is read whole, or refused with its line.

use super::*;
use crate::import::{naming::tests::naming, ofx};

const LOAN: &str = r#"{ "accounts": [ {
  "account": { "accountCategory": "LOAN_ACCOUNT", "accountId": "loan-7", "principalBalance": 1234.5 },
  "transactions": [
    { "accountCategory": "LOAN_ACCOUNT", "transactionId": "1", "amount": 10.01,
      "postedTimestamp": "2026-10-01T00:00:00Z" },
    { "accountCategory": "LOAN_ACCOUNT", "transactionId": "1", "amount": 10.01,
      "postedTimestamp": "2026-10-01T00:00:00Z" }
  ]
} ] }"#;

fn refused(file: &str) -> String {
    read(file.as_bytes(), &naming()).unwrap_err().to_string()
}

#[test]
fn entities_are_read() {
    let statement = read(LOAN.as_bytes(), &naming()).unwrap();
    let account = &statement.accounts[0];
    assert_eq!(account.account_id.as_str(), "loan-7");
    assert_eq!(account.transactions.len(), 1, "the same told twice is one");
    assert_eq!(
        account.transactions[0].common.account_id.as_ref(),
        Some(&account.account_id)
    );
    assert!(account.contact.is_none() && account.payment_networks.is_none());
}

#[test]
fn a_file_tells_who_the_consumer_is() {
    let file = r#"{"consumer": {
        "customer": {"name": {"first": "Ada", "last": "Lovelace"}, "telephones": [{"country": "US", "number": "555-010-4477"}]},
        "claims": {"email_verified": true, "locale": "en-US"}}}"#;
    let consumer = read(file.as_bytes(), &naming()).unwrap().consumer.unwrap();
    assert!(consumer.claims.has("locale"));
    assert_eq!(
        serde_json::to_string(&consumer.customer.telephones).unwrap(),
        r#"[{"country":"1","number":"5550104477"}]"#
    );
    assert_eq!(
        read(LOAN.as_bytes(), &naming()).unwrap().consumer,
        None,
        "a file without it leaves the record as it is"
    );
    for (from, to) in [
        ("email_verified\": true", "email_verified\": \"true\""),
        ("locale", "role"),
        ("555-010-4477", "555-010-44777777777"),
        ("\"claims\"", "\"claim\""),
    ] {
        assert!(refused(&file.replace(from, to)).starts_with("line "), "{to}");
    }
    assert_eq!(refused("{}"), "line 1: there is neither a consumer nor accounts");
}

#[test]
fn a_file_can_add_to_an_account_from_ofx() {
    let ofx =
        b"<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>021000021<ACCTID>55501\
        <ACCTTYPE>CHECKING</BANKACCTFROM></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>";
    let from_ofx = ofx::read(ofx, &naming()).unwrap();
    let addition = br#"{"accounts": [{"identifiedBy": {"bankId": "021000021", "accountNumber": "55501"},
        "contact": {"emails": ["a@example.com"]}}]}"#;
    let from_fdx = read(addition, &naming()).unwrap();
    assert_eq!(from_fdx.accounts[0].origin, from_ofx.accounts[0].origin);
    assert_eq!(from_fdx.accounts[0].account_id, from_ofx.accounts[0].account_id);
}

#[test]
fn what_is_wrong_is_refused_with_the_line_and_without_the_value() {
    assert_eq!(
        refused("{\n\"accounts\": [\n"),
        "line 3: EOF while parsing a list"
    );
    assert_eq!(
        refused(&LOAN.replace("1234.5", "\"4111\"")),
        "line 2: expected a number of at most 15 significant digits"
    );
    assert_eq!(
        refused(&LOAN.replacen("10.01", "10.02", 1)),
        "line 6: the transactionId is used twice, for different transactions"
    );
    assert_eq!(
        refused(&LOAN.replacen("\"transactionId\": \"1\", ", "", 1)),
        "line 4: the transaction breaks a rule: transactionId: is required"
    );
    assert_eq!(
        refused(&LOAN.replacen(
            "\"accountCategory\": \"LOAN_ACCOUNT\", \"transactionId\"",
            "\"accountCategory\": \"LOC_ACCOUNT\", \"transactionId\"",
            1
        )),
        "line 4: the transaction has another category than its account"
    );
    assert_eq!(
        refused(&LOAN.replace(", \"accountId\": \"loan-7\"", "")),
        "line 1: the account needs either an accountId or an identifiedBy"
    );
    assert_eq!(
        refused(&LOAN.replace("1234.5", "1234.5000000000000001")),
        "line 2: a number has more than 15 significant digits"
    );
    assert!(
        refused(&LOAN.replace("\"transactions\"", "\"tranactions\"")).starts_with("line 3: unknown field")
    );
}

#[test]
fn j28_nesting_is_bounded() {
    let deep = format!(
        "{{\"accounts\": [{}1{}]}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(refused(&deep).contains("recursion limit exceeded"));
}

#[test]
fn a_number_cannot_hide_in_the_id() {
    let file = r#"{"accounts": [{"account": {"accountCategory": "DEPOSIT_ACCOUNT", "accountId": "acct-00112233",
        "accountNumber": "00112233"}}]}"#;
    assert!(refused(file).ends_with("accountId: holds the account number"));
}
