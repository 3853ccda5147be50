//! `concordat demo`: see [`crate::demo`].

use std::{path::PathBuf, process::ExitCode};

use jose::SystemRandom;

use super::block_on;
use crate::exit::{CommandError, Exit};

/// Needs DATABASE_URL, a database for this alone; `make demo` makes one.
#[derive(clap::Args)]
pub(super) struct Demo {
    /// A database for this alone.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// Where keys, settings and logs go; emptied first.
    #[arg(long, default_value = "var/demo")]
    folder: PathBuf,
    /// The sample statements.
    #[arg(long, default_value = "samples")]
    samples: PathBuf,
}

impl Demo {
    pub(super) fn run(self) -> Result<ExitCode, CommandError> {
        let folder = std::path::absolute(&self.folder).map_err(CommandError::file(&self.folder))?;
        let played = crate::demo::run(
            self.database_url,
            folder,
            self.samples,
            &http::SystemClock,
            &SystemRandom,
        );
        match block_on(played)? {
            Ok(true) => Ok(ExitCode::SUCCESS),
            Ok(false) => Ok(ExitCode::FAILURE),
            Err(error) => Err(CommandError::new(Exit::Failed, error)),
        }
    }
}
