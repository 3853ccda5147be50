//! The message sets of a file: which statements it holds.

use std::collections::HashMap;

use super::{bank, investment, security_list::SecurityList, tree::Element};
use crate::import::{ImportedAccount, Malformed, Naming, Statement, limits::ACCOUNTS, naming::Origin};

/// Where statements stand: message set, transaction wrapper, statement.
const STATEMENTS: &[(&str, &str, &str)] = &[
    ("BANKMSGSRSV1", "STMTTRNRS", "STMTRS"),
    ("CREDITCARDMSGSRSV1", "CCSTMTTRNRS", "CCSTMTRS"),
    ("INVSTMTMSGSRSV1", "INVSTMTTRNRS", "INVSTMTRS"),
];

/// Reads every statement of the file.
pub(crate) fn read(root: &Element, naming: &Naming) -> Result<Statement, Malformed> {
    if root.name != "OFX" {
        return Err(Malformed::new(root.line, "the root element is not OFX"));
    }
    if let Some(status) = root.child("SIGNONMSGSRSV1").and_then(|set| set.child("SONRS")) {
        refuse_error(status)?;
    }
    let securities = SecurityList::read(root)?;
    let mut accounts: Vec<ImportedAccount> = vec![];
    let mut known: HashMap<Origin, usize> = HashMap::new();
    for &(set, wrapper, statement) in STATEMENTS {
        for wrapper in root.all(set).flat_map(|set| set.all(wrapper)) {
            refuse_error(wrapper)?;
            let Some(element) = wrapper.child(statement) else {
                continue;
            };
            let account = match statement {
                "STMTRS" => bank::read(element, naming)?,
                "CCSTMTRS" => bank::read_card(element, naming)?,
                _ => investment::read(element, &securities, naming)?,
            };
            match known
                .get(&account.origin)
                .and_then(|&index| accounts.get_mut(index))
            {
                Some(earlier) => merge(earlier, account),
                None => {
                    known.insert(account.origin, accounts.len());
                    accounts.push(account);
                }
            }
            if accounts.len() > ACCOUNTS {
                return Err(Malformed::new(
                    element.line,
                    format!("there are more than {ACCOUNTS} accounts"),
                ));
            }
        }
    }
    if accounts.is_empty() {
        return Err(Malformed::new(
            root.line,
            "there is no bank, credit card or investment statement",
        ));
    }
    Ok(Statement {
        consumer: None,
        accounts,
    })
}

/// An account that has two statements in one file: the later one tells the balance, both tell transactions.
fn merge(earlier: &mut ImportedAccount, later: ImportedAccount) {
    let ImportedAccount {
        origin: _,
        account_id: _,
        account,
        contact: _,
        payment_networks,
        asset_transfer_networks,
        transactions,
    } = later;
    earlier.account = account.or(earlier.account.take());
    earlier.payment_networks = payment_networks.or(earlier.payment_networks.take());
    earlier.asset_transfer_networks = asset_transfer_networks.or(earlier.asset_transfer_networks.take());
    let known: std::collections::HashSet<_> = earlier
        .transactions
        .iter()
        .map(|transaction| transaction.common.transaction_id.clone())
        .collect();
    let new = transactions
        .into_iter()
        .filter(|transaction| !known.contains(&transaction.common.transaction_id));
    earlier.transactions.extend(new);
}

/// A bank says what went wrong inside of a well-formed file.
fn refuse_error(answer: &Element) -> Result<(), Malformed> {
    let Some(status) = answer.child("STATUS") else {
        return Ok(());
    };
    if status
        .text("SEVERITY")
        .is_some_and(|severity| severity == "ERROR")
    {
        let code = status
            .text("CODE")
            .filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
        let reason = format!(
            "the bank answered with an error, code {}",
            code.as_deref().unwrap_or("unknown")
        );
        return Err(Malformed::new(status.line, reason));
    }
    Ok(())
}
