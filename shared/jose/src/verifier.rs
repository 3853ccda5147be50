//! One public key ready to verify one algorithm: josekit's verifier, made once, and the shape checks before it.

use josekit::jws::{self, JwsVerifier};

use crate::{Algorithm, KeyError};

/// The order of P-256's base point, big-endian (FIPS 186-4 D.1.2.3).
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// Verifies signatures of one algorithm by one key.
pub(crate) struct Verifier {
    algorithm: Algorithm,
    inner: Box<dyn JwsVerifier>,
}

impl Verifier {
    /// Of a SubjectPublicKeyInfo in DER, whose type must fit the algorithm.
    pub(crate) fn from_spki(algorithm: Algorithm, spki: &[u8]) -> Result<Self, KeyError> {
        let inner: Result<Box<dyn JwsVerifier>, _> = match algorithm {
            Algorithm::Es256 => jws::ES256
                .verifier_from_der(spki)
                .map(|verifier| Box::new(verifier) as _),
            Algorithm::Ps256 => jws::PS256
                .verifier_from_der(spki)
                .map(|verifier| Box::new(verifier) as _),
            Algorithm::Rs256 => jws::RS256
                .verifier_from_der(spki)
                .map(|verifier| Box::new(verifier) as _),
            Algorithm::EdDsa => jws::EdDSA
                .verifier_from_der(spki)
                .map(|verifier| Box::new(verifier) as _),
        };
        Ok(Self {
            algorithm,
            inner: inner.map_err(|_| KeyError::Malformed)?,
        })
    }

    /// The one algorithm that this key verifies.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether this key made `signature` over `message`.
    pub(crate) fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        let well_formed = match self.algorithm {
            Algorithm::Es256 => is_p256_signature(signature),
            Algorithm::EdDsa => signature.len() == 64,
            // The library compares the length with the modulus.
            Algorithm::Ps256 | Algorithm::Rs256 => true,
        };
        well_formed && self.inner.verify(message, signature).is_ok()
    }
}

/// `r || s`, both from 1 to the order less one (J05): zeros have proven anything in libraries that forgot to look.
fn is_p256_signature(signature: &[u8]) -> bool {
    let in_range = |number: &[u8]| number != [0; 32] && number < P256_ORDER.as_slice();
    match signature.split_at_checked(32) {
        Some((r, s)) => s.len() == 32 && in_range(r) && in_range(s),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn j05_both_numbers_lie_between_one_and_the_order_less_one() {
        let (mut one, mut largest) = ([0; 32], P256_ORDER);
        one[31] = 1;
        largest[31] -= 1;
        let pair = |r: [u8; 32], s: [u8; 32]| is_p256_signature(&[r, s].concat());
        for (r, s) in [(one, one), (one, largest), (largest, one), (largest, largest)] {
            assert!(pair(r, s));
        }
        for bad in [[0; 32], P256_ORDER, [0xff; 32]] {
            assert!(
                !pair(bad, one) && !pair(one, bad) && !pair(bad, bad),
                "{bad:02x?}"
            );
        }
        for length in [0, 1, 31, 32, 33, 63, 65, 96] {
            assert!(!is_p256_signature(&vec![1; length]), "{length} bytes");
        }
    }
}
