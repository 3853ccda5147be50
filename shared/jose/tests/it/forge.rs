//! What an attacker (or an honest sender) can build without this crate's signer: any header, any payload, any
//! signature.

use jose::{Algorithm, Claims, Compact, JoseError, PublicKeys, SigningKey, base64url};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::{Value, json};

/// A fixed instant for tests that need one.
pub(crate) const NOW: i64 = 1_800_000_000;

pub(crate) fn at(second: i64) -> domain::Instant {
    domain::Instant::from_timestamp(second, 0).unwrap()
}

/// `header.payload`, of texts that need not be JSON.
pub(crate) fn signing_input(header: &str, payload: &str) -> String {
    format!("{}.{}", base64url(header), base64url(payload))
}

/// A token with this header and payload, validly signed by an ES256 key.
pub(crate) fn es256(key: &SigningKey, header: &str, payload: &str) -> String {
    let input = signing_input(header, payload);
    format!("{input}.{}", base64url(es256_signature(key, &input)))
}

/// `r || s` over `input`.
pub(crate) fn es256_signature(key: &SigningKey, input: &str) -> Vec<u8> {
    let signature = es256_signature_parts(key, input);
    [
        signature.r().to_vec_padded(32).unwrap(),
        signature.s().to_vec_padded(32).unwrap(),
    ]
    .concat()
}

pub(crate) fn es256_signature_parts(key: &SigningKey, input: &str) -> EcdsaSig {
    let private = PKey::private_key_from_pkcs8(&key.to_pkcs8_der().unwrap()).unwrap();
    EcdsaSig::sign(&jose::sha256(input), &private.ec_key().unwrap()).unwrap()
}

/// An HMAC token keyed with bytes that everybody knows.
pub(crate) fn hs256(secret: &[u8], payload: &str) -> String {
    let input = signing_input(r#"{"alg":"HS256"}"#, payload);
    let key = PKey::hmac(secret).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    format!(
        "{input}.{}",
        base64url(signer.sign_oneshot_to_vec(input.as_bytes()).unwrap())
    )
}

/// The key set of a client that holds these keys.
pub(crate) fn keys_of(keys: &[&SigningKey]) -> PublicKeys {
    let keys: Vec<Value> = keys.iter().map(|key| key.public_jwk()).collect();
    PublicKeys::parse(&json!({ "keys": keys })).unwrap()
}

/// What the guard says of `text` when these keys and any FAPI algorithm are allowed.
pub(crate) fn verify(keys: &PublicKeys, text: &str) -> Result<Claims, JoseError> {
    keys.verify(&Compact::parse(text)?, Algorithm::FAPI)
}
