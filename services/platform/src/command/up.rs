//! `concordat up`: see [`crate::up`].

use std::{path::PathBuf, process::ExitCode};

use jose::SystemRandom;

use super::block_on;
use crate::{
    exit::{CommandError, Exit},
    up::{self, Choices},
};

/// Needs DATABASE_URL, a database for this alone; `make up` makes one.
#[derive(clap::Args)]
pub(super) struct Up {
    /// A database for this alone.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// Where keys, settings and logs go; emptied first. `up.json` goes beside it.
    #[arg(long, default_value = "var/up")]
    folder: PathBuf,
    /// The sample statements.
    #[arg(long, default_value = "samples")]
    samples: PathBuf,
    /// Port of the public listener.
    #[arg(long, default_value_t = 8443, env = "PUBLIC_PORT")]
    public_port: u16,
    /// Port of the mutual-TLS listener.
    #[arg(long, default_value_t = 8444, env = "MUTUAL_PORT")]
    mutual_port: u16,
    /// Port of the operations listener.
    #[arg(long, default_value_t = 9464, env = "OPERATIONS_PORT")]
    operations_port: u16,
    /// Port of the recipient's site.
    #[arg(long, default_value_t = 8446, env = "SITE_PORT")]
    site_port: u16,
    /// Base URL of the OpenID conformance suite, to which its clients' redirect URIs lead.
    #[arg(
        long,
        value_name = "URL",
        default_value = "https://localhost.emobix.co.uk:8443",
        env = "SUITE"
    )]
    suite: String,
    /// A folder of more registrations, `CLIENT_ID.json`.
    #[arg(long, value_name = "DIR")]
    clients: Option<PathBuf>,
    /// Authorities beside our own whose certificates `tls_client_auth` takes; PEM.
    #[arg(long, value_name = "FILE", env = "CLIENT_AUTHORITIES")]
    client_authorities: Option<PathBuf>,
}

impl Up {
    pub(super) fn run(self) -> Result<ExitCode, CommandError> {
        let absolute = |path: &PathBuf| std::path::absolute(path).map_err(CommandError::file(path));
        let folder = absolute(&self.folder)?;
        let choices = Choices {
            database_url: self.database_url,
            folder,
            samples: self.samples,
            ports: [self.public_port, self.mutual_port, self.operations_port],
            site_port: self.site_port,
            suite: self.suite,
            clients: self.clients.as_ref().map(absolute).transpose()?,
            client_authorities: self.client_authorities,
        };
        block_on(up::run(choices, &http::SystemClock, &SystemRandom))?
            .map_err(|error| CommandError::new(Exit::Failed, error))?;
        Ok(ExitCode::SUCCESS)
    }
}
