//! `concordat-bench`: what tokens and reads cost, measured from outside over mutual TLS.
//!
//! ```text
//! core 0: concordat serve ── Postgres            core 1: this program, 16 kept-alive connections
//!         or the baseline ─┘
//! ```
//! The figure is answers per second of CPU of server *and* database together, so that it holds on a busy machine;
//! the ratios between handlers of one run hold best. The platform is held against two bare handlers ([`baseline`]):
//! the *floor*, with the same TLS and signatures and no database, and one with *one statement* a request on the
//! blocking pool. Rounds of the three alternate, so that what else the machine does hits all alike.
//!
//! A second command, [`consents`], holds a large ledger against a small one.
//!
//! Where to go: the order of everything in [`measure`], what is sent in [`requests`], how in [`load`], what is read
//! from the machine in [`usage`], what is written in [`report`]. Another question, how soon a recipient hears of a change, is
//! [`notifications`].

mod baseline;
mod child;
mod connection;
mod consents;
mod failure;
mod load;
mod measure;
mod notifications;
mod report;
mod requests;
mod stage;
mod usage;

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};

use failure::Failure;

/// Load on a release build of concordat. `make bench` runs it with everything that it needs.
#[derive(Parser)]
#[command(name = "concordat-bench")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure, print, and write the figures.
    Run(Run),
    /// Measure how long after a change its recipient hears of it.
    Notifications(notifications::Notifications),
    /// Measure the dashboard's reads in a small ledger and in one of a million consents.
    Consents(consents::Consents),
    /// Serve the handlers that the platform is held against. Started by `run`.
    #[command(hide = true)]
    Baseline(Baseline),
}

/// What a run needs.
#[derive(Args)]
struct Run {
    /// An empty database on this machine.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// The program to measure.
    #[arg(long, default_value = "target/release/concordat")]
    program: PathBuf,
    /// Keys, settings and logs; emptied first.
    #[arg(long, default_value = "var/bench")]
    folder: PathBuf,
    /// The sample statements.
    #[arg(long, default_value = "samples")]
    samples: PathBuf,
    /// Where the figures go.
    #[arg(long, default_value = "var/bench.json")]
    output: PathBuf,
    /// The core on which servers run; the scheduler's choice unless given.
    #[arg(long)]
    server_core: Option<usize>,
    /// Rounds of each handler.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Only the work whose name holds this: `tokens`, `mutual TLS`, `accounts`.
    #[arg(long, default_value = "")]
    only: String,
}

/// What the baseline needs.
#[derive(Args)]
struct Baseline {
    /// The platform's own settings.
    #[arg(long)]
    settings: PathBuf,
    /// Port of its mutual-TLS listener.
    #[arg(long)]
    port: u16,
    /// The body that the platform answers to the read.
    #[arg(long)]
    body: PathBuf,
}

fn main() -> ExitCode {
    let done: Result<(), Failure> = match Arguments::parse().command {
        Command::Run(run) => measure::run(&run),
        Command::Notifications(arguments) => notifications::run(&arguments),
        Command::Consents(consents) => consents::run(&consents),
        Command::Baseline(baseline) => baseline::serve(&baseline),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr().lock(), "concordat-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}
