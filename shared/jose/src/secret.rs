//! Secrets that we mint: 256 random bits behind a readable prefix, stored only as a hash.
//!
//! The prefix tells a leak scanner and a reader what was found; its type keeps a reset token from being spent as a code
//! (T06), because each prefix belongs to one store. A plain SHA-256 is enough at rest, since nobody guesses 256 bits;
//! what people choose is hashed elsewhere, slowly.

use domain::Random;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use crate::{base64url, sha256};

/// A secret just minted: shown to its owner once, never printed, wiped when dropped.
pub struct MintedSecret(SecretString);

impl MintedSecret {
    /// `prefix` and 43 random base64url characters.
    pub fn mint(prefix: &'static str, random: &dyn Random) -> Self {
        let mut bytes = secrecy::zeroize::Zeroizing::new([0; 32]);
        random.fill(bytes.as_mut());
        let mut text = String::with_capacity(prefix.len() + 43);
        text.push_str(prefix);
        base64url::append(bytes.as_ref(), &mut text);
        Self(SecretString::from(text))
    }

    /// The secret itself, to be sent to its owner.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored.
    pub fn hash(&self) -> [u8; 32] {
        hash(self.expose())
    }
}

impl std::fmt::Debug for MintedSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("MintedSecret(..)")
    }
}

/// What is stored of a minted secret that came back: SHA-256 of its text.
pub fn hash(text: &str) -> [u8; 32] {
    sha256(text)
}

/// Whether both are equal, in a time that tells nothing but their lengths.
pub fn equal(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn a_minted_secret_has_its_prefix_and_256_bits() {
        let secret = MintedSecret::mint("cc_code_", &SystemRandom);
        let text = secret.expose().strip_prefix("cc_code_").unwrap();
        assert_eq!(text.len(), 43);
        assert_eq!(crate::from_base64url(text).unwrap().len(), 32);
        assert_ne!(
            secret.expose(),
            MintedSecret::mint("cc_code_", &SystemRandom).expose()
        );
    }

    #[test]
    fn its_hash_is_that_of_the_text_that_comes_back() {
        let secret = MintedSecret::mint("cc_refresh_", &SystemRandom);
        assert!(equal(&secret.hash(), &hash(secret.expose())));
        assert!(!equal(&secret.hash(), &hash("cc_refresh_")));
        assert!(!equal(b"a", b"ab"));
    }

    #[test]
    fn it_is_not_printed() {
        assert_eq!(
            format!("{:?}", MintedSecret::mint("cc_code_", &SystemRandom)),
            "MintedSecret(..)"
        );
    }
}
