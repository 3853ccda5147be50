//! `concordat user add`: a consumer who can sign in at the reference portal.

use std::{path::PathBuf, process::ExitCode};

use config::Settings;
use domain::{Clock as _, UserId};
use jose::SystemRandom;

use super::{block_on, open, say, secret};
use crate::exit::{CommandError, Exit};

#[derive(clap::Subcommand)]
pub(super) enum User {
    /// Add a consumer, or change the password and name of one.
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
        let user = store::users::User {
            user_id: user_id.clone(),
            username: name.clone(),
            display_name: self.display_name.clone().unwrap_or_else(|| name.clone()),
            password_hash: secret::hash(&password, &SystemRandom)?,
        };
        let now = http::SystemClock.now();
        block_on(async {
            let store = open(settings)?;
            store
                .tx::<_, std::convert::Infallible, _>("add_user", move |tx| {
                    Ok(store::users::save(tx, &user, now)?)
                })
                .await?;
            Ok::<_, CommandError>(())
        })??;
        say(user_id);
        Ok(ExitCode::SUCCESS)
    }
}
