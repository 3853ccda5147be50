//! Where account data comes from.
//!
//! A source answers with rows *and* the standing of token and grant, read no earlier than the request arrived
//! and no later than the rows: nobody sees a row before the standing is judged. It must be given the consented
//! account and the window of dates, so that it can filter where the data is. The stored source does all of it
//! in one statement. A connector to a bank's core would read the standing here first, and ask the bank then.

mod stored;

use http::{App, FdxError};
use store::{
    account_reads::{AccountRead, AccountRow},
    standing::Read,
    transaction_reads::{TransactionRead, TransactionRow},
};

/// Something that knows accounts.
pub(crate) trait Source {
    /// Documents of one account of the grant, or of all.
    ///
    /// `None` when the token was never issued.
    async fn read_accounts(&self, read: AccountRead) -> Result<Option<Read<AccountRow>>, FdxError>;

    /// Transactions of one account of the grant, newest first.
    ///
    /// `None` when the token was never issued.
    async fn read_transactions(
        &self,
        read: TransactionRead,
    ) -> Result<Option<Read<TransactionRow>>, FdxError>;
}

/// The source of this platform.
pub(crate) fn source(app: &App) -> impl Source {
    stored::Stored(&app.store)
}
