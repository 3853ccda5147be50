//! `concordat serve`: the listeners, until a signal says stop.

use std::{io, process::ExitCode};

use config::Settings;

use crate::{
    exit::{CommandError, Exit},
    logging,
    serve::{self, Service, StartError, Wiring},
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
        actix_web::rt::System::new().block_on(async {
            let running = serve::start_services(settings, Wiring::of_this_machine(), &self.services).await?;
            if self.until_stdin_closes {
                tokio::select! {
                    () = signalled() => {}
                    () = stdin_closed() => {}
                }
            } else {
                signalled().await;
            }
            running.stop().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// Ctrl-C, or what an init system sends.
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Read on a thread of its own, which the process does not wait for when it ends for another reason.
async fn stdin_closed() {
    let (closed, heard) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
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
