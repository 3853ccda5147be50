//! The left half of a hash, which binds an ID token to what travels beside it: `at_hash`, `c_hash`, `s_hash`
//! (OIDCC-3.3.2.11, FAPI1-ADV-5.1).

use crate::{Algorithm, base64url};

/// The left half of the hash of `value` by the hash function of the ID token's own algorithm, base64url. For Ed25519
/// that function is SHA-512, as in the signature itself.
pub fn half_hash(algorithm: Algorithm, value: &str) -> String {
    let half = |digest: &[u8]| base64url::base64url(digest.split_at(digest.len() / 2).0);
    match algorithm {
        Algorithm::Es256 | Algorithm::Ps256 | Algorithm::Rs256 => {
            half(&openssl::sha::sha256(value.as_bytes()))
        }
        Algorithm::EdDsa => half(&openssl::sha::sha512(value.as_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OpenID Connect Core 1.0, appendix A.3 and A.4.
    #[test]
    fn oidcc_appendix_a_examples() {
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(half_hash(Algorithm::Rs256, token), "77QmUPtjPfzWtF2AnpK9RQ");
        let code = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
        assert_eq!(half_hash(Algorithm::Rs256, code), "LDktKdoQak3Pk0cnXxCltA");
    }

    #[test]
    fn eddsa_halves_sha512() {
        assert_eq!(half_hash(Algorithm::EdDsa, "x").len(), 43);
        assert_eq!(half_hash(Algorithm::Es256, "x").len(), 22);
    }
}
