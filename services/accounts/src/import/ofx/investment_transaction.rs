//! What happens to securities: bought, sold, paid income, split, moved.

use domain::fdx::{
    Amount, String255, Text, Transaction, TransactionDetail,
    account::PositionType,
    transaction::{
        IncomeType, InvestmentTransaction, InvestmentTransactionType as Type, TransactionCommon,
        TransactionReason, TransactionStatus, TransferAction,
    },
};

use super::{
    identity::find_text,
    position::sub_account,
    security_list::{SecurityList, SecurityRef},
    transaction::{Context, direction},
    tree::Element,
};
use crate::import::Malformed;

/// Whether an element is one of these.
pub(crate) fn is_one(name: &str) -> bool {
    matches!(
        name,
        "BUYSTOCK"
            | "BUYMF"
            | "BUYDEBT"
            | "BUYOPT"
            | "BUYOTHER"
            | "SELLSTOCK"
            | "SELLMF"
            | "SELLDEBT"
            | "SELLOPT"
            | "SELLOTHER"
            | "INCOME"
            | "REINVEST"
            | "INVEXPENSE"
            | "JRNLFUND"
            | "JRNLSEC"
            | "MARGININTEREST"
            | "RETOFCAP"
            | "SPLIT"
            | "TRANSFER"
            | "CLOSUREOPT"
    )
}

/// Reads one of them, known by `identity`.
pub(crate) fn read(
    element: &Element,
    securities: &SecurityList,
    context: &Context<'_>,
    identity: &[String],
) -> Result<Transaction, Malformed> {
    // What a purchase and a sale have in common stands one level down.
    let inner = element
        .child("INVBUY")
        .or_else(|| element.child("INVSELL"))
        .unwrap_or(element);
    let about = inner.required("INVTRAN")?;
    let traded = about.required_time("DTTRADE")?;
    let total = inner.amount("TOTAL")?.unwrap_or_default();
    let security = inner
        .child("SECID")
        .map(|_| SecurityRef::read(inner))
        .transpose()?;
    let listed = security.as_ref().and_then(|security| securities.find(security));
    let parts: Vec<&str> = identity.iter().map(String::as_str).collect();
    let name = listed.and_then(|listed| listed.name.clone());
    let memo = about.text("MEMO");

    let common = TransactionCommon {
        account_id: Some(context.account_id.clone()),
        transaction_id: Some(context.naming.transaction_id(context.origin, &parts)),
        posted_timestamp: Some(traded),
        transaction_timestamp: Some(traded),
        description: name.or_else(|| memo.as_deref().map(Text::cut)),
        memo: memo.as_deref().map(String255::cut),
        debit_credit_memo: Some(direction(total)),
        status: Some(TransactionStatus::Posted),
        amount: Some(total.magnitude()),
        ..TransactionCommon::default()
    };
    let detail = InvestmentTransaction {
        transaction_type: Some(kind(element)),
        security_id: security.as_ref().map(SecurityRef::id),
        security_id_type: security.as_ref().and_then(SecurityRef::list),
        security_type: listed.map(|listed| listed.security_type.clone()),
        symbol: listed.and_then(|listed| listed.symbol.clone()),
        settlement_timestamp: about.time("DTSETTLE")?,
        income_type: income(element),
        transaction_reason: reason(element),
        transfer_action: match element.text("TFERACTION").as_deref() {
            Some("IN") => Some(TransferAction::In),
            Some("OUT") => Some(TransferAction::Out),
            _ => None,
        },
        position_type: match element.text("POSTYPE").as_deref() {
            Some("LONG") => Some(PositionType::Long),
            Some("SHORT") => Some(PositionType::Short),
            _ => None,
        },
        old_units: element.amount("OLDUNITS")?,
        new_units: element.amount("NEWUNITS")?,
        split_ratio_numerator: element.amount("NUMERATOR")?,
        split_ratio_denominator: element.amount("DENOMINATOR")?,
        accrued_interest: element.amount("ACCRDINT")?,
        ..figures(inner)?
    };
    Ok(Transaction {
        common,
        detail: TransactionDetail::Investment(Box::new(detail)),
    })
}

/// The numbers that purchases, sales and income share.
fn figures(inner: &Element) -> Result<InvestmentTransaction, Malformed> {
    let amount = |name: &str| inner.amount(name);
    Ok(InvestmentTransaction {
        units: amount("UNITS")?,
        shares: amount("UNITS")?.map(Amount::magnitude),
        unit_price: amount("UNITPRICE")?,
        price: amount("UNITPRICE")?,
        markup: amount("MARKUP")?,
        commission: amount("COMMISSION")?,
        taxes: amount("TAXES")?,
        fees: amount("FEES")?,
        load: amount("LOAD")?,
        withholding: amount("WITHHOLDING")?,
        gain: amount("GAIN")?,
        fractional_cash: amount("FRACCASH")?,
        tax_exempt: inner.flag("TAXEXEMPT"),
        sub_account_sec: inner.text("SUBACCTSEC").and_then(|part| sub_account(&part)),
        sub_account_fund: inner.text("SUBACCTFUND").and_then(|part| sub_account(&part)),
        ..InvestmentTransaction::default()
    })
}

fn kind(element: &Element) -> Type {
    let word = |name: &str| find_text(element, name).unwrap_or_default();
    match element.name.as_str() {
        "BUYSTOCK" if word("BUYTYPE") == "BUYTOCOVER" => Type::PurchasedToCover,
        "BUYOPT" if word("OPTBUYTYPE") == "BUYTOOPEN" => Type::PurchaseToOpen,
        "BUYOPT" if word("OPTBUYTYPE") == "BUYTOCLOSE" => Type::PurchaseToClose,
        "BUYSTOCK" | "BUYMF" | "BUYDEBT" | "BUYOPT" | "BUYOTHER" => Type::Purchased,
        "SELLOPT" if word("OPTSELLTYPE") == "SELLTOOPEN" => Type::SoldToOpen,
        "SELLOPT" if word("OPTSELLTYPE") == "SELLTOCLOSE" => Type::SoldToClose,
        "SELLSTOCK" | "SELLMF" | "SELLDEBT" | "SELLOPT" | "SELLOTHER" => Type::Sold,
        "INCOME" => match word("INCOMETYPE").as_str() {
            "DIV" => Type::Dividend,
            "INTEREST" => Type::Interest,
            _ => Type::Income,
        },
        "REINVEST" if word("INCOMETYPE") == "DIV" => Type::DividendReinvest,
        "REINVEST" => Type::ReinvestOfIncome,
        "INVEXPENSE" => Type::InvestmentExpense,
        "JRNLFUND" => Type::JournalFund,
        "JRNLSEC" => Type::JournalSecurity,
        "MARGININTEREST" => Type::MarginInterest,
        "RETOFCAP" => Type::ReturnOfCapital,
        "SPLIT" => Type::Split,
        "TRANSFER" => Type::Transfer,
        "CLOSUREOPT" => match word("OPTACTION").as_str() {
            "EXPIRE" => Type::OptionExpiration,
            "EXERCISE" | "ASSIGN" => Type::OptionExercise,
            _ => Type::ClosureOption,
        },
        _ => Type::Other,
    }
}

fn income(element: &Element) -> Option<IncomeType> {
    match element.text("INCOMETYPE")?.as_str() {
        "CGLONG" => Some(IncomeType::CapitalGainLong),
        "CGSHORT" => Some(IncomeType::CapitalGainShort),
        "MISC" => Some(IncomeType::Miscellaneous),
        _ => None,
    }
}

fn reason(element: &Element) -> Option<TransactionReason> {
    match element.text("SELLREASON")?.as_str() {
        "CALL" => Some(TransactionReason::Call),
        "MATURITY" => Some(TransactionReason::Maturity),
        "SELL" => Some(TransactionReason::Sell),
        _ => None,
    }
}
