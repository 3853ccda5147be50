//! `concordat user add`: a consumer who can sign in at the reference portal.

use std::{path::PathBuf, process::ExitCode};

use config::Settings;
use domain::{Clock as _, UserId};
use jose::{SystemRandom, seal::MasterKey};
use portal::totp;
use secrecy::ExposeSecret as _;
use store::users;

use super::{block_on, open, say, secret};
use crate::exit::{CommandError, Exit};

#[derive(clap::Subcommand)]
pub(super) enum User {
    /// Add a consumer, or change the password, name and second factor of one.
    Add(Add),
}

#[derive(clap::Args)]
pub(super) struct Add {
    /// What they type to sign in.
    username: String,
    /// As the bank names them; the user name unless given.
    #[arg(long, value_name = "USER_ID")]
    id: Option<String>,
    /// How the page greets them; the user name unless given.
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// A file with the password; standard input unless given.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Ask them for one-time codes (RFC 6238) from now on: prints, after the id, the URI that their authenticator takes.
    /// It is shown this once.
    #[arg(long)]
    totp: bool,
    /// Ask them for codes no longer. Without this and --totp it stays as it was.
    #[arg(long, conflicts_with = "totp")]
    no_totp: bool,
}

/// What becomes of their second factor.
#[derive(Clone)]
enum SecondFactor {
    Kept,
    Removed,
    Sealed(Vec<u8>),
}

impl User {
    pub(super) fn run(self, settings: &Settings) -> Result<ExitCode, CommandError> {
        match self {
            Self::Add(command) => command.run(settings),
        }
    }
}

impl Add {
    fn run(self, settings: &Settings) -> Result<ExitCode, CommandError> {
        let name = &self.username;
        let user_id: UserId = self.id.as_deref().unwrap_or(name).parse().map_err(|_| {
            CommandError::new(Exit::Data, "the user's id is not 1 to 256 printable characters")
        })?;
        let password = secret::read(self.password_file.as_deref())?;
        let (second_factor, key_uri) = match (self.totp, self.no_totp) {
            (true, _) => {
                let minted = totp::Secret::mint(&SystemRandom);
                let sealed = seal(settings, &minted, &user_id)?;
                (SecondFactor::Sealed(sealed), Some(minted.key_uri(name)))
            }
            (false, true) => (SecondFactor::Removed, None),
            (false, false) => (SecondFactor::Kept, None),
        };
        let user = users::User {
            user_id: user_id.clone(),
            username: name.clone(),
            display_name: self.display_name.clone().unwrap_or_else(|| name.clone()),
            password_hash: secret::hash(&password, &SystemRandom)?,
            totp_secret_sealed: None,
        };
        save(settings, user, second_factor)?;
        say(user_id);
        if let Some(uri) = key_uri {
            say(uri.expose_secret());
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn seal(settings: &Settings, minted: &totp::Secret, user_id: &UserId) -> Result<Vec<u8>, CommandError> {
    let bytes = settings
        .secrets
        .master_key_bytes()
        .map_err(|error| CommandError::new(Exit::Settings, error))?;
    let master_key = MasterKey::from_bytes(*bytes.expose_secret());
    totp::Vault::new(&master_key)
        .and_then(|vault| vault.seal(minted, user_id, &SystemRandom))
        .map_err(|error| CommandError::new(Exit::Failed, error))
}

fn save(settings: &Settings, user: users::User, second_factor: SecondFactor) -> Result<(), CommandError> {
    let now = http::SystemClock.now();
    block_on(async {
        let store = open(settings)?;
        store
            .tx::<_, std::convert::Infallible, _>("add_user", move |tx| {
                let totp_secret_sealed = match second_factor.clone() {
                    SecondFactor::Kept => {
                        users::find(tx, &user.user_id)?.and_then(|user| user.totp_secret_sealed)
                    }
                    SecondFactor::Removed => None,
                    SecondFactor::Sealed(sealed) => Some(sealed),
                };
                let user = users::User {
                    totp_secret_sealed,
                    ..user.clone()
                };
                Ok(users::save(tx, &user, now)?)
            })
            .await?;
        Ok::<_, CommandError>(())
    })?
}
