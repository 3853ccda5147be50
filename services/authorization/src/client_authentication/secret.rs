//! Client secrets, for the bank's own applications and for OpenID Connect alone.
//!
//! One that we minted (256 random bits) is kept as its SHA-256, one that an operator chose as argon2id: no guess at
//! the first is worth slowing down, every guess at the second is.

use std::time::Duration;

use http::{Code, KnownClient, OAuthError};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::NOT_PROVEN;

/// How a minted secret's hash is marked in the row.
const MINTED: &str = "sha256:";

/// Slow hashes at once: each fills 19 MiB and a thread. Whoever floods us with guesses takes these turns and no more, and
/// what needs no slow hash goes on (N11).
static TURNS: Semaphore = Semaphore::const_new(2);

/// A hash of the platform's parameters that no secret has: it is looked at for a client that is not there, or has no secret.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Y29uY29yZGF0LW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(3);

const BUSY: OAuthError = OAuthError::new(Code::Unavailable, "too many secrets are being verified");

/// Verifies a secret. The slow hash runs where it holds nobody up.
pub(super) async fn verify(known: &KnownClient, secret: &SecretString) -> Result<(), OAuthError> {
    let hash = known.client.secret_hash.clone().ok_or(NOT_PROVEN)?;
    if let Some(expected) = hash.strip_prefix(MINTED) {
        let given = jose::base64url(jose::secret::hash(secret.expose_secret()));
        let same = jose::secret::equal(given.as_bytes(), expected.as_bytes());
        return if same { Ok(()) } else { Err(NOT_PROVEN) };
    }
    slowly(secret, hash).await
}

/// Refuses a secret of a client that is not there or proves itself otherwise, as slowly as a wrong one: nobody learns by the
/// clock which clients exist (L05).
pub(super) async fn refuse(secret: &SecretString) -> OAuthError {
    slowly(secret, NOBODY.to_owned())
        .await
        .err()
        .unwrap_or(NOT_PROVEN)
}

async fn slowly(secret: &SecretString, hash: String) -> Result<(), OAuthError> {
    let turn = tokio::time::timeout(PATIENCE, TURNS.acquire())
        .await
        .map_err(|_| BUSY)?
        .map_err(|_| BUSY)?;
    let secret = secret.clone();
    let proven = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        is_password(secret.expose_secret(), &hash)
    })
    .await;
    if proven.unwrap_or(false) {
        Ok(())
    } else {
        Err(NOT_PROVEN)
    }
}

fn is_password(secret: &str, hash: &str) -> bool {
    use argon2::{Argon2, PasswordVerifier};
    argon2::PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(secret.as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use argon2::{Argon2, PasswordHasher as _, password_hash::phc::PasswordHash};

    use super::*;

    #[test]
    fn l05_the_hash_of_nobody_is_as_dear_as_a_clients() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let somebody: PasswordHash = Argon2::default()
            .hash_password_with_salt(b"x", b"0123456789abcdef")
            .unwrap();
        assert_eq!(nobody.algorithm, somebody.algorithm);
        assert_eq!(nobody.params, somebody.params);
        assert!(!is_password("", NOBODY));
    }
}
