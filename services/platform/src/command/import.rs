//! `concordat import`: a consumer's statements, whole or not at all.

use std::{fs, path::PathBuf, process::ExitCode};

use accounts::import::{self, AccountOutcome, Counts, Holder, ImportError, Naming, Saved};
use clap::ValueEnum;
use config::Settings;
use domain::{Clock as _, UserId};
use jose::seal::MasterKey;
use secrecy::ExposeSecret as _;

use super::{block_on, open, say};
use crate::exit::{CommandError, Exit};

/// Importing a file again changes nothing. A file that is not well-formed is refused whole, with line and reason.
#[derive(clap::Args)]
pub(super) struct Import {
    /// What the file is.
    #[arg(value_enum)]
    format: Format,
    /// The file, as the bank exported it.
    file: PathBuf,
    /// Whose statements they are.
    #[arg(long, value_name = "USER_ID")]
    user: String,
    /// Their approval is needed whenever another holder shares these accounts (joint accounts).
    #[arg(long)]
    joint: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// OFX 1.x (SGML) or 2.x (XML): bank, credit card, investment.
    Ofx,
    /// FDX JSON.
    Fdx,
}

impl Import {
    pub(super) fn run(self, settings: &Settings) -> Result<ExitCode, CommandError> {
        let user_id: UserId = self
            .user
            .parse()
            .map_err(|_| CommandError::new(Exit::Data, "--user is not 1 to 256 printable characters"))?;
        let holder = Holder {
            user_id,
            approves: self.joint,
        };
        let naming = naming(settings)?;
        let file = fs::read(&self.file).map_err(CommandError::file(&self.file))?;
        let format = match self.format {
            Format::Ofx => import::Format::Ofx,
            Format::Fdx => import::Format::Fdx,
        };
        let statement = import::read(format, &file, &naming)
            .map_err(|error| CommandError::new(Exit::Data, format!("{}: {error}", self.file.display())))?;
        let now = http::SystemClock.now();
        let imported = block_on(async {
            let store = open(settings)?;
            Ok::<_, CommandError>(import::run(&store, holder, statement, now).await)
        })??;
        let report = imported.map_err(|error| match error {
            ImportError::Store(error) => error.into(),
            ImportError::AccountUnknown => {
                CommandError::new(Exit::Data, format!("{}: {error}", self.file.display()))
            }
        })?;
        if let Some(saved) = report.consumer {
            let outcome = match saved {
                Saved::New => "new",
                Saved::Updated => "updated",
                Saved::Unchanged => "unchanged",
            };
            say(format_args!("customer: {outcome}"));
        }
        for account in &report.accounts {
            let outcome = match account.outcome {
                AccountOutcome::New => "new",
                AccountOutcome::Updated => "updated",
                AccountOutcome::Unchanged => "unchanged",
                AccountOutcome::Older => "kept as it is newer",
            };
            let Counts {
                new,
                updated,
                unchanged,
            } = account.transactions;
            say(format_args!(
                "account {}: {outcome}; transactions: {new} new, {updated} updated, {unchanged} unchanged",
                account.account_id
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The ids of accounts and transactions are keyed hashes: the key is derived from the master key.
fn naming(settings: &Settings) -> Result<Naming, CommandError> {
    let unusable = |error: &dyn std::fmt::Display| CommandError::new(Exit::Settings, error);
    let bytes = settings
        .secrets
        .master_key_bytes()
        .map_err(|error| unusable(&error))?;
    Naming::new(&MasterKey::from_bytes(*bytes.expose_secret())).map_err(|error| unusable(&error))
}
