//! `concordat migrate`: the schema up to this program's, or back.

use std::process::ExitCode;

use config::Settings;
use store::Migrations;

use super::say;
use crate::exit::CommandError;

/// Runs every migration that has not run. Two at once wait for each other; running it again changes nothing.
#[derive(clap::Args)]
pub(super) struct Migrate {
    /// Take so many of the newest steps back instead. Data that only they can hold is lost.
    #[arg(long, value_name = "STEPS")]
    down: Option<u32>,
}

impl Migrate {
    pub(super) fn run(self, settings: &Settings) -> Result<ExitCode, CommandError> {
        let mut migrations = Migrations::open(&settings.database)?;
        let (steps, verb) = match self.down {
            Some(steps) => (migrations.down(steps)?, "taken back"),
            None => (migrations.up()?, "done"),
        };
        for step in &steps {
            say(format_args!("{step}: {verb}"));
        }
        if steps.is_empty() {
            say("nothing to do");
        }
        Ok(ExitCode::SUCCESS)
    }
}
