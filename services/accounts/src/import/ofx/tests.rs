//! Whole files, with the habits of real banks, become accounts and transactions; broken ones are refused.

use domain::fdx::{Account, AccountDetail, Transaction};
use serde_json::{Value, json};

use super::*;
use crate::import::{ImportedAccount, naming::tests::naming};

/// Version 1 as most banks write it: no end tags of values, CRLF, one header.
const CHECKING: &str = "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\n\
CHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n\
<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20261101</SONRS></SIGNONMSGSRSV1>\r\n\
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>\r\n\
<STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>021000021<ACCTID>000098765432<ACCTTYPE>CHECKING</BANKACCTFROM>\r\n\
<BANKTRANLIST><DTSTART>20261001<DTEND>20261031\r\n\
<STMTTRN><TRNTYPE>POS<DTPOSTED>20261002120000.000[-5:EST]<TRNAMT>-6.60<FITID>000098765432-1<NAME>CAF\u{c9} NOIR\
<MEMO>POS MERCHANDISE</STMTTRN>\r\n\
<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20261003<TRNAMT>-1.250,00<FITID>2<CHECKNUM>319</STMTTRN>\r\n\
<STMTTRN><TRNTYPE>DIRECTDEP<DTPOSTED>20261004<DTUSER>20261003<TRNAMT>+2500<FITID>3<NAME>EMPLOYER<MEMO></STMTTRN>\r\n\
</BANKTRANLIST><LEDGERBAL><BALAMT>1243.40<DTASOF>20261031</LEDGERBAL>\r\n\
<AVAILBAL><BALAMT>1200<DTASOF>20261031</AVAILBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>";

fn read_text(file: &str) -> Result<Statement, Malformed> {
    read(file.as_bytes(), &naming())
}

fn only(statement: &Statement) -> &ImportedAccount {
    assert_eq!(statement.accounts.len(), 1);
    &statement.accounts[0]
}

fn json_of(account: &ImportedAccount) -> Value {
    serde_json::to_value(account.account.as_ref().unwrap()).unwrap()
}

fn transaction(account: &ImportedAccount, index: usize) -> Value {
    let mut json = serde_json::to_value(&account.transactions[index]).unwrap();
    let object = json.as_object_mut().unwrap();
    assert!(object.remove("transactionId").is_some() && object.remove("accountId").is_some());
    json
}

fn checking() -> String {
    CHECKING.replace("-1.250,00", "-1250,00")
}

#[test]
fn a_bank_statement_of_version_1() {
    let statement = read_text(&checking()).unwrap();
    let account = only(&statement);
    let mut expected = json!({
        "accountCategory": "DEPOSIT_ACCOUNT", "accountType": "CHECKING", "accountNumberDisplay": "****5432",
        "productName": "Checking", "status": "OPEN", "currency": {"currencyCode": "USD"}, "balanceType": "ASSET",
        "balanceAsOf": "2026-10-31T00:00:00.000Z", "currentBalance": 1243.4, "availableBalance": 1200
    });
    expected["accountId"] = json!(account.account_id);
    assert_eq!(json_of(account), expected);
    assert_eq!(
        transaction(account, 0),
        json!({
            "accountCategory": "DEPOSIT_ACCOUNT", "postedTimestamp": "2026-10-02T17:00:00.000Z",
            "transactionTimestamp": "2026-10-02T17:00:00.000Z", "description": "CAFÉ NOIR",
            "memo": "POS MERCHANDISE", "debitCreditMemo": "DEBIT", "status": "POSTED", "amount": 6.6,
            "transactionType": "POSDEBIT"
        })
    );
    let check = transaction(account, 1);
    assert_eq!(
        (&check["checkNumber"], &check["amount"]),
        (&json!(319), &json!(1250))
    );
    let salary = transaction(account, 2);
    assert_eq!(salary["transactionTimestamp"], "2026-10-03T00:00:00.000Z");
    assert_eq!(
        (&salary["debitCreditMemo"], &salary["transactionType"]),
        (&json!("CREDIT"), &json!("DIRECTDEPOSIT"))
    );
}

#[test]
fn a_us_account_is_reached_over_ach() {
    let statement = read_text(&checking()).unwrap();
    let networks =
        serde_json::to_value(only(&statement).payment_networks.as_ref().unwrap().networks()).unwrap();
    assert_eq!(
        networks,
        json!([{"bankId": "021000021", "identifier": "000098765432", "identifierType": "ACCOUNT_NUMBER",
                "type": "US_ACH", "transferIn": true, "transferOut": true}])
    );
    let abroad = read_text(&checking().replace("021000021", "SUNBANK")).unwrap();
    assert!(only(&abroad).payment_networks.is_none());
}

#[test]
fn no_id_tells_the_number() {
    let statement = read_text(&checking()).unwrap();
    let account = only(&statement);
    let text = format!(
        "{}{}",
        json_of(account),
        serde_json::to_string(&account.transactions).unwrap()
    );
    assert!(!text.contains("98765432"));
}

#[test]
fn reading_again_gives_the_same() {
    assert_eq!(read_text(&checking()).unwrap(), read_text(&checking()).unwrap());
}

#[test]
fn the_old_charset_is_read() {
    let mut bytes = checking().replace('\u{c9}', "%").into_bytes();
    let at = bytes.iter().position(|&byte| byte == b'%').unwrap();
    bytes[at] = 0xc9;
    let statement = read(&bytes, &naming()).unwrap();
    assert_eq!(transaction(only(&statement), 0)["description"], "CAFÉ NOIR");
}

#[test]
fn version_2_is_the_same_but_xml() {
    let xml = r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX>
  <CREDITCARDMSGSRSV1><CCSTMTTRNRS><TRNUID>1</TRNUID><STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>
    <CCSTMTRS><CURDEF>USD</CURDEF><CCACCTFROM><ACCTID>4000123412341234</ACCTID></CCACCTFROM>
      <BANKTRANLIST><DTSTART>20261001</DTSTART><DTEND>20261031</DTEND>
        <STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20261005</DTPOSTED><TRNAMT>-12.00</TRNAMT><FITID>1</FITID>
          <PAYEE><NAME>Bakery &amp; Sons</NAME><ADDR1>1 Main St</ADDR1><CITY>Springfield</CITY><STATE>IL</STATE>
            <POSTALCODE>62701</POSTALCODE><COUNTRY>USA</COUNTRY><PHONE>217-555-0101</PHONE></PAYEE>
          <SIC>5462</SIC><REFNUM>R1</REFNUM>
          <ORIGCURRENCY><CURRATE>1.10</CURRATE><CURSYM>EUR</CURSYM></ORIGCURRENCY></STMTTRN>
        <STMTTRN><TRNTYPE>PAYMENT</TRNTYPE><DTPOSTED>20261006</DTPOSTED><TRNAMT>50</TRNAMT><FITID>2</FITID>
          <NAME><![CDATA[THANK YOU  ]]></NAME></STMTTRN>
      </BANKTRANLIST>
      <LEDGERBAL><BALAMT>-321.09</BALAMT><DTASOF>20261031</DTASOF></LEDGERBAL>
      <AVAILBAL><BALAMT>4678.91</BALAMT><DTASOF>20261031</DTASOF></AVAILBAL>
    </CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1>
</OFX>"#;
    let statement = read_text(xml).unwrap();
    let card = json_of(only(&statement));
    assert_eq!(card["accountCategory"], "LOC_ACCOUNT");
    assert_eq!(
        (&card["balanceType"], &card["currentBalance"]),
        (&json!("LIABILITY"), &json!(321.09))
    );
    assert_eq!(card["availableCredit"], 4678.91);
    let purchase = transaction(only(&statement), 0);
    assert_eq!(purchase["transactionType"], "PURCHASE");
    assert_eq!(purchase["foreignCurrency"], "EUR");
    assert_eq!(
        (&purchase["category"], &purchase["subCategory"]),
        (&json!("5462"), &json!("SIC"))
    );
    assert_eq!(
        purchase["transactionPayee"],
        json!({"merchantName": {"name1": "Bakery & Sons"}, "phone": {"number": "2175550101"},
               "address": {"line1": "1 Main St", "city": "Springfield", "region": "IL", "postalCode": "62701",
                           "country": "US"}})
    );
    let payment = transaction(only(&statement), 1);
    assert_eq!(
        (&payment["transactionType"], &payment["description"]),
        (&json!("PAYMENT"), &json!("THANK YOU"))
    );
    assert!(only(&statement).payment_networks.is_none());
}

const BROKERAGE: &str = "<OFX>
<INVSTMTMSGSRSV1><INVSTMTTRNRS><TRNUID>0<INVSTMTRS><DTASOF>20261031<CURDEF>USD
<INVACCTFROM><BROKERID>broker.example<ACCTID>X1000001</INVACCTFROM>
<INVTRANLIST><DTSTART>20261001<DTEND>20261031
<BUYSTOCK><INVBUY><INVTRAN><FITID>b1<DTTRADE>20261005<DTSETTLE>20261007</INVTRAN>
<SECID><UNIQUEID>123456789<UNIQUEIDTYPE>CUSIP</SECID><UNITS>10.5<UNITPRICE>20.00<COMMISSION>1.00<TOTAL>-211.00
<SUBACCTSEC>CASH<SUBACCTFUND>CASH</INVBUY><BUYTYPE>BUY</BUYSTOCK>
<INCOME><INVTRAN><FITID>i1<DTTRADE>20261015<MEMO>DIVIDEND</INVTRAN>
<SECID><UNIQUEID>123456789<UNIQUEIDTYPE>CUSIP</SECID><INCOMETYPE>DIV<TOTAL>3.15<SUBACCTSEC>CASH<SUBACCTFUND>CASH</INCOME>
<SELLMF><INVSELL><INVTRAN><FITID>s1<DTTRADE>20261016</INVTRAN><SECID><UNIQUEID>F1<UNIQUEIDTYPE>OTHER</SECID>
<UNITS>-2<UNITPRICE>50<TOTAL>100<SUBACCTSEC>CASH<SUBACCTFUND>CASH</INVSELL><SELLTYPE>SELL</SELLMF>
<SPLIT><INVTRAN><FITID>p1<DTTRADE>20261020</INVTRAN><SECID><UNIQUEID>123456789<UNIQUEIDTYPE>CUSIP</SECID>
<SUBACCTSEC>CASH<OLDUNITS>10.5<NEWUNITS>21<NUMERATOR>2<DENOMINATOR>1</SPLIT>
<INVBANKTRAN><STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261002<TRNAMT>-3.65<FITID>c1<MEMO>CASH TRADE
<CURRENCY><CURRATE>1.06<CURSYM>CAD</CURRENCY></STMTTRN><SUBACCTFUND>CASH</INVBANKTRAN>
</INVTRANLIST>
<INVPOSLIST><POSSTOCK><INVPOS><SECID><UNIQUEID>123456789<UNIQUEIDTYPE>CUSIP</SECID><HELDINACCT>CASH<POSTYPE>LONG
<UNITS>21<UNITPRICE>11.25<MKTVAL>236.25<DTPRICEASOF>20261030</INVPOS></POSSTOCK></INVPOSLIST>
<INVBAL><AVAILCASH>100.75<MARGINBALANCE>0<SHORTBALANCE>0<BALLIST><BAL><NAME>Cash<DESC>Ending cash
<BALTYPE>DOLLAR<VALUE>100.75</BAL></BALLIST></INVBAL></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1>
<SECLISTMSGSRSV1><SECLIST><STOCKINFO><SECINFO><SECID><UNIQUEID>123456789<UNIQUEIDTYPE>CUSIP</SECID>
<SECNAME>Example Corp<TICKER>EXC</SECINFO><STOCKTYPE>COMMON<YIELD>1.5</STOCKINFO></SECLIST></SECLISTMSGSRSV1></OFX>";

#[test]
fn an_investment_statement() {
    let statement = read_text(BROKERAGE).unwrap();
    let account = only(&statement);
    let json = json_of(account);
    assert_eq!(json["currentValue"], 337);
    assert_eq!(
        (&json["availableCashBalance"], &json["margin"]),
        (&json!(100.75), &json!(false))
    );
    assert_eq!(
        json["holdings"][0],
        json!({"securityIds": [{"id": "123456789", "idType": "CUSIP"}], "holdingName": "Example Corp",
               "holdingType": "STOCK", "positionType": "LONG", "heldInAccount": "CASH", "symbol": "EXC",
               "currentUnitPrice": 11.25, "currentUnitPriceDate": "2026-10-30", "units": 21, "marketValue": 236.25,
               "currency": {"currencyCode": "USD"},
               "security": {"securityCategory": "STOCK_SECURITY", "stockType": "COMMON", "yield": 1.5}})
    );
    assert_eq!(json["balanceList"][0]["balanceType"], "AMOUNT");

    let types: Vec<Value> = (0..5)
        .map(|index| transaction(account, index)["transactionType"].clone())
        .collect();
    assert_eq!(types, ["PURCHASED", "DIVIDEND", "SOLD", "SPLIT", "DEPOSIT"]);
    let purchase = transaction(account, 0);
    assert_eq!(
        (&purchase["amount"], &purchase["debitCreditMemo"]),
        (&json!(211), &json!("DEBIT"))
    );
    assert_eq!(
        (&purchase["units"], &purchase["commission"]),
        (&json!(10.5), &json!(1))
    );
    assert_eq!(purchase["settlementTimestamp"], "2026-10-07T00:00:00.000Z");
    let split = transaction(account, 3);
    assert_eq!(
        (&split["debitCreditMemo"], &split["newUnits"]),
        (&json!("MEMO"), &json!(21))
    );
    let foreign = transaction(account, 4);
    assert_eq!(
        (&foreign["amount"], &foreign["foreignAmount"]),
        (&json!(3.869), &json!(3.65))
    );
    assert_eq!(foreign["foreignCurrency"], "CAD");
}

#[test]
fn two_statements_of_one_account_are_one() {
    let (head, tail) = CHECKING.split_at(CHECKING.find("</BANKMSGSRSV1>").unwrap());
    let (_, second) = head.split_at(head.find("<STMTTRNRS>").unwrap());
    let second = second.replace("<FITID>3", "<FITID>4").replace("1243.40", "99.00");
    let file = format!("{head}{second}{tail}").replace("-1.250,00", "-1250,00");
    let statement = read_text(&file).unwrap();
    assert_eq!(only(&statement).transactions.len(), 4);
    let Some(Account {
        detail: AccountDetail::Deposit(deposit),
        ..
    }) = &only(&statement).account
    else {
        panic!("a deposit account")
    };
    assert_eq!(deposit.current_balance.unwrap().to_string(), "99");
}

#[test]
fn a_held_transaction_is_pending() {
    let statement = read_text(&checking().replace("<TRNTYPE>POS", "<TRNTYPE>HOLD")).unwrap();
    let held = transaction(only(&statement), 0);
    assert_eq!(held["status"], "PENDING");
    assert!(held.get("postedTimestamp").is_none() && held.get("transactionType").is_none());
}

#[test]
fn long_memos_are_cut_and_names_repeated_in_them_dropped() {
    let long = "x".repeat(300);
    let statement = read_text(
        &checking()
            .replace("POS MERCHANDISE", &long)
            .replace("<NAME>EMPLOYER<MEMO>", "<NAME>E<MEMO>E"),
    )
    .unwrap();
    assert_eq!(
        transaction(only(&statement), 0)["memo"].as_str().unwrap().len(),
        255
    );
    assert!(transaction(only(&statement), 2).get("memo").is_none());
}

#[test]
fn broken_files_are_refused_whole_with_line_and_reason() {
    for (file, expected) in [
        (CHECKING.to_owned(), "line 16: TRNAMT is not a decimal number"),
        (
            checking().replace("20261003", "20261332"),
            "line 16: DTPOSTED is not a date of OFX",
        ),
        (
            checking().replace("<TRNAMT>-6.60", ""),
            "line 15: STMTTRN has no TRNAMT",
        ),
        (
            checking().replace("-6.60", "-1234567890123.456"),
            "line 15: TRNAMT has more than 15 significant digits",
        ),
        (
            checking().replace("<CURDEF>USD", "<CURDEF>dollar"),
            "line 13: CURDEF is not a currency",
        ),
        (
            checking().replace("<CURDEF>USD", ""),
            "line 13: STMTRS has no CURDEF",
        ),
        (
            checking().replace("CHECKING", "PIGGYBANK"),
            "line 13: ACCTTYPE is none of OFX",
        ),
        (
            checking()
                .replacen("<SEVERITY>INFO", "<SEVERITY>ERROR", 1)
                .replacen("<CODE>0", "<CODE>15500", 1),
            "line 11: the bank answered with an error, code 15500",
        ),
        (
            "<OFX></OFX>".to_owned(),
            "line 1: there is no bank, credit card or investment statement",
        ),
        ("<OFXX></OFXX>".to_owned(), "line 1: the root element is not OFX"),
    ] {
        assert_eq!(read_text(&file).unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_file_that_breaks_off_anywhere_is_refused() {
    let file = checking();
    let start = file.find("<OFX>").unwrap();
    for end in (start..file.len()).filter(|&end| file.is_char_boundary(end)) {
        assert!(read_text(&file[..end]).is_err(), "the first {end} bytes");
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let file = checking().into_bytes();
    for (index, byte) in (0..file.len()).zip([0, b'<', b'>', b'&', b'[', 0xff].into_iter().cycle()) {
        let mut changed = file.clone();
        changed[index] = byte;
        let _ = read(&changed, &naming());
    }
}

#[test]
fn every_transaction_that_is_read_keeps_fdxs_rules() {
    for file in [checking(), BROKERAGE.to_owned()] {
        for account in read_text(&file).unwrap().accounts {
            assert!(
                account
                    .transactions
                    .iter()
                    .all(|transaction| Transaction::validate(transaction).is_ok())
            );
        }
    }
}
