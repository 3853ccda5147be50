//! Secrets that people or operators choose: read from a file or standard input, kept as argon2id.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use argon2::{Argon2, PasswordHasher as _, password_hash::phc::PasswordHash};
use domain::Random;
use secrecy::{ExposeSecret as _, SecretString};

use crate::exit::{CommandError, Exit};

/// Longest that is read; argon2 would take more, nobody types it.
const LONGEST: u64 = 1024;

/// The first line of the file, or of standard input when there is none. Never an argument: those are in the shell's history
/// and in every process list.
pub(super) fn read(file: Option<&Path>) -> Result<SecretString, CommandError> {
    let mut text = String::new();
    match file {
        Some(path) => fs::File::open(path)
            .and_then(|file| file.take(LONGEST).read_to_string(&mut text))
            .map_err(CommandError::file(path))?,
        None => io::stdin()
            .take(LONGEST)
            .read_to_string(&mut text)
            .map_err(CommandError::file(Path::new("standard input")))?,
    };
    let secret = SecretString::from(text.lines().next().unwrap_or_default());
    if secret.expose_secret().chars().count() < 8 {
        return Err(CommandError::new(
            Exit::Data,
            "a secret has at least 8 characters",
        ));
    }
    Ok(secret)
}

/// As a PHC string (argon2id, 19 MiB, two passes).
pub(super) fn hash(secret: &SecretString, random: &dyn Random) -> Result<String, CommandError> {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(secret.expose_secret().as_bytes(), &salt)
        .map_err(|error| CommandError::new(Exit::Failed, error))?;
    Ok(hash.to_string())
}
