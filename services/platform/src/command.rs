//! The command line. Each command is a file here; this one reads the words and picks it.

mod client;
mod consents;
mod demo;
mod import;
mod keys;
mod migrate;
mod notifications;
mod openapi;
mod secret;
mod seed;
mod serve;
mod up;
mod user;

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use config::Settings;
use store::Store;

use crate::exit::CommandError;

/// The file that is read when none is named and it is there.
const DEFAULT_FILE: &str = "concordat.toml";

const EXIT_CODES: &str = "Exit codes:
  0   done
  1   tried, and did not succeed
  2   the command line is not understood
  65  a given file is refused: no statement, no registration
  66  a file cannot be read or written
  69  the database cannot be reached, or an address cannot be bound
  75  serving was stopped, and something that had begun was cut off
  78  the settings are not usable

Settings come from the file, then from CONCORDAT__SECTION__KEY in the environment; concordat.sample.toml tells them all.";

/// A FAPI authorization server and the FDX v6 API of a bank, over one Postgres.
#[derive(Parser)]
#[command(name = "concordat", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
struct Arguments {
    /// Settings; `concordat.toml` here, if there is one, unless given.
    #[arg(long, global = true, value_name = "FILE", env = "CONCORDAT_CONFIG")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve all services, or those named.
    Serve(serve::Serve),
    /// Bring the database's schema up to this program.
    Migrate(migrate::Migrate),
    /// Import a consumer's statements.
    Import(import::Import),
    /// Register, list or disable clients.
    #[command(subcommand)]
    Client(client::Client),
    /// Consumers who sign in at the reference portal.
    #[command(subcommand)]
    User(user::User),
    /// The ledger of consents.
    #[command(subcommand)]
    Consents(consents::Consents),
    /// Fill a database for measuring.
    #[command(subcommand)]
    Seed(seed::Seed),
    /// The keys that sign tokens.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Tell recipients of something; list and resume what they did not take.
    #[command(subcommand)]
    Notifications(notifications::Notifications),
    /// Print, write or check the OpenAPI documents.
    Openapi(openapi::Openapi),
    /// Play the whole journey, told step by step. `make demo` gives it a database.
    Demo(demo::Demo),
    /// Set everything up for trying by hand, and stay. `make up` gives it a database.
    Up(up::Up),
}

/// Reads the command line, does it, and tells the shell how it went.
pub fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr().lock(), "concordat: {error}");
            error.code()
        }
    }
}

fn run(Arguments { config, command }: Arguments) -> Result<ExitCode, CommandError> {
    let settings = || -> Result<Settings, CommandError> {
        let default = PathBuf::from(DEFAULT_FILE);
        let file = config.clone().or_else(|| default.exists().then_some(default));
        Ok(Settings::load(file.as_deref(), std::env::vars())?)
    };
    match command {
        Command::Serve(command) => command.run(settings()?),
        Command::Migrate(command) => command.run(&settings()?),
        Command::Import(command) => command.run(&settings()?),
        Command::Client(command) => command.run(&settings()?),
        Command::User(command) => command.run(&settings()?),
        Command::Consents(command) => command.run(&settings()?),
        Command::Seed(command) => command.run(&settings()?),
        Command::Keys(command) => command.run(&settings()?),
        Command::Notifications(command) => command.run(&settings()?),
        Command::Openapi(command) => command.run(),
        Command::Demo(command) => command.run(),
        Command::Up(command) => command.run(),
    }
}

/// Runs what a command awaits: on this thread alone, since one command does one thing.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, CommandError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map(|runtime| runtime.block_on(future))
        .map_err(|error| CommandError::new(crate::exit::Exit::Failed, error))
}

/// The store of a command that makes one transaction.
fn open(settings: &Settings) -> Result<Store, CommandError> {
    let mut database = settings.database.clone();
    database.pool_size = std::num::NonZeroU32::MIN;
    // An import of years takes longer than any request may: an hour.
    database.statement_timeout_ms = const { std::num::NonZeroU32::new(3_600_000).unwrap() };
    Ok(Store::open(&database)?)
}

/// One line on standard output; a closed pipe is no failure.
fn say(text: impl std::fmt::Display) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
