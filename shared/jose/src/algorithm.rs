//! The signature algorithms that exist here. What is not in this enum cannot be asked for, registered or verified.

use std::fmt;

/// A JWS signature algorithm (RFC 7518, RFC 8037).
///
/// FAPI allows PS256, ES256 and EdDSA; [`Algorithm::Rs256`] exists for OpenID Connect's ID tokens alone, and no FAPI
/// profile may put it on a client's allow-list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256, a salt of 32 bytes.
    Ps256,
    /// Ed25519. Ed448, the other curve of that name, is not supported.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl Algorithm {
    /// What FAPI 1 lets them sign with (FAPI1-ADV-8.6).
    pub const FAPI_1: &'static [Self] = &[Self::Ps256, Self::Es256];

    /// What FAPI 2 lets clients and server sign with (FAPI2-SP-5.4.1).
    pub const FAPI: &'static [Self] = &[Self::Ps256, Self::Es256, Self::EdDsa];

    /// What OpenID Connect lets them sign with: the same, and RS256 (OIDC Core 15.1).
    pub const OPENID: &'static [Self] = &[Self::Ps256, Self::Es256, Self::EdDsa, Self::Rs256];

    /// The value of `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }

    /// The algorithm of that exact name. `Ed25519` is RFC 9864's name for what RFC 8037 calls `EdDSA`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "ES256" => Some(Self::Es256),
            "PS256" => Some(Self::Ps256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            "RS256" => Some(Self::Rs256),
            _ => None,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        for algorithm in [
            Algorithm::Es256,
            Algorithm::Ps256,
            Algorithm::EdDsa,
            Algorithm::Rs256,
        ] {
            assert_eq!(Algorithm::from_name(algorithm.as_str()), Some(algorithm));
        }
        for name in ["es256", "HS256", "none", "ES384", "PS512", "", "ES256 "] {
            assert_eq!(Algorithm::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn fapi_never_allows_rs256() {
        assert!(!Algorithm::FAPI.contains(&Algorithm::Rs256));
    }
}
