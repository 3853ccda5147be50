//! Passwords against their argon2id hashes, few at a time, and as slowly for a name that nobody has (L05).

use std::{sync::Arc, time::Duration};

use argon2::{Argon2, PasswordVerifier as _, password_hash::phc::PasswordHash};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::refusal::Refusal;

/// Verifications at once: each fills 19 MiB.
const AT_ONCE: usize = 2;

/// Longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest password that is looked at, bytes.
const LONGEST: usize = 1024;

/// A hash of the platform's parameters that no password has: it is looked at for a name that nobody has.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Y29uY29yZGF0LW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Takes turns at verifying.
pub(crate) struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Passwords {
    /// Whether the password is that of the hash. Without a hash it never is, in the same time.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when too many wait.
    pub(crate) async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool, Refusal> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.0).acquire_owned())
            .await
            .map_err(|_| Refusal::Busy)?
            .map_err(|_| Refusal::Busy)?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            is_password(&password, hash.as_deref())
        })
        .await
        .map_err(|_| Refusal::Internal)
    }
}

fn is_password(password: &SecretString, hash: Option<&str>) -> bool {
    let password = password.expose_secret().as_bytes();
    let password = password.get(..LONGEST).unwrap_or(password);
    PasswordHash::new(hash.unwrap_or(NOBODY))
        .is_ok_and(|hash| Argon2::default().verify_password(password, &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher as _;

    use super::*;

    #[test]
    fn a_password_is_right_or_wrong() {
        let hash: PasswordHash = Argon2::default()
            .hash_password_with_salt(b"correct horse", b"0123456789abcdef")
            .unwrap();
        let hash = hash.to_string();
        assert!(is_password(&"correct horse".into(), Some(&hash)));
        assert!(!is_password(&"correct hors".into(), Some(&hash)));
        assert!(!is_password(&"correct horse".into(), Some("not a hash")));
    }

    #[test]
    fn l05_the_hash_of_nobody_is_as_dear_as_anybodys() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let somebody: PasswordHash = Argon2::default()
            .hash_password_with_salt(b"x", b"0123456789abcdef")
            .unwrap();
        assert_eq!(nobody.algorithm, somebody.algorithm);
        assert_eq!(nobody.params, somebody.params);
        assert_eq!(nobody.hash.unwrap().len(), somebody.hash.unwrap().len());
        assert!(!is_password(&"".into(), None));
    }
}
