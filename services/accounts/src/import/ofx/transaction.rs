//! `STMTTRN`: a movement of money, the same in all three kinds of statement.

use domain::{
    AccountId,
    fdx::{
        Amount, CurrencyCode, String64, String255, Text,
        contact::{DeliveryAddress, TelephoneNumber},
        text::CountryCode,
        transaction::{
            DebitCreditMemo, DepositTransactionType, InvestmentTransactionType, LineOfCreditTransactionType,
            MerchantName, TransactionCommon, TransactionPayee, TransactionStatus,
        },
    },
};

use super::tree::Element;
use crate::import::{Malformed, Naming, naming::Origin};

/// The account that transactions are read for.
pub(crate) struct Context<'a> {
    pub(crate) naming: &'a Naming,
    pub(crate) origin: Origin,
    pub(crate) account_id: &'a AccountId,
    pub(crate) currency: &'a CurrencyCode,
}

/// A movement, before the category of its account says what sort it is.
pub(crate) struct Movement {
    pub(crate) common: TransactionCommon,
    /// `TRNTYPE`, in capitals.
    pub(crate) kind: String,
    /// Whether money left.
    pub(crate) out: bool,
    pub(crate) check_number: Option<i64>,
}

/// Reads a `STMTTRN` that is known by `identity`.
pub(crate) fn read(
    element: &Element,
    context: &Context<'_>,
    identity: &[String],
) -> Result<Movement, Malformed> {
    let amount = in_account_currency(element, context)?;
    let posted = element.required_time("DTPOSTED")?;
    let happened = element.time("DTUSER")?.unwrap_or(posted);
    let kind = element.text("TRNTYPE").unwrap_or_default().to_ascii_uppercase();
    let held = kind == "HOLD";
    let check_number = element
        .text("CHECKNUM")
        .and_then(|number| number.parse().ok())
        .filter(|&number: &i64| number > 0);
    let payee = element.child("PAYEE");
    let name = element
        .text("EXTDNAME")
        .or_else(|| element.text("NAME"))
        .or_else(|| payee.and_then(|payee| payee.text("NAME")));
    let memo = element.text("MEMO");
    let description = name.clone().or_else(|| memo.clone());
    let parts: Vec<&str> = identity.iter().map(String::as_str).collect();

    let common = TransactionCommon {
        account_id: Some(context.account_id.clone()),
        transaction_id: Some(context.naming.transaction_id(context.origin, &parts)),
        posted_timestamp: (!held).then_some(posted),
        transaction_timestamp: Some(happened),
        // OFX keeps long memos, FDX 255 characters of them.
        memo: memo
            .filter(|memo| Some(memo) != description.as_ref())
            .map(|memo| String255::cut(&memo)),
        description: description.map(|text| Text::cut(&text)),
        transaction_payee: payee.map(read_payee),
        debit_credit_memo: Some(direction(amount)),
        status: Some(if held {
            TransactionStatus::Pending
        } else {
            TransactionStatus::Posted
        }),
        amount: Some(amount.magnitude()),
        reference: element.text("REFNUM").map(|text| Text::cut(&text)),
        category: element.text("SIC").map(|text| Text::cut(&text)),
        sub_category: element.child("SIC").map(|_| Text::from("SIC")),
        reference_transaction_id: element
            .text("CORRECTFITID")
            .map(|fitid| context.naming.transaction_id(context.origin, &["fitid", &fitid])),
        foreign_amount: foreign(element, "CURRENCY", context)
            .map(|_| element.required_amount("TRNAMT"))
            .transpose()?
            .map(Amount::magnitude),
        foreign_currency: foreign(element, "CURRENCY", context)
            .or_else(|| foreign(element, "ORIGCURRENCY", context)),
        ..TransactionCommon::default()
    };
    Ok(Movement {
        common,
        kind,
        out: amount.is_negative(),
        check_number,
    })
}

/// The direction of an amount with its sign.
pub(crate) fn direction(amount: Amount) -> DebitCreditMemo {
    if amount.is_negative() {
        DebitCreditMemo::Debit
    } else if amount == Amount::default() {
        DebitCreditMemo::Memo
    } else {
        DebitCreditMemo::Credit
    }
}

/// The amount in the currency of the account. `CURRENCY` says that it is written in another; `ORIGCURRENCY`
/// that it was converted already.
fn in_account_currency(element: &Element, context: &Context<'_>) -> Result<Amount, Malformed> {
    let amount = element.required_amount("TRNAMT")?;
    if foreign(element, "CURRENCY", context).is_none() {
        return Ok(amount);
    }
    let rate = element.required("CURRENCY")?.required_amount("CURRATE")?;
    amount
        .decimal()
        .checked_mul(rate.decimal())
        .and_then(|product| {
            Amount::new(product)
                .or_else(|_| Amount::new(product.round_dp(4)))
                .ok()
        })
        .ok_or_else(|| Malformed::new(element.line, "TRNAMT in the currency of the account is too long"))
}

fn foreign(element: &Element, aggregate: &str, context: &Context<'_>) -> Option<CurrencyCode> {
    let symbol = element.child(aggregate)?.text("CURSYM")?.to_ascii_uppercase();
    (symbol != context.currency.as_str()).then(|| CurrencyCode::from(symbol.as_str()))
}

fn read_payee(payee: &Element) -> TransactionPayee {
    let text = |name: &str| payee.text(name).map(|text| String64::cut(&text));
    let number: String = payee
        .text("PHONE")
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .take(15)
        .collect();
    TransactionPayee {
        merchant_name: payee.text("NAME").map(|name| MerchantName {
            name1: Some(Text::cut(&name)),
            ..MerchantName::default()
        }),
        address: payee.child("CITY").map(|_| DeliveryAddress {
            line1: text("ADDR1"),
            line2: text("ADDR2"),
            line3: text("ADDR3"),
            city: text("CITY"),
            region: text("STATE"),
            postal_code: payee
                .text("POSTALCODE")
                .filter(|code| code.chars().count() <= 16)
                .map(String64::from),
            // OFX writes ISO 3166-1 alpha-3, FDX alpha-2; we translate where our banks are.
            country: match payee.text("COUNTRY").as_deref() {
                Some("USA") => Some(CountryCode::from("US")),
                Some("CAN") => Some(CountryCode::from("CA")),
                _ => None,
            },
            ..DeliveryAddress::default()
        }),
        phone: (!number.is_empty()).then(|| TelephoneNumber {
            number: Some(String64::from(number)),
            ..TelephoneNumber::default()
        }),
        ..TransactionPayee::default()
    }
}

/// What sort of transaction of a deposit account; `None` where OFX does not say enough.
pub(crate) fn deposit_type(kind: &str, out: bool) -> Option<DepositTransactionType> {
    use DepositTransactionType as Type;
    Some(match (kind, out) {
        ("CREDIT" | "DEP", _) => Type::Deposit,
        ("DEBIT" | "CASH", _) => Type::Withdrawal,
        ("INT", _) => Type::Interest,
        ("DIV", _) => Type::Dividend,
        ("FEE" | "SRVCHG", _) => Type::Fee,
        ("ATM", true) => Type::AtmWithdrawal,
        ("ATM", false) => Type::AtmDeposit,
        ("POS", true) => Type::PosDebit,
        ("POS", false) => Type::PosCredit,
        ("XFER", _) => Type::Transfer,
        ("CHECK", _) => Type::Check,
        ("PAYMENT" | "REPEATPMT", _) => Type::BillPayment,
        ("DIRECTDEP", _) => Type::DirectDeposit,
        ("DIRECTDEBIT", _) => Type::PreauthorizedWithdrawal,
        _ => return None,
    })
}

/// What sort of transaction of a line of credit; `None` where OFX does not say enough.
pub(crate) fn line_of_credit_type(kind: &str, out: bool) -> Option<LineOfCreditTransactionType> {
    use LineOfCreditTransactionType as Type;
    Some(match (kind, out) {
        ("DEBIT" | "POS", true) => Type::Purchase,
        ("PAYMENT" | "XFER" | "DIRECTDEP" | "DEP", false) => Type::Payment,
        ("INT", _) => Type::Interest,
        ("FEE" | "SRVCHG", _) => Type::Fee,
        ("CHECK", _) => Type::Check,
        ("ATM" | "CASH", _) => Type::Withdrawal,
        _ => return None,
    })
}

/// What sort of transaction of an investment account: FDX took over most words of OFX.
pub(crate) fn investment_type(kind: &str) -> InvestmentTransactionType {
    use InvestmentTransactionType as Type;
    match kind {
        "CREDIT" => Type::Deposit,
        "DEBIT" => Type::Withdrawal,
        "INT" => Type::Interest,
        "DIV" => Type::Div,
        "FEE" => Type::Fee,
        "SRVCHG" => Type::ServiceCharge,
        "DEP" => Type::Dep,
        "ATM" => Type::Atm,
        "POS" => Type::Pos,
        "XFER" => Type::Xfer,
        "CHECK" => Type::Check,
        "PAYMENT" => Type::Payment,
        "CASH" => Type::Cash,
        "DIRECTDEP" => Type::DirectDeposit,
        "DIRECTDEBIT" => Type::DirectDebit,
        "REPEATPMT" => Type::RepeatPayment,
        _ => Type::Other,
    }
}
