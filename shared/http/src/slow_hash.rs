//! Secrets against their argon2id hashes: few at a time, in memory that is kept, and as slowly for somebody who is not there.
//!
//! Whoever floods us with guesses takes these turns and no more, and what needs no slow hash goes on (N11). A verification fills
//! its memory with 19 MiB; the allocator would keep such a piece for each thread that ever verified, so [`SlowHashes`] owns as many
//! as there are turns, and no more.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use argon2::{Algorithm, Argon2, Block, Params, Version, password_hash::phc::PasswordHash};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

/// Verifications at once.
const AT_ONCE: usize = 2;

/// Longest secret that is looked at, bytes.
const LONGEST: usize = 1024;

/// A hash of the platform's parameters that no secret has: it is looked at for a name that nobody has, so that nobody learns
/// by the clock which names there are (L05).
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Y29uY29yZGF0LW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Too many wait for their turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

/// Takes turns at verifying.
#[derive(Clone)]
pub struct SlowHashes {
    turns: Arc<Semaphore>,
    spare: Arc<Mutex<Vec<Vec<Block>>>>,
}

impl Default for SlowHashes {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            spare: Arc::default(),
        }
    }
}

impl SlowHashes {
    /// Whether the secret is that of the hash, a PHC string. Without a hash it never is, in the same time.
    ///
    /// # Errors
    /// [`Busy`] when no turn comes within `patience`.
    pub async fn verify(
        &self,
        secret: SecretString,
        hash: Option<String>,
        patience: Duration,
    ) -> Result<bool, Busy> {
        let turn = tokio::time::timeout(patience, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| Busy)?
            .map_err(|_| Busy)?;
        let spare = Arc::clone(&self.spare);
        let verified = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let lock = || spare.lock().unwrap_or_else(PoisonError::into_inner);
            let mut memory = lock().pop().unwrap_or_default();
            let is_it = is_secret(&secret, hash.as_deref().unwrap_or(NOBODY), &mut memory);
            lock().push(memory);
            is_it
        });
        // A verification that panicked verified nothing.
        Ok(verified.await.unwrap_or(false))
    }
}

fn is_secret(secret: &SecretString, hash: &str, memory: &mut Vec<Block>) -> bool {
    let secret = secret.expose_secret().as_bytes();
    let secret = secret.get(..LONGEST).unwrap_or(secret);
    computed(secret, hash, memory).is_some_and(|(expected, given)| jose::secret::equal(&expected, &given))
}

/// The hash that is kept, and that of the secret; `None` for what is no hash that we write.
fn computed(secret: &[u8], hash: &str, memory: &mut Vec<Block>) -> Option<(Vec<u8>, Vec<u8>)> {
    let hash = PasswordHash::new(hash).ok()?;
    let (salt, expected) = (hash.salt?, hash.hash?);
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash.version.map(Version::try_from).transpose().ok()?;
    let params = Params::try_from(&hash).ok()?;
    memory.resize(params.block_count(), Block::default());
    let mut given = vec![0; expected.as_bytes().len()];
    Argon2::new(algorithm, version.unwrap_or_default(), params)
        .hash_password_into_with_memory(secret, salt.as_ref(), &mut given, memory)
        .ok()?;
    Some((expected.as_bytes().to_vec(), given))
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher as _;

    use super::*;

    fn hash(secret: &[u8]) -> PasswordHash {
        Argon2::default()
            .hash_password_with_salt(secret, b"0123456789abcdef")
            .unwrap()
    }

    #[tokio::test]
    async fn a_secret_is_right_or_wrong_whatever_the_memory_held_before() {
        let hashes = SlowHashes::default();
        let right = hash(b"correct horse").to_string();
        for _ in 0..2 {
            for (secret, hash, is_it) in [
                ("correct horse", Some(right.clone()), true),
                ("correct hors", Some(right.clone()), false),
                ("correct horse", Some("not a hash".to_owned()), false),
                ("", None, false),
            ] {
                let verified = hashes.verify(secret.into(), hash, Duration::from_secs(60)).await;
                assert_eq!(verified, Ok(is_it), "{secret}");
            }
        }
        assert_eq!(hashes.spare.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn n11_no_more_memory_is_kept_than_there_are_turns() {
        let hashes = SlowHashes::default();
        let racing = (0..6).map(|_| {
            let hashes = hashes.clone();
            tokio::spawn(async move { hashes.verify("x".into(), None, Duration::from_secs(60)).await })
        });
        for verified in racing.collect::<Vec<_>>() {
            assert_eq!(verified.await.unwrap(), Ok(false));
        }
        assert!(hashes.spare.lock().unwrap().len() <= AT_ONCE);
        let _both = hashes.turns.acquire_many(2).await.unwrap();
        assert_eq!(hashes.verify("x".into(), None, Duration::ZERO).await, Err(Busy));
    }

    #[test]
    fn l05_the_hash_of_nobody_is_as_dear_as_anybodys() {
        let (nobody, somebody) = (PasswordHash::new(NOBODY).unwrap(), hash(b"x"));
        assert_eq!(nobody.algorithm, somebody.algorithm);
        assert_eq!(nobody.params, somebody.params);
        assert_eq!(nobody.hash.unwrap().len(), somebody.hash.unwrap().len());
    }
}
