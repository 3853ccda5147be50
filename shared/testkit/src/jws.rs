//! Signed tokens, and any forgery of them: made with openssl alone, so that what is refused is what an attacker could
//! really send.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{
    ec::{EcGroup, EcKey},
    ecdsa::EcdsaSig,
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    rsa::{Padding, Rsa},
    sign::{RsaPssSaltlen, Signer as OpensslSigner},
};
use serde_json::{Value, json};

/// A key pair for signing.
#[derive(Clone)]
pub struct Key {
    pkey: PKey<Private>,
    kid: String,
}

/// How a token is signed, or not.
#[derive(Clone)]
pub enum Signature {
    /// As the algorithm of that name says, with this key: PS256, ES256 or RS256.
    By(Key, &'static str),
    /// HS256 with these bytes as the secret (J02).
    Hmac(Vec<u8>),
    /// Well-formed, and of other text (J05).
    Broken(Key, &'static str),
    /// None at all (J01).
    Absent,
}

/// A token before it is signed. Every part may be changed.
#[derive(Clone)]
pub struct Token {
    /// The header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
    /// The signature.
    pub signature: Signature,
}

impl Key {
    /// A new RSA key of 2048 bits.
    pub fn rsa(kid: &str) -> Self {
        Self {
            pkey: PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap(),
            kid: kid.to_owned(),
        }
    }

    /// A new P-256 key.
    pub fn p256(kid: &str) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        Self {
            pkey: PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap(),
            kid: kid.to_owned(),
        }
    }

    /// Its id.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The algorithm that a client of FAPI uses it with.
    pub fn algorithm(&self) -> &'static str {
        if self.pkey.ec_key().is_ok() {
            "ES256"
        } else {
            "PS256"
        }
    }

    /// The public part as PEM.
    pub fn public_pem(&self) -> Vec<u8> {
        self.pkey.public_key_to_pem().unwrap()
    }

    /// The public part, for a key set.
    pub fn public_jwk(&self) -> Value {
        let encode = |bytes: Vec<u8>| URL_SAFE_NO_PAD.encode(bytes);
        if let Ok(ec) = self.pkey.ec_key() {
            let group = ec.group();
            let mut context = openssl::bn::BigNumContext::new().unwrap();
            let form = openssl::ec::PointConversionForm::UNCOMPRESSED;
            let point = ec.public_key().to_bytes(group, form, &mut context).unwrap();
            return json!({
                "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.kid,
                "x": encode(point[1..33].to_vec()), "y": encode(point[33..].to_vec()),
            });
        }
        let rsa = self.pkey.rsa().unwrap();
        json!({
            "kty": "RSA", "alg": "PS256", "use": "sig", "kid": self.kid,
            "n": encode(rsa.n().to_vec()), "e": encode(rsa.e().to_vec()),
        })
    }

    fn sign(&self, algorithm: &str, text: &[u8]) -> Vec<u8> {
        let mut signer = OpensslSigner::new(MessageDigest::sha256(), &self.pkey).unwrap();
        match algorithm {
            "PS256" => {
                signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
                signer.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH).unwrap();
                signer.sign_oneshot_to_vec(text).unwrap()
            }
            "RS256" => signer.sign_oneshot_to_vec(text).unwrap(),
            "ES256" => {
                let der = signer.sign_oneshot_to_vec(text).unwrap();
                let signature = EcdsaSig::from_der(&der).unwrap();
                let mut raw = signature.r().to_vec_padded(32).unwrap();
                raw.extend(signature.s().to_vec_padded(32).unwrap());
                raw
            }
            other => panic!("no such algorithm: {other}"),
        }
    }
}

impl Token {
    /// A token that everybody should accept.
    pub fn new(key: &Key, typ: &str, claims: Value) -> Self {
        let algorithm = key.algorithm();
        Self {
            header: json!({"alg": algorithm, "kid": key.kid, "typ": typ}),
            claims,
            signature: Signature::By(key.clone(), algorithm),
        }
    }

    /// Signed in another way, with the header saying so.
    #[must_use]
    pub fn signed(mut self, signature: Signature) -> Self {
        let algorithm = match &signature {
            Signature::By(key, algorithm) | Signature::Broken(key, algorithm) => {
                self.header["kid"] = key.kid().into();
                algorithm
            }
            Signature::Hmac(_) => "HS256",
            Signature::Absent => "none",
        };
        self.header["alg"] = algorithm.into();
        self.signature = signature;
        self
    }

    /// With this claim.
    #[must_use]
    pub fn with(mut self, claim: &str, value: impl Into<Value>) -> Self {
        self.claims[claim] = value.into();
        self
    }

    /// Without this claim.
    #[must_use]
    pub fn without(mut self, claim: &str) -> Self {
        self.claims.as_object_mut().unwrap().remove(claim);
        self
    }

    /// The compact serialisation.
    pub fn compact(&self) -> String {
        let encode = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", encode(&self.header), encode(&self.claims));
        let signature = match &self.signature {
            Signature::By(key, algorithm) => key.sign(algorithm, signed.as_bytes()),
            Signature::Broken(key, algorithm) => key.sign(algorithm, b"another text"),
            Signature::Hmac(secret) => {
                let secret = PKey::hmac(secret).unwrap();
                let mut signer = OpensslSigner::new(MessageDigest::sha256(), &secret).unwrap();
                signer.sign_oneshot_to_vec(signed.as_bytes()).unwrap()
            }
            Signature::Absent => vec![],
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Header and claims of a token, nothing of it checked.
pub fn read(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap_or_default()).unwrap_or_default()
    });
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}
