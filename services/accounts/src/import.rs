//! Statements come in: OFX as banks export it, and FDX JSON.
//!
//! [`read`] turns a file into typed entities or refuses the whole of it with line and reason; it touches
//! nothing else. [`run()`] writes what was read in one transaction, and counts. Importing a file twice changes
//! nothing: an account is found again by its [`naming::Origin`], a transaction by its id.
//!
//! To add a format: a module with a `read` that returns a [`Statement`], a variant of [`Format`], an arm here.

pub mod fdx;
mod limits;
pub mod naming;
pub mod ofx;
mod run;

use std::fmt;

use domain::{
    AccountId, IdentityClaims,
    fdx::{
        Account, AccountContact, AccountPaymentNetwork, AssetTransferNetwork, Customer, Fault, Transaction,
    },
};

pub use naming::Naming;
pub use run::{AccountOutcome, Counts, Holder, ImportError, Report, run};
pub use store::customers::Saved;

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// OFX 1.x (SGML) or 2.x (XML); the file says which.
    Ofx,
    /// FDX v6 entities in JSON, laid out as [`fdx`] says.
    Fdx,
}

/// What a file tells, typed and checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statement {
    /// Who the consumer is, where the file says so.
    pub consumer: Option<ImportedConsumer>,
    /// Each account once, in the order of the file.
    pub accounts: Vec<ImportedAccount>,
}

/// What a file tells of the consumer whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedConsumer {
    /// The bank's record of them.
    pub customer: Customer,
    /// What FDX has no words for, in those of OpenID Connect.
    pub claims: IdentityClaims,
}

/// What a file tells of one account. A part that is `None` is not in the file, and stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedAccount {
    /// How the account is found again.
    pub origin: naming::Origin,
    /// Its id on the FDX API.
    pub account_id: AccountId,
    /// The account; without it the file only adds to an account that was imported before.
    pub account: Option<Account>,
    /// Its holders and their contact.
    pub contact: Option<AccountContact>,
    /// Its payment networks.
    pub payment_networks: Option<PaymentNetworks>,
    /// Its asset transfer networks.
    pub asset_transfer_networks: Option<Vec<AssetTransferNetwork>>,
    /// Its transactions that the file holds, each id once.
    pub transactions: Vec<Transaction>,
}

/// The payment networks of an account, and how the file knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentNetworks {
    /// The file states them: they replace what was there.
    Stated(Vec<AccountPaymentNetwork>),
    /// They follow from bank and number: they give way to any that are there.
    Inferred(Vec<AccountPaymentNetwork>),
}

impl PaymentNetworks {
    /// The networks, however they are known.
    pub fn networks(&self) -> &[AccountPaymentNetwork] {
        match self {
            Self::Stated(networks) | Self::Inferred(networks) => networks,
        }
    }
}

/// Why a file was refused, whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Malformed {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there. It may quote names of elements and fields, never a value.
    pub reason: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl Malformed {
    /// A refusal.
    pub(crate) fn new(line: usize, reason: impl Into<String>) -> Self {
        Self {
            line,
            reason: reason.into(),
        }
    }

    /// What the rules of FDX say against an entity that begins in `line`.
    pub(crate) fn faults(line: usize, what: &str, faults: &[Fault]) -> Self {
        let list: Vec<String> = faults.iter().take(5).map(ToString::to_string).collect();
        let more = if faults.len() > 5 { ", and more" } else { "" };
        Self::new(line, format!("{what} breaks a rule: {}{more}", list.join(", ")))
    }
}

/// Reads a file, whole or not at all.
///
/// # Errors
/// [`Malformed`], with the line.
pub fn read(format: Format, file: &[u8], naming: &Naming) -> Result<Statement, Malformed> {
    if file.len() > limits::FILE_BYTES {
        return Err(Malformed::new(
            1,
            format!("the file is larger than {} MiB", limits::FILE_BYTES >> 20),
        ));
    }
    match format {
        Format::Ofx => ofx::read(file, naming),
        Format::Fdx => fdx::read(file, naming),
    }
}
