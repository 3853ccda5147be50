//! `concordat keys rotate`: new signing keys, with an overlap that breaks nobody.

use std::process::ExitCode;

use config::Settings;
use domain::Clock as _;
use http::keys::NewKey;
use jose::{Algorithm, SystemRandom, seal::MasterKey};
use secrecy::ExposeSecret as _;

use super::{block_on, open, say};
use crate::exit::{CommandError, Exit};

#[derive(clap::Subcommand)]
pub(super) enum Keys {
    /// Make a new key of each algorithm. It is published at once, signs a minute later, and the one before it stays
    /// published for as long as what it signed lives.
    Rotate {
        /// Only this algorithm: ES256, PS256 or RS256.
        #[arg(long, value_name = "ALGORITHM")]
        algorithm: Option<String>,
    },
}

impl Keys {
    pub(super) fn run(self, settings: &Settings) -> Result<ExitCode, CommandError> {
        let Self::Rotate { algorithm } = self;
        let algorithms = match algorithm {
            None => http::keys::ALGORITHMS.to_vec(),
            Some(name) => vec![
                Algorithm::from_name(&name)
                    .filter(|algorithm| http::keys::ALGORITHMS.contains(algorithm))
                    .ok_or_else(|| {
                        CommandError::new(Exit::Data, format!("{name:?} is not ES256, PS256 or RS256"))
                    })?,
            ],
        };
        let now = http::SystemClock.now();
        block_on(async {
            let store = open(settings)?;
            for algorithm in algorithms {
                let bytes = settings
                    .secrets
                    .master_key_bytes()
                    .map_err(|error| CommandError::new(Exit::Settings, error))?;
                let master = MasterKey::from_bytes(*bytes.expose_secret());
                let new = NewKey::make(&master, algorithm, now, &SystemRandom)
                    .map_err(|error| CommandError::new(Exit::Failed, error))?;
                let kid = store
                    .tx::<_, std::convert::Infallible, _>("rotate_keys", move |tx| {
                        Ok(http::keys::rotate(tx, &new, now)?)
                    })
                    .await?;
                say(format_args!("{} {kid}", algorithm.as_str()));
            }
            Ok(ExitCode::SUCCESS)
        })?
    }
}
