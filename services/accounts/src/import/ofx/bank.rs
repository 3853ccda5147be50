//! `STMTRS` and `CCSTMTRS`: statements of bank accounts and of cards.

use domain::{
    AccountId,
    fdx::{
        Account, AccountDescriptor, AccountDetail, AccountPaymentNetwork, Amount, CurrencyCode, String64,
        Text, Timestamp, Transaction, TransactionDetail,
        account::{
            AccountCommon, AccountStatus, AccountType, BalanceType, DepositAccount, LineOfCreditAccount,
        },
        money::Currency,
        payment_network::{PaymentNetworkIdentifierType, PaymentNetworkType},
        transaction::{DepositTransaction, LineOfCreditTransaction},
    },
};

use super::{
    identity,
    transaction::{self, Context, Movement},
    tree::Element,
};
use crate::import::{
    ImportedAccount, Malformed, Naming, PaymentNetworks,
    naming::{Named, Origin},
};

/// Reads a bank statement.
pub(crate) fn read(statement: &Element, naming: &Naming) -> Result<ImportedAccount, Malformed> {
    let from = statement.required("BANKACCTFROM")?;
    let (bank, number) = (from.required_text("BANKID")?, from.required_text("ACCTID")?);
    let branch = from.text("BRANCHID").unwrap_or_default();
    let origin = naming.origin(Named::Bank {
        bank: &bank,
        branch: &branch,
        number: &number,
    });
    let (account_type, product) = match from
        .text("ACCTTYPE")
        .unwrap_or_default()
        .to_ascii_uppercase()
        .as_str()
    {
        "CHECKING" => (AccountType::Checking, "Checking"),
        "SAVINGS" => (AccountType::Savings, "Savings"),
        "MONEYMRKT" => (AccountType::MoneyMarket, "Money market"),
        "CD" => (AccountType::Cd, "Certificate of deposit"),
        "CREDITLINE" => (AccountType::LineOfCredit, "Line of credit"),
        _ => {
            let line = from.child("ACCTTYPE").map_or(from.line, |element| element.line);
            return Err(Malformed::new(line, "ACCTTYPE is none of OFX"));
        }
    };
    let on_credit = account_type == AccountType::LineOfCredit;
    let read = Read {
        statement,
        naming,
        origin,
        number: &number,
        account_type,
        product,
    };
    let mut account = if on_credit {
        read.line_of_credit()?
    } else {
        read.deposit()?
    };
    account.payment_networks = (!on_credit && is_routing_number(&bank))
        .then(|| PaymentNetworks::Inferred(vec![ach(&bank, &number)]));
    Ok(account)
}

/// Reads a statement of a card.
pub(crate) fn read_card(statement: &Element, naming: &Naming) -> Result<ImportedAccount, Malformed> {
    let number = statement.required("CCACCTFROM")?.required_text("ACCTID")?;
    let origin = naming.origin(Named::Card { number: &number });
    let (account_type, product) = (AccountType::CreditCard, "Credit card");
    Read {
        statement,
        naming,
        origin,
        number: &number,
        account_type,
        product,
    }
    .line_of_credit()
}

struct Read<'a> {
    statement: &'a Element,
    naming: &'a Naming,
    origin: Origin,
    number: &'a str,
    account_type: AccountType,
    product: &'a str,
}

impl Read<'_> {
    fn deposit(self) -> Result<ImportedAccount, Malformed> {
        let (ledger, as_of) = balance(self.statement, "LEDGERBAL")?;
        let detail = DepositAccount {
            balance_as_of: as_of,
            current_balance: ledger,
            available_balance: balance(self.statement, "AVAILBAL")?.0,
            ..DepositAccount::default()
        };
        self.finish(
            BalanceType::Asset,
            AccountDetail::Deposit(Box::new(detail)),
            |movement| {
                TransactionDetail::Deposit(Box::new(DepositTransaction {
                    transaction_type: transaction::deposit_type(&movement.kind, movement.out),
                    check_number: movement.check_number,
                }))
            },
        )
    }

    fn line_of_credit(self) -> Result<ImportedAccount, Malformed> {
        let (ledger, as_of) = balance(self.statement, "LEDGERBAL")?;
        let detail = LineOfCreditAccount {
            balance_as_of: as_of,
            // OFX counts what is owed below zero; FDX counts it above, for an account that is a liability.
            current_balance: ledger.map(negated),
            available_credit: balance(self.statement, "AVAILBAL")?.0,
            ..LineOfCreditAccount::default()
        };
        self.finish(
            BalanceType::Liability,
            AccountDetail::LineOfCredit(Box::new(detail)),
            |movement| {
                TransactionDetail::LineOfCredit(Box::new(LineOfCreditTransaction {
                    transaction_type: transaction::line_of_credit_type(&movement.kind, movement.out),
                    check_number: movement.check_number,
                    ..LineOfCreditTransaction::default()
                }))
            },
        )
    }

    fn finish(
        self,
        balance_type: BalanceType,
        detail: AccountDetail,
        transaction_detail: impl Fn(&Movement) -> TransactionDetail,
    ) -> Result<ImportedAccount, Malformed> {
        let currency = self.statement.required_currency("CURDEF")?;
        let account_id = self.naming.account_id(self.origin);
        let context = Context {
            naming: self.naming,
            origin: self.origin,
            account_id: &account_id,
            currency: &currency,
        };
        let elements: Vec<&Element> = self
            .statement
            .all("BANKTRANLIST")
            .flat_map(|list| list.all("STMTTRN"))
            .collect();
        let mut transactions = vec![];
        for (element, identity) in elements.iter().zip(identity::identify(&elements)) {
            let Some(identity) = identity else { continue };
            let movement = transaction::read(element, &context, &identity)?;
            let transaction = Transaction {
                detail: transaction_detail(&movement),
                common: movement.common,
            };
            transaction
                .validate()
                .map_err(|faults| Malformed::faults(element.line, "the transaction", &faults))?;
            transactions.push(transaction);
        }
        let descriptor = describe(
            &account_id,
            self.account_type,
            self.product,
            self.number,
            &currency,
        );
        let common = AccountCommon {
            balance_type: Some(balance_type),
            ..AccountCommon::default()
        };
        let account = Account {
            descriptor,
            common,
            detail,
        };
        account
            .validate()
            .map_err(|faults| Malformed::faults(self.statement.line, "the account", &faults))?;
        Ok(ImportedAccount {
            origin: self.origin,
            account_id,
            account: Some(account),
            contact: None,
            payment_networks: None,
            asset_transfer_networks: None,
            transactions,
        })
    }
}

/// What names the account of a statement. The number itself stays out: it is in the payment networks.
pub(crate) fn describe(
    account_id: &AccountId,
    account_type: AccountType,
    product: &str,
    number: &str,
    currency: &CurrencyCode,
) -> AccountDescriptor {
    AccountDescriptor {
        account_id: Some(account_id.clone()),
        account_type: Some(account_type),
        account_number_display: masked(number),
        product_name: Some(Text::from(product)),
        status: Some(AccountStatus::Open),
        currency: Some(Currency {
            currency_code: Some(currency.clone()),
            ..Currency::default()
        }),
        ..AccountDescriptor::default()
    }
}

/// The last four letters of a number, or fewer of a short one: never more than half.
fn masked(number: &str) -> Option<String64> {
    let letters: Vec<char> = number.chars().filter(char::is_ascii_alphanumeric).collect();
    let shown = letters.len().div_euclid(2).min(4);
    let tail: String = letters.iter().skip(letters.len() - shown).collect();
    (shown > 0).then(|| String64::from(format!("****{tail}")))
}

fn balance(statement: &Element, name: &str) -> Result<(Option<Amount>, Option<Timestamp>), Malformed> {
    let Some(balance) = statement.child(name) else {
        return Ok((None, None));
    };
    Ok((Some(balance.required_amount("BALAMT")?), balance.time("DTASOF")?))
}

fn negated(amount: Amount) -> Amount {
    Amount::new(-amount.decimal()).unwrap_or(amount)
}

/// Nine digits whose check digit is right (ABA).
fn is_routing_number(bank: &str) -> bool {
    let digits: Vec<u32> = bank.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .zip([3, 7, 1].iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    bank.len() == 9 && digits.len() == 9 && sum > 0 && sum.is_multiple_of(10)
}

/// Every US bank account with a routing number is reached over ACH.
fn ach(bank: &str, number: &str) -> AccountPaymentNetwork {
    AccountPaymentNetwork {
        bank_id: Some(String64::from(bank)),
        identifier: Some(String64::from(number)),
        identifier_type: Some(PaymentNetworkIdentifierType::AccountNumber),
        r#type: Some(PaymentNetworkType::UsAch),
        transfer_in: Some(true),
        transfer_out: Some(true),
        ..AccountPaymentNetwork::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_at_most_four_and_never_more_than_half() {
        let mask = |number: &str| masked(number).map(|text| text.as_str().to_owned());
        assert_eq!(mask("12300 000012345678").as_deref(), Some("****5678"));
        assert_eq!(mask("9100").as_deref(), Some("****00"));
        assert_eq!(mask("1"), None);
    }

    #[test]
    fn a_routing_number_has_a_check_digit() {
        assert!(is_routing_number("021000021"));
        assert!(
            !is_routing_number("021000022")
                && !is_routing_number("000000000")
                && !is_routing_number("SUNCORP")
        );
    }
}
