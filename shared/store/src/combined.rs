//! Everything that is asked through combiners, each kind with threads and connections of its own.

use std::sync::Arc;

use config::Database;

use crate::{
    account_reads::{AccountRead, AccountReads},
    combiner::Combiner,
    connect::Connector,
    error::StoreError,
    issue::{Issue, Issued, outright::Outright, spending::Spending as IssueSpending},
    spend::Spending,
    standing::Read,
    transaction_reads::{TransactionRead, TransactionReads},
};

/// The combiners.
pub struct Combined {
    issue_outright: Combiner<Outright>,
    issue_spending: Combiner<IssueSpending>,
    spend: Combiner<crate::spend::Batch>,
    account_reads: Combiner<AccountReads>,
    transaction_reads: Combiner<TransactionReads>,
}

impl Combined {
    pub(crate) fn start(connector: &Arc<Connector>, settings: &Database) -> Self {
        let threads = settings.combiner_threads.get() as usize;
        let patience = settings.connect_timeout();
        Self {
            issue_outright: Combiner::start(connector, threads, patience),
            issue_spending: Combiner::start(connector, threads, patience),
            spend: Combiner::start(connector, threads, patience),
            account_reads: Combiner::start(connector, threads, patience),
            transaction_reads: Combiner::start(connector, threads, patience),
        }
    }

    /// Spends a client assertion and writes an access token that belongs to no grant. Under way when this returns: the
    /// token can be signed while its row is committed, and leaves afterwards.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing may leave.
    pub fn issue(&self, issue: Issue) -> impl Future<Output = Result<Issued, StoreError>> + use<> {
        let asked = match issue.client.spend {
            None => self.issue_outright.ask(issue),
            Some(spend) => self.issue_spending.ask((issue, spend)),
        };
        asked.answer()
    }

    /// Spends an id that may be used once. Returns whether this request is the one.
    ///
    /// # Errors
    /// [`StoreError`]; then the id may be spent, and the request is refused.
    pub async fn spend(&self, spending: Spending) -> Result<bool, StoreError> {
        self.spend.ask(spending).answer().await
    }

    /// Looks a token's grant up and reads accounts of it, as both are now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read_accounts(
        &self,
        read: AccountRead,
    ) -> Result<Option<Read<crate::account_reads::AccountRow>>, StoreError> {
        self.account_reads.ask(read).answer().await?
    }

    /// Looks a token's grant up and reads a page of transactions of one account, as both are now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read_transactions(
        &self,
        read: TransactionRead,
    ) -> Result<Option<Read<crate::transaction_reads::TransactionRow>>, StoreError> {
        self.transaction_reads.ask(read).answer().await?
    }
}
