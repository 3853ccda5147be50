//! Encrypted tokens (JWE), behind their own guard: request objects encrypted to us, ID tokens and authorization
//! responses that we encrypt to a client.
//!
//! Allowed are RSA-OAEP-256, ECDH-ES and ECDH-ES+A256KW on P-256, each with A256GCM or A128GCM. Everything else that
//! josekit knows (PBES2, RSA1_5, CBC with HMAC, compression) is not in the tables below and so cannot be asked for.
//! Encryption proves no sender: what comes out of [`DecryptionKey::decrypt`] is still a received token.

mod decrypt;
mod recipient;

use std::sync::LazyLock;

use josekit::jwe::JweContext;

pub use decrypt::{DecryptError, DecryptionKey};
pub use recipient::EncryptError;
pub(crate) use recipient::Recipient;

/// How the content key reaches the recipient, `alg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyManagement {
    /// The content key under RSA-OAEP with SHA-256.
    RsaOaep256,
    /// The content key agreed on directly.
    EcdhEs,
    /// The content key wrapped under an agreed key.
    EcdhEsA256Kw,
}

impl KeyManagement {
    /// The value of `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }

    /// The algorithm of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::RsaOaep256, Self::EcdhEs, Self::EcdhEsA256Kw]
            .into_iter()
            .find(|one| one.as_str() == name)
    }
}

/// How the content is encrypted, `enc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentEncryption {
    /// AES-GCM with a 256-bit key.
    A256Gcm,
    /// AES-GCM with a 128-bit key.
    A128Gcm,
}

impl ContentEncryption {
    /// The value of `enc`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A256Gcm => "A256GCM",
            Self::A128Gcm => "A128GCM",
        }
    }

    /// The algorithm of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::A256Gcm, Self::A128Gcm]
            .into_iter()
            .find(|one| one.as_str() == name)
    }

    /// Bytes of the content key.
    const fn key_bytes(self) -> usize {
        match self {
            Self::A256Gcm => 32,
            Self::A128Gcm => 16,
        }
    }
}

/// josekit's context without what the guard forbids: the default one inflates `zip: DEF` without limit (guard row 1)
/// and decrypts CBC before it checks the tag (guard row 3).
static CONTEXT: LazyLock<JweContext> = LazyLock::new(|| {
    let mut context = JweContext::new();
    context.remove_compression("DEF");
    for name in ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A192GCM"] {
        context.remove_content_encryption(name);
    }
    context
});
