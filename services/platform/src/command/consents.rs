//! `concordat consents verify`: is the ledger what was written?

use std::process::ExitCode;

use config::Settings;
use domain::ConsentId;
use lifecycle::verify::verify;
use store::TxError;

use super::{block_on, open, say};
use crate::exit::{CommandError, Exit};

#[derive(clap::Subcommand)]
pub(super) enum Consents {
    /// Recompute the chain of hashes of every consent's history, and hold its end against the consent as it stands. Names the
    /// first row that does not fit, and ends with 1. May run beside a platform that serves.
    Verify {
        /// Only the history of this consent.
        #[arg(long, value_name = "CONSENT_ID")]
        consent: Option<String>,
    },
}

impl Consents {
    pub(super) fn run(self, settings: &Settings) -> Result<ExitCode, CommandError> {
        let Self::Verify { consent } = self;
        let only = consent
            .map(|id| {
                id.parse::<ConsentId>()
                    .map_err(|_| CommandError::new(Exit::Data, format!("{id:?} is not the id of a consent")))
            })
            .transpose()?;
        let outcome = block_on(async {
            let store = open(settings)?;
            let outcome = store.reading("verify_consents", move |tx| verify(tx, only));
            Ok::<_, CommandError>(outcome.await)
        })??;
        let verified = outcome.map_err(|error| match error {
            TxError::Refused(broken) => CommandError::new(Exit::Failed, broken),
            TxError::Store(error) => error.into(),
        })?;
        if let (Some(id), 0) = (only, verified.consents) {
            return Err(CommandError::new(
                Exit::Failed,
                format!("there is no consent {id}"),
            ));
        }
        say(format_args!(
            "consents: {}, rows of history: {}; every row fits",
            verified.consents, verified.rows
        ));
        Ok(ExitCode::SUCCESS)
    }
}
