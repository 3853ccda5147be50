//! A client's public key, ready to be encrypted to.

use josekit::jwe::{self, JweEncrypter, JweHeader};
use openssl::pkey::{Id, PKey, Public};

use super::{CONTEXT, ContentEncryption, KeyManagement};

/// Why nothing was encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// The client has published no key for this algorithm.
    #[error("no key fits the encryption algorithm")]
    NoKey,
    /// The cryptographic library refused to work.
    #[error("the token could not be encrypted")]
    NotEncrypted,
}

/// A key that may be encrypted to, with the encrypters of the algorithms that it may be used with.
pub(crate) struct Recipient {
    kid: Option<String>,
    encrypters: Vec<(KeyManagement, Box<dyn JweEncrypter>)>,
}

impl Recipient {
    /// `algorithm` is the key's own `alg`, if it names one. `None` when no algorithm is left.
    pub(crate) fn new(
        key: &PKey<Public>,
        spki: &[u8],
        algorithm: Option<&str>,
        kid: Option<&str>,
    ) -> Option<Self> {
        let candidates: &[KeyManagement] = match key.id() {
            Id::RSA => &[KeyManagement::RsaOaep256],
            Id::EC => &[KeyManagement::EcdhEs, KeyManagement::EcdhEsA256Kw],
            _ => &[],
        };
        let encrypters: Vec<_> = candidates
            .iter()
            .filter(|candidate| algorithm.is_none_or(|name| candidate.as_str() == name))
            .map(|candidate| Some((*candidate, encrypter(*candidate, spki)?)))
            .collect::<Option<_>>()?;
        (!encrypters.is_empty()).then(|| Self {
            kid: kid.map(str::to_owned),
            encrypters,
        })
    }

    /// Whether the key may be used with this algorithm.
    pub(crate) fn takes(&self, algorithm: KeyManagement) -> bool {
        self.encrypters.iter().any(|(one, _)| *one == algorithm)
    }

    /// `plain` as a compact JWE, with the key's `kid` in its header.
    pub(crate) fn encrypt(
        &self,
        plain: &[u8],
        algorithm: KeyManagement,
        content: ContentEncryption,
        cty: Option<&str>,
    ) -> Result<String, EncryptError> {
        let (_, encrypter) = self
            .encrypters
            .iter()
            .find(|(one, _)| *one == algorithm)
            .ok_or(EncryptError::NoKey)?;
        let mut header = JweHeader::new();
        header.set_content_encryption(content.as_str());
        if let Some(kid) = &self.kid {
            header.set_key_id(kid);
        }
        if let Some(cty) = cty {
            header.set_content_type(cty);
        }
        CONTEXT
            .serialize_compact(plain, &header, encrypter.as_ref())
            .map_err(|_| EncryptError::NotEncrypted)
    }
}

fn encrypter(algorithm: KeyManagement, spki: &[u8]) -> Option<Box<dyn JweEncrypter>> {
    let encrypter: Result<Box<dyn JweEncrypter>, _> = match algorithm {
        KeyManagement::RsaOaep256 => jwe::RSA_OAEP_256
            .encrypter_from_der(spki)
            .map(|one| Box::new(one) as _),
        KeyManagement::EcdhEs => jwe::ECDH_ES
            .encrypter_from_der(spki)
            .map(|one| Box::new(one) as _),
        KeyManagement::EcdhEsA256Kw => jwe::ECDH_ES_A256KW
            .encrypter_from_der(spki)
            .map(|one| Box::new(one) as _),
    };
    encrypter.ok()
}
