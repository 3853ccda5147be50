//! `concordat serve`: the listeners, until a signal says stop.
//!
//! A stop ends the process within [`STOP`] whatever the database and the callers do, and a second signal ends it at once. The exit
//! code tells whether anything was left undone.

use std::{io, process::ExitCode, sync::mpsc, thread};

use config::Settings;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{
    exit::{CommandError, Exit},
    logging,
    serve::{self, Service, StartError, Stopped, Wiring, limits::STOP},
};

/// All services in one process, or those named; a stop lets running requests finish.
#[derive(clap::Args)]
pub(super) struct Serve {
    /// What to serve; everything unless given.
    #[arg(value_enum, value_name = "SERVICE")]
    services: Vec<Service>,
    /// Stop when standard input ends: whoever started it is gone.
    #[arg(long, hide = true)]
    until_stdin_closes: bool,
}

impl Serve {
    pub(super) fn run(self, settings: Settings) -> Result<ExitCode, CommandError> {
        let _lines = logging::start(&settings.logging);
        let system = actix_web::rt::System::new();
        let ended = system.block_on(self.serve(settings));
        // Dropped, it would wait for its threads, and one of them may wait for a database that never answers.
        std::mem::forget(system);
        ended
    }

    async fn serve(&self, settings: Settings) -> Result<ExitCode, CommandError> {
        let mut signals = Signals::new().map_err(|error| CommandError::new(Exit::Failed, error))?;
        let running = serve::start_services(settings, Wiring::of_this_machine(), &self.services).await?;
        tokio::select! {
            () = signals.next() => {}
            () = stdin_closed(), if self.until_stdin_closes => {}
        }
        end_within_bounds();
        let stopped = tokio::select! {
            stopped = running.stop() => stopped,
            () = signals.next() => {
                tracing::warn!("told twice: what has begun is cut off");
                Stopped::Unfinished
            }
        };
        match stopped {
            Stopped::Whole => Ok(ExitCode::SUCCESS),
            Stopped::Unfinished => Ok(Exit::Unfinished.into()),
        }
    }
}

/// Ctrl-C, and what an init system sends.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// From now on they end nothing by themselves.
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ends the process after [`STOP`] if it is still there: for when the thread that stops everything is itself held up, as by a log
/// that nobody reads.
fn end_within_bounds() {
    thread::spawn(|| {
        let (_nobody_sends, nothing) = mpsc::channel::<()>();
        let _ = nothing.recv_timeout(STOP);
        std::process::exit(Exit::Unfinished as i32);
    });
}

/// Read on a thread of its own, which the process does not wait for when it ends for another reason.
async fn stdin_closed() {
    let (closed, heard) = tokio::sync::oneshot::channel();
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = closed.send(());
    });
    let _ = heard.await;
}

impl From<StartError> for CommandError {
    fn from(error: StartError) -> Self {
        let exit = match error {
            StartError::Bind { .. } | StartError::Store(_) => Exit::Unavailable,
            StartError::File { .. } => Exit::File,
            StartError::Tls(_) | StartError::Settings(_) => Exit::Settings,
            StartError::Other(_) => Exit::Failed,
        };
        Self::new(exit, error)
    }
}
