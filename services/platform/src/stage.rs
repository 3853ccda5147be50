//! The stage on which `demo` and `up` play: a folder with a development PKI, settings, clients and their keys, a
//! migrated database with the sample consumers' statements in it, and the platform running.
//!
//! Everything is done by this same program as an operator would: each step is one `concordat` command in a process of
//! its own, and the platform is `concordat serve` in another, so what is shown here is what anyone can type.

mod clients;
mod facts;
mod keys;
mod pki;
mod program;
mod samples;
mod settings;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use domain::{Clock, Random};

use crate::narrator::Narrator;

pub(crate) use clients::{Method, Plan, Registered, SCOPE};
pub(crate) use facts::{Endpoints, Facts};
pub(crate) use program::{Addresses, Program, Server};
pub(crate) use samples::User;

/// What differs between a demonstration and a platform that stays up.
pub(crate) struct Wanted {
    /// Where everything is written; emptied first.
    pub folder: PathBuf,
    /// Where the sample statements are: `samples/USER/*`.
    pub samples: PathBuf,
    /// Ports of the public, the mutual and the operations listener; 0 takes any that is free.
    pub ports: [u16; 3],
    /// The database; it must be empty or ours.
    pub database_url: String,
    /// The clients to register.
    pub plans: Vec<Plan>,
    /// More clients: a folder of registrations, `CLIENT_ID.json`.
    pub more_clients: Option<PathBuf>,
    /// Authorities, PEM, that may issue clients' certificates beside that of the development PKI.
    pub client_authorities: Option<PathBuf>,
}

/// The stage, set. Dropping it stops the server.
pub(crate) struct Stage {
    /// What a client needs to know.
    pub facts: Facts,
    /// The running platform.
    pub server: Server,
}

/// The stage cannot be set; the message is for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StageError {
    /// A file.
    #[error("{path}: {reason}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// A key or a certificate could not be made.
    #[error("cannot make {0}")]
    Key(String),
    /// One of our own commands failed.
    #[error("`{command}` failed:\n{output}")]
    Command {
        /// As it would be typed.
        command: String,
        /// What it printed.
        output: String,
    },
    /// The recipient's site cannot be opened.
    #[error("the recipient's site on port {port}: {reason}")]
    Site {
        /// Its port.
        port: u16,
        /// Why.
        reason: String,
    },
    /// The server ended, or did not come up in time.
    #[error("the platform did not come up, or did not stay: {reason}\n(its log: {log})")]
    Server {
        /// Its last words.
        reason: String,
        /// What it printed.
        log: PathBuf,
    },
}

impl Stage {
    /// Sets the stage, telling each step as one line.
    ///
    /// # Errors
    /// [`StageError`], at the first step that fails; nothing is left running.
    pub(crate) async fn set(
        wanted: Wanted,
        clock: &dyn Clock,
        random: &dyn Random,
        narrator: &mut Narrator,
    ) -> Result<Self, StageError> {
        let now = clock.now();
        empty(&wanted.folder)?;

        narrator.preparing("a development PKI: one authority, a server, a certificate for each recipient");
        let pki = pki::make(&wanted.folder, now)?;
        let settings = settings::write_all(&wanted, &pki, random)?;
        let program = Program::new(settings.file.clone())?;

        narrator.preparing("the schema: concordat migrate");
        program.run(&["migrate"]).await?;

        let mut users = Vec::new();
        for sample in samples::find(&wanted.samples)? {
            narrator.preparing(&format!(
                "{}'s statements: {} files",
                sample.user.username,
                sample.files.len()
            ));
            sample.load(&program, &wanted.folder).await?;
            users.push(sample.user);
        }

        narrator.preparing(&format!(
            "{} clients: concordat client register",
            wanted.plans.len() + 1
        ));
        let mut registered = Vec::new();
        for plan in &wanted.plans {
            registered.push(plan.register(&program, &wanted.folder, &pki, random, now).await?);
        }
        settings.register_portal(&program).await?;
        if let Some(folder) = &wanted.more_clients {
            registered.extend(clients::register_folder(&program, folder).await?);
        }

        narrator.preparing("the platform: concordat serve");
        let server = program.serve(&wanted.folder).await?;
        let facts = Facts::new(&server.addresses, &pki, &settings, registered, users);
        Ok(Self { facts, server })
    }
}

/// Makes the folder anew, for its owner alone: it will hold private keys.
fn empty(folder: &Path) -> Result<(), StageError> {
    use std::os::unix::fs::DirBuilderExt as _;
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(in_file(folder)(error)),
        _ => {}
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(in_file(folder))
}

/// Writes a file that its owner alone can read, and the folders above it.
fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), StageError> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(in_file(folder))?;
    }
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(content.as_ref()))
        .map_err(in_file(path))
}

fn in_file(path: &Path) -> impl Fn(io::Error) -> StageError + '_ {
    move |reason| StageError::File {
        path: path.to_owned(),
        reason,
    }
}
