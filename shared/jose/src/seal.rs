//! What we must be able to read again, and nobody else: private keys at rest, cursors and cookies in others' hands.
//!
//! One master key, from the settings, seals nothing itself. Each purpose derives its own key (HKDF-SHA256, RFC 5869), so
//! that a cursor cannot be passed off as a cookie, and no purpose wears out another's nonces. A sealed value is
//! `version (1) || nonce (12) || ciphertext || tag (16)`, AES-256-GCM; the context, such as a row's id, is authenticated
//! with it, so that a value copied into another row does not open.
//!
//! With random nonces one key may seal 2^32 values (NIST SP 800-38D 8.3); no purpose here comes near.

mod keyed_hash;

use std::fmt;

use domain::Random;
use openssl::md::Md;
use openssl::pkey::Id;
use openssl::pkey_ctx::PkeyCtx;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use secrecy::{ExposeSecret as _, SecretBox};

pub use keyed_hash::KeyedHasher;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// Why sealing or opening failed. Opening has one reason only, whatever was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not sealed by this key for this purpose and context, or changed since.
    #[error("the sealed value does not open")]
    NotOpened,
    /// The cryptographic library refused to work.
    #[error("the value could not be sealed")]
    NotSealed,
}

/// 256 secret bits from the settings. Wiped when dropped, never printed.
pub struct MasterKey(SecretBox<[u8; 32]>);

impl MasterKey {
    /// From 32 bytes that a good generator made.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// The sealer of one purpose, such as `"page-cursor"`. Made once and kept.
    ///
    /// # Errors
    /// [`SealError::NotSealed`] when the library cannot derive a key.
    pub fn sealer(&self, purpose: &'static str) -> Result<Sealer, SealError> {
        let mut key = SecretBox::new(Box::new([0; 32]));
        derive(
            self.0.expose_secret(),
            purpose.as_bytes(),
            secrecy::ExposeSecretMut::expose_secret_mut(&mut key),
        )
        .map_err(|_| SealError::NotSealed)?;
        Ok(Sealer { purpose, key })
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MasterKey(..)")
    }
}

/// Seals and opens values of one purpose.
pub struct Sealer {
    purpose: &'static str,
    key: SecretBox<[u8; 32]>,
}

impl Sealer {
    /// `plain`, readable only through [`Sealer::open`] with the same `context`.
    ///
    /// # Errors
    /// [`SealError::NotSealed`] when the library cannot encrypt.
    pub fn seal(&self, plain: &[u8], context: &[u8], random: &dyn Random) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_BYTES];
        random.fill(&mut nonce);
        let mut tag = [0; TAG_BYTES];
        let ciphertext = encrypt_aead(
            Cipher::aes_256_gcm(),
            self.key.expose_secret(),
            Some(&nonce),
            context,
            plain,
            &mut tag,
        )
        .map_err(|_| SealError::NotSealed)?;
        Ok([
            &[VERSION],
            nonce.as_slice(),
            ciphertext.as_slice(),
            tag.as_slice(),
        ]
        .concat())
    }

    /// What was sealed under `context`.
    ///
    /// # Errors
    /// [`SealError::NotOpened`] for anything else.
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Vec<u8>, SealError> {
        let (version, rest) = sealed.split_first().ok_or(SealError::NotOpened)?;
        let (nonce, rest) = rest.split_at_checked(NONCE_BYTES).ok_or(SealError::NotOpened)?;
        let end = rest.len().checked_sub(TAG_BYTES).ok_or(SealError::NotOpened)?;
        let (ciphertext, tag) = rest.split_at(end);
        if *version != VERSION {
            return Err(SealError::NotOpened);
        }
        decrypt_aead(
            Cipher::aes_256_gcm(),
            self.key.expose_secret(),
            Some(nonce),
            context,
            ciphertext,
            tag,
        )
        .map_err(|_| SealError::NotOpened)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sealer({})", self.purpose)
    }
}

/// HKDF-SHA256 without salt: the master key is uniformly random already.
fn derive(master: &[u8], purpose: &[u8], key: &mut [u8; 32]) -> Result<(), openssl::error::ErrorStack> {
    let mut context = PkeyCtx::new_id(Id::HKDF)?;
    context.derive_init()?;
    context.set_hkdf_md(Md::sha256())?;
    context.set_hkdf_key(master)?;
    context.add_hkdf_info(purpose)?;
    context.derive(Some(key))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    fn sealer(purpose: &'static str) -> Sealer {
        MasterKey::from_bytes([7; 32]).sealer(purpose).unwrap()
    }

    #[test]
    fn what_was_sealed_opens() {
        for plain in [&b""[..], b"x", &[0; 5000]] {
            let sealed = sealer("a").seal(plain, b"row 1", &SystemRandom).unwrap();
            assert_eq!(sealer("a").open(&sealed, b"row 1").unwrap(), plain);
        }
    }

    #[test]
    fn another_purpose_context_or_key_does_not_open_it() {
        let sealed = sealer("a").seal(b"secret", b"row 1", &SystemRandom).unwrap();
        assert_eq!(sealer("b").open(&sealed, b"row 1"), Err(SealError::NotOpened));
        assert_eq!(sealer("a").open(&sealed, b"row 2"), Err(SealError::NotOpened));
        let other = MasterKey::from_bytes([8; 32]).sealer("a").unwrap();
        assert_eq!(other.open(&sealed, b"row 1"), Err(SealError::NotOpened));
    }

    #[test]
    fn any_change_or_shortening_does_not_open() {
        let sealed = sealer("a").seal(b"secret", b"", &SystemRandom).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(
                sealer("a").open(&changed, b""),
                Err(SealError::NotOpened),
                "byte {at}"
            );
            assert_eq!(
                sealer("a").open(&sealed[..at], b""),
                Err(SealError::NotOpened),
                "first {at}"
            );
        }
    }

    #[test]
    fn the_same_value_is_sealed_differently_each_time() {
        let sealer = sealer("a");
        assert_ne!(
            sealer.seal(b"x", b"", &SystemRandom).unwrap(),
            sealer.seal(b"x", b"", &SystemRandom).unwrap()
        );
    }

    /// RFC 5869 A.3, whose salt and info are empty, shortened to the 32 bytes that we take.
    #[test]
    fn rfc5869_a_3() {
        let mut key = [0; 32];
        derive(&[0x0b; 22], b"", &mut key).unwrap();
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
        );
    }

    #[test]
    fn z01_keys_are_not_printed() {
        assert_eq!(
            format!("{:?} {:?}", MasterKey::from_bytes([7; 32]), sealer("a")),
            "MasterKey(..) Sealer(a)"
        );
    }
}
