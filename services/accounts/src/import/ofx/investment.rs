//! `INVSTMTRS`: a statement of a brokerage or retirement account.

use domain::fdx::{
    Account, AccountDetail, Amount, CurrencyCode, Identifier, Text, Transaction, TransactionDetail,
    account::{
        AccountCommon, AccountType, BalanceType, BalanceValueType, Holding, InvestmentAccount,
        InvestmentBalance,
    },
    transaction::InvestmentTransaction,
};

use super::{
    bank::describe,
    identity, investment_transaction, position,
    security_list::SecurityList,
    transaction::{self, Context},
    tree::Element,
};
use crate::import::{ImportedAccount, Malformed, Naming, naming::Named};

/// Reads an investment statement.
pub(crate) fn read(
    statement: &Element,
    securities: &SecurityList,
    naming: &Naming,
) -> Result<ImportedAccount, Malformed> {
    let from = statement.required("INVACCTFROM")?;
    let (broker, number) = (from.required_text("BROKERID")?, from.required_text("ACCTID")?);
    let origin = naming.origin(Named::Broker {
        broker: &broker,
        number: &number,
    });
    let account_id = naming.account_id(origin);
    let currency = statement.required_currency("CURDEF")?;
    let context = Context {
        naming,
        origin,
        account_id: &account_id,
        currency: &currency,
    };

    let account = Account {
        descriptor: describe(
            &account_id,
            AccountType::BrokerageProduct,
            "Brokerage",
            &number,
            &currency,
        ),
        common: AccountCommon {
            balance_type: Some(BalanceType::Asset),
            ..AccountCommon::default()
        },
        detail: AccountDetail::Investment(Box::new(detail(statement, securities, &currency, &broker)?)),
    };
    account
        .validate()
        .map_err(|faults| Malformed::faults(statement.line, "the account", &faults))?;
    Ok(ImportedAccount {
        origin,
        account_id: account_id.clone(),
        account: Some(account),
        contact: None,
        payment_networks: None,
        asset_transfer_networks: None,
        transactions: transactions(statement, securities, &context)?,
    })
}

fn detail(
    statement: &Element,
    securities: &SecurityList,
    currency: &CurrencyCode,
    broker: &str,
) -> Result<InvestmentAccount, Malformed> {
    let balances = statement.child("INVBAL");
    let of = |name: &str| balances.map_or(Ok(None), |balances| balances.amount(name));
    let mut holdings = vec![];
    for element in statement.all("INVPOSLIST").flat_map(|list| &list.children) {
        holdings.push(position::read(element, securities, currency)?);
    }
    let cash = of("AVAILCASH")?;
    Ok(InvestmentAccount {
        balance_as_of: statement.time("DTASOF")?,
        current_value: value(&holdings, cash, currency),
        available_cash_balance: cash,
        margin: of("MARGINBALANCE")?.map(|owed| owed != Amount::default()),
        margin_balance: of("MARGINBALANCE")?,
        short_balance: of("SHORTBALANCE")?,
        broker_id: Some(Identifier::cut(broker)),
        balance_list: balances.map_or(Ok(vec![]), balance_list)?,
        holdings,
        ..InvestmentAccount::default()
    })
}

/// What everything is worth, where the statement lists it in one currency: positions and cash.
fn value(holdings: &[Holding], cash: Option<Amount>, currency: &CurrencyCode) -> Option<Amount> {
    let mut sum = cash?.decimal();
    for holding in holdings {
        if holding.currency.as_ref()?.currency_code.as_ref()? != currency {
            return None;
        }
        sum = sum.checked_add(holding.market_value?.decimal())?;
    }
    (!holdings.is_empty()).then(|| Amount::new(sum).ok()).flatten()
}

fn balance_list(balances: &Element) -> Result<Vec<InvestmentBalance>, Malformed> {
    balances
        .all("BALLIST")
        .flat_map(|list| list.all("BAL"))
        .map(|balance| {
            Ok(InvestmentBalance {
                balance_name: balance.text("NAME").map(|text| Text::cut(&text)),
                balance_description: balance.text("DESC").map(|text| Text::cut(&text)),
                balance_type: match balance.text("BALTYPE").as_deref() {
                    Some("DOLLAR") => Some(BalanceValueType::Amount),
                    Some("PERCENT") => Some(BalanceValueType::Percentage),
                    // NUMBER is neither, and FDX has no third word.
                    _ => None,
                },
                balance_value: balance.amount("VALUE")?,
                balance_date: balance.day("DTASOF")?,
                ..InvestmentBalance::default()
            })
        })
        .collect()
}

fn transactions(
    statement: &Element,
    securities: &SecurityList,
    context: &Context<'_>,
) -> Result<Vec<Transaction>, Malformed> {
    let elements: Vec<&Element> = statement
        .all("INVTRANLIST")
        .flat_map(|list| &list.children)
        .filter(|element| element.name == "INVBANKTRAN" || investment_transaction::is_one(&element.name))
        .collect();
    let mut transactions = vec![];
    for (element, identity) in elements.iter().zip(identity::identify(&elements)) {
        let Some(identity) = identity else { continue };
        let transaction = if element.name == "INVBANKTRAN" {
            bank_transaction(element, context, &identity)?
        } else {
            investment_transaction::read(element, securities, context, &identity)?
        };
        transaction
            .validate()
            .map_err(|faults| Malformed::faults(element.line, "the transaction", &faults))?;
        transactions.push(transaction);
    }
    Ok(transactions)
}

/// Money that moved in an investment account, without a security.
fn bank_transaction(
    element: &Element,
    context: &Context<'_>,
    identity: &[String],
) -> Result<Transaction, Malformed> {
    let movement = transaction::read(element.required("STMTTRN")?, context, identity)?;
    let detail = InvestmentTransaction {
        transaction_type: Some(transaction::investment_type(&movement.kind)),
        sub_account_fund: element
            .text("SUBACCTFUND")
            .and_then(|part| position::sub_account(&part)),
        ..InvestmentTransaction::default()
    };
    Ok(Transaction {
        common: movement.common,
        detail: TransactionDetail::Investment(Box::new(detail)),
    })
}
