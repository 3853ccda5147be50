//! `[secrets]`: what must not be in the database, because it opens what is there (Z01).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret as _, SecretBox, SecretString, zeroize::Zeroize as _};
use serde::Deserialize;

/// Keys that the operator keeps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// 32 random bytes in base64, as `openssl rand -base64 32` prints them. Or `master_key_file`. Private keys,
    /// page cursors and cookies are sealed under keys derived from it; whoever loses it rotates every signing key.
    pub master_key: SecretString,
}

/// The master key is not 32 bytes in base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("secrets.master_key must be 32 bytes in base64; `openssl rand -base64 32` makes one")]
pub struct MasterKeyError;

impl Secrets {
    /// The master key's bytes, wiped from memory with the value.
    ///
    /// # Errors
    /// [`MasterKeyError`]; never for settings that were loaded, since loading asks.
    pub fn master_key_bytes(&self) -> Result<SecretBox<[u8; 32]>, MasterKeyError> {
        let mut bytes = STANDARD
            .decode(self.master_key.expose_secret().trim())
            .map_err(|_| MasterKeyError)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice())
            .map(Box::new)
            .map_err(|_| MasterKeyError);
        bytes.zeroize();
        key.map(SecretBox::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_key_is_32_bytes() {
        let key = |text: &str| {
            Secrets {
                master_key: text.into(),
            }
            .master_key_bytes()
            .map(|_| ())
        };
        assert_eq!(key(&STANDARD.encode([7; 32])), Ok(()));
        assert_eq!(key(&format!("{}\n", STANDARD.encode([7; 32]))), Ok(()));
        assert_eq!(key(&STANDARD.encode([7; 31])), Err(MasterKeyError));
        assert_eq!(key("a password"), Err(MasterKeyError));
    }

    #[test]
    fn it_is_not_printed() {
        let secrets = Secrets {
            master_key: STANDARD.encode([7; 32]).into(),
        };
        assert!(!format!("{secrets:?}").contains("BwcH"));
    }
}
