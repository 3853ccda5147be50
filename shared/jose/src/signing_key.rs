//! One of our own signing keys: a private key, its algorithm, and a signer that is built once and kept.

use std::fmt;
use std::sync::Arc;

use josekit::jws::{self, JwsSigner};
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use serde_json::{Value, json};

use crate::public_key::PublicKey;
use crate::verifier::Verifier;
use crate::{Algorithm, Compact, JoseError, KeyError, base64url, base64url::append, thumbprint};

/// Bits of a new RSA key: the shortest that FAPI allows, since each signature costs 26 of P-256's already.
const RSA_BITS: u32 = 2_048;

/// A private key bound to one algorithm. Cheap to clone. The private part is never printed.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    algorithm: Algorithm,
    kid: String,
    public_jwk: Value,
    private: PKey<Private>,
    signer: Box<dyn JwsSigner>,
    verifier: Verifier,
}

/// The protected header, in the order in which people expect to read it.
#[derive(Serialize)]
struct Header<'a> {
    typ: &'a str,
    alg: &'static str,
    kid: &'a str,
}

impl SigningKey {
    /// A new key: P-256, Ed25519 or RSA of 2048 bits. RSA takes some tenths of a second.
    ///
    /// # Errors
    /// [`KeyError::NotMade`] when the library cannot.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        let private = match algorithm {
            Algorithm::Es256 => PKey::ec_gen("P-256"),
            Algorithm::EdDsa => PKey::generate_ed25519(),
            Algorithm::Ps256 | Algorithm::Rs256 => Rsa::generate(RSA_BITS).and_then(PKey::from_rsa),
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
    pub fn from_pkcs8_der(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        let private = PKey::private_key_from_pkcs8(der).map_err(|_| KeyError::Malformed)?;
        let mut public_jwk = public_members(&private).ok_or(KeyError::Malformed)?;
        // The guard that clients' keys pass is good for ours: type, curve, size, exponent.
        let fits = public_jwk
            .as_object()
            .and_then(PublicKey::from_jwk)
            .is_some_and(|key| {
                key.verifiers
                    .iter()
                    .any(|verifier| verifier.algorithm() == algorithm)
            });
        if !fits {
            return Err(KeyError::Malformed);
        }
        let kid = thumbprint::jwk_thumbprint(&public_jwk).map_err(|_| KeyError::Malformed)?;
        let spki = private.public_key_to_der().map_err(|_| KeyError::Malformed)?;
        let verifier = Verifier::from_spki(algorithm, &spki)?;
        let signer = signer(algorithm, der)?;
        if let Value::Object(members) = &mut public_jwk {
            members.insert("use".to_owned(), json!("sig"));
            members.insert("alg".to_owned(), json!(algorithm.as_str()));
            members.insert("kid".to_owned(), json!(kid));
        }
        Ok(Self(Arc::new(Inner {
            algorithm,
            kid,
            public_jwk,
            private,
            signer,
            verifier,
        })))
    }

    /// The key as unencrypted PKCS #8 in DER, to be sealed and stored. Wiped when dropped.
    ///
    /// # Errors
    /// [`KeyError::NotMade`] when the library cannot encode it.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.0
            .private
            .private_key_to_pkcs8()
            .map(Zeroizing::new)
            .map_err(|_| KeyError::NotMade)
    }

    /// The RFC 7638 thumbprint of the public key: the same key has the same name everywhere.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// The one algorithm that it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// The public key, with `kid`, `use` and `alg`.
    pub fn public_jwk(&self) -> Value {
        self.0.public_jwk.clone()
    }

    /// `claims` as a compact JWS with `typ`, `alg` and `kid` in its header.
    ///
    /// # Errors
    /// [`JoseError::Signing`].
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, JoseError> {
        let header = json_text(&Header {
            typ,
            alg: self.0.algorithm.as_str(),
            kid: &self.0.kid,
        })?;
        let claims = json_text(claims)?;
        let characters = |bytes: usize| bytes.div_ceil(3) * 4;
        let length =
            characters(header.len()) + characters(claims.len()) + characters(self.0.signer.signature_len());
        let mut token = String::with_capacity(length + 2);
        append(&header, &mut token);
        token.push('.');
        append(&claims, &mut token);
        let signature = self
            .0
            .signer
            .sign(token.as_bytes())
            .map_err(|_| JoseError::Signing)?;
        token.push('.');
        append(&signature, &mut token);
        Ok(token)
    }

    /// The signature of these bytes as they are, for what is signed otherwise than as a token (HTTP messages). For ES256: r and s,
    /// 32 bytes each, as both RFC7518-3.4 and RFC9421-3.3.4 want them.
    ///
    /// # Errors
    /// [`JoseError::Signing`].
    pub fn sign_octets(&self, octets: &[u8]) -> Result<Vec<u8>, JoseError> {
        self.0.signer.sign(octets).map_err(|_| JoseError::Signing)
    }

    /// Whether this key signed `token`.
    pub(crate) fn signed(&self, token: &Compact<'_>) -> bool {
        token.algorithm() == self.0.algorithm
            && self.0.verifier.accepts(token.signing_input(), token.signature())
    }
}

/// The name only.
impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({} {})", self.0.algorithm, self.0.kid)
    }
}

/// An ordinary token's claims fit without growing.
fn json_text(value: &impl Serialize) -> Result<Vec<u8>, JoseError> {
    let mut text = Vec::with_capacity(1_024);
    serde_json::to_writer(&mut text, value).map_err(|_| JoseError::Signing)?;
    Ok(text)
}

fn signer(algorithm: Algorithm, der: &[u8]) -> Result<Box<dyn JwsSigner>, KeyError> {
    let signer: Result<Box<dyn JwsSigner>, _> = match algorithm {
        Algorithm::Es256 => jws::ES256
            .signer_from_der(der)
            .map(|signer| Box::new(signer) as _),
        Algorithm::Ps256 => jws::PS256
            .signer_from_der(der)
            .map(|signer| Box::new(signer) as _),
        Algorithm::Rs256 => jws::RS256
            .signer_from_der(der)
            .map(|signer| Box::new(signer) as _),
        Algorithm::EdDsa => jws::EdDSA
            .signer_from_der(der)
            .map(|signer| Box::new(signer) as _),
    };
    signer.map_err(|_| KeyError::Malformed)
}

/// The members that define the public key, those that a thumbprint is made of.
pub(crate) fn public_members(key: &PKey<Private>) -> Option<Value> {
    match key.id() {
        Id::EC => {
            let key = key.ec_key().ok()?;
            let mut context = openssl::bn::BigNumContext::new().ok()?;
            let (mut x, mut y) = (openssl::bn::BigNum::new().ok()?, openssl::bn::BigNum::new().ok()?);
            key.public_key()
                .affine_coordinates(key.group(), &mut x, &mut y, &mut context)
                .ok()?;
            let coordinate =
                |number: &openssl::bn::BigNumRef| number.to_vec_padded(32).ok().map(base64url::base64url);
            (key.group().curve_name() == Some(openssl::nid::Nid::X9_62_PRIME256V1)).then_some(())?;
            Some(json!({ "kty": "EC", "crv": "P-256", "x": coordinate(&x)?, "y": coordinate(&y)? }))
        }
        Id::RSA => {
            let key = key.rsa().ok()?;
            let number = |number: &openssl::bn::BigNumRef| base64url::base64url(number.to_vec());
            Some(json!({ "kty": "RSA", "n": number(key.n()), "e": number(key.e()) }))
        }
        Id::ED25519 => Some(
            json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url::base64url(key.raw_public_key().ok()?) }),
        ),
        _ => None,
    }
}
