//! Tokens encrypted to us.
//!
//! Everything that josekit would accept and should not (short tags, missing checks of `crit`, compression), and
//! everything on which it would panic (a wrapped key of under eight bytes), is refused before it sees the token. There
//! is one error, whatever was wrong, since each distinction has once been an oracle (J13).

use std::fmt;

use josekit::jwe::{self, JweDecrypter};
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use secrecy::zeroize::Zeroizing;
use serde_json::{Map, Value, json};

use super::{CONTEXT, ContentEncryption, KeyManagement};
use crate::base64url::from_base64url;
use crate::public_key::{PublicKey, p256_point};
use crate::signing_key::public_members;
use crate::{KeyError, json, limits, thumbprint};

/// RFC 7518 5.3: 96 bits of initialization vector, 128 bits of tag, and nothing shorter (J12).
const IV_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// The token does not decrypt. There is no more to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the encrypted token was refused")]
pub struct DecryptError;

/// A private key of ours that others encrypt to, bound to one algorithm.
pub struct DecryptionKey {
    algorithm: KeyManagement,
    kid: String,
    public_jwk: Value,
    private: PKey<Private>,
    decrypter: Box<dyn JweDecrypter>,
}

impl DecryptionKey {
    /// A new key, P-256 or RSA of 2048 bits.
    ///
    /// # Errors
    /// [`KeyError::NotMade`] when the library cannot.
    pub fn generate(algorithm: KeyManagement) -> Result<Self, KeyError> {
        let private = match algorithm {
            KeyManagement::RsaOaep256 => Rsa::generate(2_048).and_then(PKey::from_rsa),
            KeyManagement::EcdhEs | KeyManagement::EcdhEsA256Kw => PKey::ec_gen("P-256"),
        };
        let private = private
            .and_then(|key| key.private_key_to_pkcs8())
            .map_err(|_| KeyError::NotMade)?;
        Self::from_pkcs8_der(algorithm, &Zeroizing::new(private))
    }

    /// A stored key: unencrypted PKCS #8 in DER.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] when it is no such key, or one of another type, curve or size than the algorithm needs.
    pub fn from_pkcs8_der(algorithm: KeyManagement, der: &[u8]) -> Result<Self, KeyError> {
        let private = PKey::private_key_from_pkcs8(der).map_err(|_| KeyError::Malformed)?;
        let mut public_jwk = public_members(&private).ok_or(KeyError::Malformed)?;
        let fits = public_jwk
            .as_object()
            .and_then(PublicKey::from_jwk)
            .and_then(|key| key.recipient)
            .is_some_and(|recipient| recipient.takes(algorithm));
        if !fits {
            return Err(KeyError::Malformed);
        }
        let kid = thumbprint::jwk_thumbprint(&public_jwk)?;
        let decrypter: Result<Box<dyn JweDecrypter>, _> = match algorithm {
            KeyManagement::RsaOaep256 => jwe::RSA_OAEP_256
                .decrypter_from_der(der)
                .map(|one| Box::new(one) as _),
            KeyManagement::EcdhEs => jwe::ECDH_ES.decrypter_from_der(der).map(|one| Box::new(one) as _),
            KeyManagement::EcdhEsA256Kw => jwe::ECDH_ES_A256KW
                .decrypter_from_der(der)
                .map(|one| Box::new(one) as _),
        };
        if let Value::Object(members) = &mut public_jwk {
            members.insert("use".to_owned(), json!("enc"));
            members.insert("alg".to_owned(), json!(algorithm.as_str()));
            members.insert("kid".to_owned(), json!(kid));
        }
        Ok(Self {
            algorithm,
            kid,
            public_jwk,
            private,
            decrypter: decrypter.map_err(|_| KeyError::Malformed)?,
        })
    }

    /// The key as unencrypted PKCS #8 in DER, to be sealed and stored. Wiped when dropped.
    ///
    /// # Errors
    /// [`KeyError::NotMade`] when the library cannot encode it.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.private
            .private_key_to_pkcs8()
            .map(Zeroizing::new)
            .map_err(|_| KeyError::NotMade)
    }

    /// The RFC 7638 thumbprint of the public key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key, with `kid`, `use` and `alg`.
    pub fn public_jwk(&self) -> Value {
        self.public_jwk.clone()
    }

    /// What was encrypted to this key in the compact form.
    ///
    /// # Errors
    /// [`DecryptError`] for anything else.
    pub fn decrypt(&self, text: &str) -> Result<Vec<u8>, DecryptError> {
        self.guard(text).ok_or(DecryptError)?;
        CONTEXT
            .deserialize_compact(text, self.decrypter.as_ref())
            .map(|(content, _)| content)
            .map_err(|_| DecryptError)
    }

    /// `Some` when every part has the one shape that it may have.
    fn guard(&self, text: &str) -> Option<()> {
        if text.len() > limits::TOKEN_CHARACTERS {
            return None;
        }
        let mut parts = text.split('.');
        let mut next = || parts.next();
        let (header, key, iv, content, tag) = (next()?, next()?, next()?, next()?, next()?);
        if next().is_some() || header.len() > limits::HEADER_CHARACTERS {
            return None;
        }
        let header = json::parse_object(&from_base64url(header)?, limits::HEADER_CHARACTERS).ok()?;
        let encryption = self.guard_header(&header)?;
        let key_bytes = match self.algorithm {
            KeyManagement::EcdhEs => 0,
            KeyManagement::EcdhEsA256Kw => encryption.key_bytes() + 8,
            KeyManagement::RsaOaep256 => self.private.size(),
        };
        from_base64url(content)?;
        let shapes_fit = from_base64url(key)?.len() == key_bytes
            && from_base64url(iv)?.len() == IV_BYTES
            && from_base64url(tag)?.len() == TAG_BYTES;
        shapes_fit.then_some(())
    }

    fn guard_header(&self, header: &Map<String, Value>) -> Option<ContentEncryption> {
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        // J10: nothing is ever inflated. J06: no extension is implemented, so none can be critical.
        if header.contains_key("zip") || header.contains_key("crit") {
            return None;
        }
        // J11: the algorithm is this key's. The header may agree.
        if text("alg")? != self.algorithm.as_str() {
            return None;
        }
        if header.contains_key("kid") && text("kid")? != self.kid {
            return None;
        }
        if self.private.id() == Id::EC {
            // J15: the sender's point lies on our curve, or its product with our key would tell about our key.
            let epk = header.get("epk")?.as_object()?;
            let member = |name: &str| epk.get(name).and_then(Value::as_str);
            if member("kty")? != "EC" || member("crv")? != "P-256" || epk.contains_key("d") {
                return None;
            }
            p256_point(member("x")?, member("y")?)?;
        }
        ContentEncryption::from_name(text("enc")?)
    }
}

/// The name only.
impl fmt::Debug for DecryptionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "DecryptionKey({} {})",
            self.algorithm.as_str(),
            self.kid
        )
    }
}
