//! One JWK of somebody else, checked member by member and made ready: what it may be, and what it may be used for.
//!
//! Only the members that define the key are read, each in its one canonical spelling; `x5c`, `x5u` and the like are
//! ignored (J03). Points are checked to lie on their curve and numbers to be in range before any verifier exists.

use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Rsa;
use serde_json::{Map, Value};

use crate::base64url::{exactly, from_base64url};
use crate::encrypt::Recipient;
use crate::verifier::Verifier;
use crate::{Algorithm, limits};

/// A public key and what it may be used for.
pub(crate) struct PublicKey {
    /// As published, if at all.
    pub(crate) kid: Option<String>,
    /// Empty for a key that only encrypts; two for an RSA key that does not say which.
    pub(crate) verifiers: Vec<Verifier>,
    /// Present for a key that may be encrypted to.
    pub(crate) recipient: Option<Recipient>,
}

/// What the key says it is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Signature,
    Encryption,
    Either,
}

impl PublicKey {
    /// `None` when the key is of no use to us: another type or curve, a size out of range, a point off its curve,
    /// another purpose or algorithm.
    pub(crate) fn from_jwk(jwk: &Map<String, Value>) -> Option<Self> {
        let kid = match jwk.get("kid") {
            None => None,
            Some(Value::String(kid)) if !kid.is_empty() && kid.len() <= limits::KEY_ID_BYTES => {
                Some(kid.clone())
            }
            Some(_) => return None,
        };
        let algorithm = match jwk.get("alg") {
            None => None,
            Some(name) => Some(name.as_str()?),
        };
        let (purpose, key) = (purpose(jwk)?, public_key(jwk)?);
        let spki = key.public_key_to_der().ok()?;
        let verifiers = match purpose {
            Purpose::Encryption => Vec::new(),
            Purpose::Signature | Purpose::Either => candidates(&key)
                .iter()
                .filter(|candidate| {
                    algorithm.is_none_or(|name| Algorithm::from_name(name) == Some(**candidate))
                })
                .map(|candidate| Verifier::from_spki(*candidate, &spki).ok())
                .collect::<Option<_>>()?,
        };
        let recipient = match purpose {
            Purpose::Signature => None,
            Purpose::Encryption | Purpose::Either => Recipient::new(&key, &spki, algorithm, kid.as_deref()),
        };
        let usable = !verifiers.is_empty() || recipient.is_some();
        usable.then_some(Self {
            kid,
            verifiers,
            recipient,
        })
    }
}

/// The algorithms that a key of this type can verify.
fn candidates(key: &PKey<Public>) -> &'static [Algorithm] {
    match key.id() {
        Id::EC => &[Algorithm::Es256],
        Id::RSA => &[Algorithm::Ps256, Algorithm::Rs256],
        Id::ED25519 => &[Algorithm::EdDsa],
        _ => &[],
    }
}

/// From `use` and `key_ops` (RFC 7517 4.2, 4.3), which must agree when both are there.
fn purpose(jwk: &Map<String, Value>) -> Option<Purpose> {
    let by_use = match jwk.get("use") {
        None => Purpose::Either,
        Some(Value::String(word)) if word == "sig" => Purpose::Signature,
        Some(Value::String(word)) if word == "enc" => Purpose::Encryption,
        Some(_) => return None,
    };
    let Some(operations) = jwk.get("key_ops") else {
        return Some(by_use);
    };
    let operations = operations.as_array()?;
    let names = |words: &[&str]| {
        operations
            .iter()
            .any(|word| word.as_str().is_some_and(|word| words.contains(&word)))
    };
    let by_operations = match (
        names(&["verify"]),
        names(&["encrypt", "wrapKey", "deriveKey", "deriveBits"]),
    ) {
        (true, true) => Purpose::Either,
        (true, false) => Purpose::Signature,
        (false, true) => Purpose::Encryption,
        (false, false) => return None,
    };
    match (by_use, by_operations) {
        (one, Purpose::Either) | (Purpose::Either, one) => Some(one),
        (one, other) => (one == other).then_some(one),
    }
}

fn public_key(jwk: &Map<String, Value>) -> Option<PKey<Public>> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    match (text("kty")?, text("crv")) {
        ("EC", Some("P-256")) => p256_point(text("x")?, text("y")?),
        ("OKP", Some("Ed25519")) => {
            PKey::public_key_from_raw_bytes(&exactly::<32>(text("x")?)?, Id::ED25519).ok()
        }
        ("RSA", None) => rsa(&from_base64url(text("n")?)?, &from_base64url(text("e")?)?),
        _ => None,
    }
}

/// The point with these coordinates, 32 bytes each, if it lies on P-256 (J15).
pub(crate) fn p256_point(x: &str, y: &str) -> Option<PKey<Public>> {
    let (x, y) = (exactly::<32>(x)?, exactly::<32>(y)?);
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).ok()?;
    let (x, y) = (BigNum::from_slice(&x).ok()?, BigNum::from_slice(&y).ok()?);
    let mut context = BigNumContext::new().ok()?;
    let mut point = openssl::ec::EcPoint::new(&group).ok()?;
    point
        .set_affine_coordinates_gfp(&group, &x, &y, &mut context)
        .ok()?;
    let key = EcKey::from_public_key(&group, &point).ok()?;
    key.check_key().ok()?;
    PKey::from_ec_key(key).ok()
}

/// An RSA key of a sensible size (J26): too short is weak, too long makes each of our verifications dear, and small
/// exponents have a history. Lengths are looked at before a number is made of them.
fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<PKey<Public>> {
    const LEAST_EXPONENT: u32 = 65_537;
    let length = modulus.len() * 8;
    // RFC 7518 6.3.1: as few bytes as possible, so the first is not zero; an odd number, as any product of odd primes.
    let modulus_fits = modulus.first().is_some_and(|first| *first >= 0x80)
        && modulus.last().is_some_and(|last| last % 2 == 1)
        && (limits::RSA_LEAST_BITS..=limits::RSA_MOST_BITS).contains(&length);
    let exponent_fits = match exponent {
        [first, .., last] if *first != 0 && last % 2 == 1 && exponent.len() <= 4 => {
            exponent
                .iter()
                .fold(0_u32, |number, byte| (number << 8) | u32::from(*byte))
                >= LEAST_EXPONENT
        }
        _ => false,
    };
    if !modulus_fits || !exponent_fits {
        return None;
    }
    let key = Rsa::from_public_components(
        BigNum::from_slice(modulus).ok()?,
        BigNum::from_slice(exponent).ok()?,
    );
    PKey::from_rsa(key.ok()?).ok()
}
