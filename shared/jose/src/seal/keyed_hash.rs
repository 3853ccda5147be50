//! Names that nobody without the key can go back from: keyed hashes (HMAC-SHA256) of what has too few values for a plain
//! hash to hide, such as account numbers.

use std::fmt;

use openssl::{hash::MessageDigest, pkey::PKey, pkey::Private, sign::Signer};

use super::{MasterKey, SealError, derive};
use secrecy::{ExposeSecret as _, ExposeSecretMut as _, SecretBox};

/// Hashes under the key of one purpose.
pub struct KeyedHasher(PKey<Private>);

impl MasterKey {
    /// The hasher of one purpose. Made once and kept.
    ///
    /// # Errors
    /// [`SealError::NotSealed`] when the library cannot derive a key.
    pub fn keyed_hasher(&self, purpose: &'static str) -> Result<KeyedHasher, SealError> {
        let mut key = SecretBox::new(Box::new([0; 32]));
        // The prefix keeps a hasher's key from being a sealer's of the same purpose.
        derive(
            self.0.expose_secret(),
            format!("keyed-hash:{purpose}").as_bytes(),
            key.expose_secret_mut(),
        )
        .and_then(|()| PKey::hmac(key.expose_secret()))
        .map(KeyedHasher)
        .map_err(|_| SealError::NotSealed)
    }
}

impl KeyedHasher {
    /// The hash of a list of parts. Lengths are hashed with them, so that parts do not run together.
    ///
    /// # Errors
    /// [`SealError::NotSealed`] when the library refuses to work.
    pub fn hash(&self, parts: &[&[u8]]) -> Result<[u8; 32], SealError> {
        let work = || -> Result<[u8; 32], openssl::error::ErrorStack> {
            let mut signer = Signer::new(MessageDigest::sha256(), &self.0)?;
            for part in parts {
                signer.update(&(part.len() as u64).to_be_bytes())?;
                signer.update(part)?;
            }
            let mut hash = [0; 32];
            signer.sign(&mut hash)?;
            Ok(hash)
        };
        work().map_err(|_| SealError::NotSealed)
    }
}

impl fmt::Debug for KeyedHasher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyedHasher(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(key: u8, purpose: &'static str, parts: &[&[u8]]) -> [u8; 32] {
        MasterKey::from_bytes([key; 32])
            .keyed_hasher(purpose)
            .unwrap()
            .hash(parts)
            .unwrap()
    }

    #[test]
    fn it_is_the_same_again_and_depends_on_all() {
        let one = hash(7, "a", &[b"12", b"3"]);
        assert_eq!(one, hash(7, "a", &[b"12", b"3"]));
        assert_ne!(one, hash(8, "a", &[b"12", b"3"]));
        assert_ne!(one, hash(7, "b", &[b"12", b"3"]));
        assert_ne!(one, hash(7, "a", &[b"1", b"23"]));
        assert_ne!(one, hash(7, "a", &[b"123"]));
    }
}
