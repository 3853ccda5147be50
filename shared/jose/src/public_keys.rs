//! A client's JWK Set: bounded, checked, and turned once into verifiers that are kept with the client.

use std::fmt;

use serde_json::{Map, Value};

use crate::encrypt::{ContentEncryption, EncryptError, KeyManagement};
use crate::public_key::PublicKey;
use crate::{Algorithm, Claims, Compact, JoseError, JwksError, limits};

/// Members that only private and symmetric keys have (RFC 7518 6.2.2, 6.3.2, 6.4.1).
const PRIVATE_MEMBERS: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The public keys of one client. Building it costs several signature checks; build it when the client is loaded or
/// its set fetched, and keep it.
pub struct PublicKeys {
    keys: Vec<PublicKey>,
}

impl PublicKeys {
    /// Reads a JWK Set (RFC 7517 5).
    ///
    /// # Errors
    /// When the set as a whole is not acceptable, see [`JwksError`]. Keys that we cannot use are left out.
    pub fn parse(jwks: &Value) -> Result<Self, JwksError> {
        let keys = jwks
            .get("keys")
            .and_then(Value::as_array)
            .ok_or(JwksError::Malformed)?;
        if keys.len() > limits::JWKS_KEYS {
            return Err(JwksError::TooManyKeys);
        }
        let keys: Vec<&Map<String, Value>> = keys
            .iter()
            .map(Value::as_object)
            .collect::<Option<_>>()
            .ok_or(JwksError::Malformed)?;
        let mut kids = Vec::new();
        for key in &keys {
            if PRIVATE_MEMBERS.iter().any(|member| key.contains_key(*member)) {
                return Err(JwksError::PrivateKey);
            }
            if let Some(kid) = key.get("kid") {
                if kids.contains(&kid) {
                    return Err(JwksError::DuplicateKid);
                }
                kids.push(kid);
            }
        }
        let keys: Vec<PublicKey> = keys.into_iter().filter_map(PublicKey::from_jwk).collect();
        if keys.is_empty() {
            return Err(JwksError::NoUsableKey);
        }
        Ok(Self { keys })
    }

    /// One key by itself, such as the `jwk` of a DPoP proof, which a private member makes unacceptable (D05).
    ///
    /// # Errors
    /// As [`PublicKeys::parse`].
    pub fn of_one(jwk: &Value) -> Result<Self, JwksError> {
        Self::parse(&serde_json::json!({ "keys": [jwk] }))
    }

    /// Whether any key verifies this algorithm.
    pub fn can_verify(&self, algorithm: Algorithm) -> bool {
        self.keys.iter().any(|key| {
            key.verifiers
                .iter()
                .any(|verifier| verifier.algorithm() == algorithm)
        })
    }

    /// Whether any key may be encrypted to by this algorithm.
    pub fn can_encrypt(&self, algorithm: KeyManagement) -> bool {
        self.keys
            .iter()
            .filter_map(|key| key.recipient.as_ref())
            .any(|recipient| recipient.takes(algorithm))
    }

    /// The claims of `token`, if its algorithm is `allowed` and one of these keys signed it.
    ///
    /// The allow-list is the registration's; a header that says otherwise is refused before any key is looked at
    /// (J02). With a `kid`, the key of that name is used, or those without a name; without one, each key that fits.
    /// Keys marked `use: enc` verify nothing (R08).
    ///
    /// # Errors
    /// [`JoseError::AlgorithmRefused`], [`JoseError::UnknownKey`], [`JoseError::BadSignature`] or a fault of the
    /// payload, in that order.
    pub fn verify(&self, token: &Compact<'_>, allowed: &[Algorithm]) -> Result<Claims, JoseError> {
        if !allowed.contains(&token.algorithm()) {
            return Err(JoseError::AlgorithmRefused);
        }
        let named = token
            .kid()
            .filter(|kid| self.keys.iter().any(|key| key.kid.as_deref() == Some(kid)));
        let mut verifiers = self
            .keys
            .iter()
            .filter(|key| match (token.kid(), named) {
                (_, Some(kid)) => key.kid.as_deref() == Some(kid),
                (Some(_), None) => key.kid.is_none(),
                (None, None) => true,
            })
            .flat_map(|key| &key.verifiers)
            .filter(|verifier| verifier.algorithm() == token.algorithm())
            .peekable();
        if verifiers.peek().is_none() {
            return Err(JoseError::UnknownKey);
        }
        if !verifiers.any(|verifier| verifier.accepts(token.signing_input(), token.signature())) {
            return Err(JoseError::BadSignature);
        }
        token.claims()
    }

    /// `plain`, such as a signed ID token, encrypted to the first of these keys that takes this algorithm. `cty` is
    /// `JWT` for a nested token (RFC 7519 5.2).
    ///
    /// # Errors
    /// [`EncryptError::NoKey`] when no key fits.
    pub fn encrypt(
        &self,
        plain: &[u8],
        algorithm: KeyManagement,
        content: ContentEncryption,
        cty: Option<&str>,
    ) -> Result<String, EncryptError> {
        let recipient = self
            .keys
            .iter()
            .filter_map(|key| key.recipient.as_ref())
            .find(|recipient| recipient.takes(algorithm))
            .ok_or(EncryptError::NoKey)?;
        recipient.encrypt(plain, algorithm, content, cty)
    }
}

impl fmt::Debug for PublicKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKeys({} keys)", self.keys.len())
    }
}
