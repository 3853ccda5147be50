//! Writes what a file tells, in one transaction, and counts what it changed.

use domain::{
    AccountId, Instant, UserId,
    fdx::{Account, AccountDetail, Timestamp},
};
use store::{Store, StoreError, Tx, TxError, customers::Saved, imports};

use super::{ImportedAccount, PaymentNetworks, Statement};

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// What happened to the record of the consumer, where the file has one.
    pub consumer: Option<Saved>,
    /// Each account of the file, in its order.
    pub accounts: Vec<AccountReport>,
}

/// What an import did to one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountReport {
    /// Which.
    pub account_id: AccountId,
    /// What happened to the account itself.
    pub outcome: AccountOutcome,
    /// What happened to its transactions.
    pub transactions: Counts,
}

/// What happened to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountOutcome {
    /// It was not there before.
    New,
    /// It is as the file tells now.
    Updated,
    /// It was so already.
    Unchanged,
    /// The file tells older balances than we have; those stay.
    Older,
}

/// Transactions, by what happened to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// They were not there before.
    pub new: usize,
    /// They are as the file tells now.
    pub updated: usize,
    /// They were so already.
    pub unchanged: usize,
}

impl Report {
    /// All transactions of all accounts.
    pub fn transactions(&self) -> Counts {
        self.accounts
            .iter()
            .fold(Counts::default(), |sum, account| Counts {
                new: sum.new + account.transactions.new,
                updated: sum.updated + account.transactions.updated,
                unchanged: sum.unchanged + account.transactions.unchanged,
            })
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file only adds to an account that was never imported.
    #[error("the file adds to an account that is not there yet; import its statement first")]
    AccountUnknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whose the accounts of a statement are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The consumer who becomes a holder of them.
    pub user_id: UserId,
    /// Whether another holder's consent to share them needs this one's approval. An import without it takes nothing back.
    pub approves: bool,
}

impl From<&UserId> for Holder {
    /// A holder of accounts that each holder may share alone.
    fn from(user_id: &UserId) -> Self {
        Self {
            user_id: user_id.clone(),
            approves: false,
        }
    }
}

/// Writes a statement for a consumer, who becomes a holder of its accounts. All of it or nothing.
///
/// # Errors
/// [`ImportError`]; then nothing was written.
pub async fn run(
    store: &Store,
    holder: impl Into<Holder>,
    statement: Statement,
    now: Instant,
) -> Result<Report, ImportError> {
    let holder = holder.into();
    store
        .tx("import", move |tx| {
            let accounts = statement
                .accounts
                .iter()
                .map(|account| write(tx, &holder, account, now))
                .collect::<Result<_, _>>()?;
            let record = statement.consumer.as_ref().map(|consumer| {
                let told = (&consumer.customer, &consumer.claims);
                store::customers::save(tx, &holder.user_id, told, now)
            });
            Ok(Report {
                consumer: record.transpose()?,
                accounts,
            })
        })
        .await
        .map_err(|error| match error {
            TxError::Refused(refused) => refused,
            TxError::Store(error) => ImportError::Store(error),
        })
}

fn write(
    tx: &mut Tx<'_>,
    holder: &Holder,
    imported: &ImportedAccount,
    now: Instant,
) -> Result<AccountReport, TxError<ImportError>> {
    let ImportedAccount {
        origin,
        account_id,
        account,
        contact,
        payment_networks,
        asset_transfer_networks,
        transactions,
    } = imported;
    let stored = imports::find(tx, account_id)?;
    let is_new = stored.is_none();
    let is_older = match (&stored, account) {
        (None, None) => return Err(TxError::Refused(ImportError::AccountUnknown)),
        (Some(stored), Some(account)) => is_older(account, &stored.entity),
        _ => false,
    };
    let documents = imports::Documents {
        entity: account.as_ref().filter(|_| !is_older),
        contact: contact.as_ref(),
        payment_networks: payment_networks.as_ref().and_then(|networks| match networks {
            PaymentNetworks::Inferred(_)
                if stored.as_ref().is_some_and(|stored| stored.has_payment_networks) =>
            {
                None
            }
            networks => Some(networks.networks()),
        }),
        asset_transfer_networks: asset_transfer_networks.as_deref(),
    };
    let changed = if is_new {
        imports::insert_account(tx, account_id, origin.as_bytes(), documents, now)?;
        true
    } else {
        imports::update_account(tx, account_id, documents, now)?
    };
    imports::add_holder(tx, &holder.user_id, account_id, holder.approves)?;
    let saved = imports::save_transactions(tx, account_id, transactions)?;
    Ok(AccountReport {
        account_id: account_id.clone(),
        outcome: match (is_new, changed, is_older) {
            (true, _, _) => AccountOutcome::New,
            (_, true, _) => AccountOutcome::Updated,
            (_, _, true) => AccountOutcome::Older,
            (_, false, false) => AccountOutcome::Unchanged,
        },
        transactions: Counts {
            new: saved.inserted,
            updated: saved.updated,
            unchanged: transactions.len() - saved.inserted - saved.updated,
        },
    })
}

/// Whether the balances of `account` are older than those of `stored`: statements are not always imported in
/// order.
fn is_older(account: &Account, stored: &Account) -> bool {
    match (balance_as_of(account), balance_as_of(stored)) {
        (Some(new), Some(old)) => new < old,
        _ => false,
    }
}

fn balance_as_of(account: &Account) -> Option<Timestamp> {
    match &account.detail {
        AccountDetail::BuyNowPayLater(detail) => detail.balance_as_of,
        AccountDetail::Commercial(detail) => detail.balance_as_of,
        AccountDetail::Deposit(detail) => detail.balance_as_of,
        AccountDetail::DigitalWallet(detail) => detail.balance_as_of,
        AccountDetail::Investment(detail) => detail.balance_as_of,
        AccountDetail::Loan(detail) => detail.balance_as_of,
        AccountDetail::LineOfCredit(detail) => detail.balance_as_of,
        AccountDetail::Annuity(_) | AccountDetail::Insurance(_) => None,
    }
}
