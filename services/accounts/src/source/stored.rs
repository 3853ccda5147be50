//! Accounts that were imported into our own tables.

use http::FdxError;
use store::{
    Store,
    account_reads::{AccountRead, AccountRow},
    standing::Read,
    transaction_reads::{TransactionRead, TransactionRow},
};

use super::Source;

/// Our tables.
pub(super) struct Stored<'a>(pub(super) &'a Store);

impl Source for Stored<'_> {
    async fn read_accounts(&self, read: AccountRead) -> Result<Option<Read<AccountRow>>, FdxError> {
        Ok(self.0.combined().read_accounts(read).await?)
    }

    async fn read_transactions(
        &self,
        read: TransactionRead,
    ) -> Result<Option<Read<TransactionRow>>, FdxError> {
        Ok(self.0.combined().read_transactions(read).await?)
    }
}
