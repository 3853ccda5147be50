//! `concordat client register|list|disable|enable`.

mod registration;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use config::Settings;
use domain::{
    ClientId, ClientStatus, Clock as _,
    client::{AuthenticationMethod, ClientMetadata},
};
use jose::SystemRandom;

use super::{block_on, open, say, secret};
use crate::exit::{CommandError, Exit};

/// Clients that are shown at once.
const PAGE: i32 = 100;

#[derive(clap::Subcommand)]
pub(super) enum Client {
    /// Register a client from a JSON file, or replace what it registered. `docs/clients.md` tells every member.
    Register(Register),
    /// List the clients: id, status, profile, authentication, name.
    List,
    /// Disable a client: from now on it gets no token and reads nothing.
    Disable {
        /// Its id.
        client_id: String,
    },
    /// Enable a client that was disabled. Registering it again does not.
    Enable {
        /// Its id.
        client_id: String,
    },
}

#[derive(clap::Args)]
pub(super) struct Register {
    /// The registration.
    file: PathBuf,
    /// Its id; a random one unless given.
    #[arg(long, value_name = "CLIENT_ID")]
    id: Option<String>,
    /// A file with the secret of a `client_secret_*` client; standard input unless given.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

impl Client {
    pub(super) fn run(self, settings: &Settings) -> Result<ExitCode, CommandError> {
        match self {
            Self::Register(command) => command.run(settings),
            Self::List => list(settings),
            Self::Disable { client_id } => set_status(settings, &client_id, ClientStatus::Disabled),
            Self::Enable { client_id } => set_status(settings, &client_id, ClientStatus::Approved),
        }
    }
}

fn client_id(text: &str) -> Result<ClientId, CommandError> {
    text.parse()
        .map_err(|_| CommandError::new(Exit::Data, format!("{text:?} is no client id")))
}

impl Register {
    fn run(self, settings: &Settings) -> Result<ExitCode, CommandError> {
        let random = SystemRandom;
        let metadata = read(&self.file)?;
        let id = match &self.id {
            Some(id) => client_id(id)?,
            None => client_id(&domain::id::random_uuid(&random).to_string())?,
        };
        let secret_hash = match metadata.token_endpoint_auth_method {
            AuthenticationMethod::ClientSecretBasic | AuthenticationMethod::ClientSecretPost => Some(
                secret::hash(&secret::read(self.secret_file.as_deref())?, &random)?,
            ),
            _ => None,
        };
        let now = http::SystemClock.now();
        block_on(async {
            let (store, id) = (open(settings)?, id.clone());
            let version = store
                .tx::<_, std::convert::Infallible, _>("register_client", move |tx| {
                    Ok(store::clients::save(
                        tx,
                        &id,
                        &metadata,
                        secret_hash.as_deref(),
                        now,
                    )?)
                })
                .await?;
            Ok::<_, CommandError>(version)
        })??;
        say(id);
        Ok(ExitCode::SUCCESS)
    }
}

/// A registration that may be accepted.
fn read(path: &Path) -> Result<ClientMetadata, CommandError> {
    let bytes = fs::read(path).map_err(CommandError::file(path))?;
    registration::read(&bytes)
        .map_err(|why| CommandError::new(Exit::Data, format!("{}: {why}", path.display())))
}

fn list(settings: &Settings) -> Result<ExitCode, CommandError> {
    block_on(async {
        let store = open(settings)?;
        let mut after: Option<ClientId> = None;
        loop {
            let from = after.clone();
            let page = store
                .once::<_, std::convert::Infallible, _>("list_clients", move |tx| {
                    Ok(store::clients::list(tx, from.as_ref(), PAGE)?)
                })
                .await?;
            for client in &page {
                let metadata = &client.metadata;
                let method = serde_json::to_value(metadata.token_endpoint_auth_method).unwrap_or_default();
                say(format_args!(
                    "{:<36}  {:<8}  {:<22}  {:<28}  {}",
                    client.client_id,
                    client.status.as_str(),
                    metadata.profile.as_str(),
                    method.as_str().unwrap_or_default(),
                    metadata.client_name.escape_debug(),
                ));
            }
            match page.into_iter().next_back() {
                Some(last) => after = Some(last.client_id),
                None => return Ok(ExitCode::SUCCESS),
            }
        }
    })?
}

fn set_status(settings: &Settings, id: &str, status: ClientStatus) -> Result<ExitCode, CommandError> {
    let id = client_id(id)?;
    let now = http::SystemClock.now();
    let known = block_on(async {
        let (store, id) = (open(settings)?, id.clone());
        let known = store
            .tx::<_, std::convert::Infallible, _>("set_client_status", move |tx| {
                Ok(store::clients::set_status(tx, &id, status, now)?)
            })
            .await?;
        Ok::<_, CommandError>(known)
    })??;
    if !known {
        return Err(CommandError::new(
            Exit::Failed,
            format!("there is no client {id}"),
        ));
    }
    say(format_args!("{id} {}", status.as_str()));
    Ok(ExitCode::SUCCESS)
}
