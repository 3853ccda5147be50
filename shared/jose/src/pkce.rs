//! Proof Key for Code Exchange (RFC 7636), the S256 method only: `plain` does not exist here.

use crate::{base64url, sha256};

/// The challenge of a verifier (RFC7636-4.2): 43 characters.
pub fn s256(verifier: &str) -> String {
    base64url::base64url(sha256(verifier))
}

/// Whether `text` has the shape of a verifier (RFC7636-4.1): 43 to 128 unreserved characters.
pub fn is_verifier(text: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

/// Whether `text` has the shape of an S256 challenge: 32 bytes in base64url.
pub fn is_challenge(text: &str) -> bool {
    base64url::exactly::<32>(text).is_some()
}

/// Whether `verifier` is well-formed and is the one behind `challenge`, compared in constant time (RFC7636-4.6).
pub fn matches(challenge: &str, verifier: &str) -> bool {
    is_verifier(verifier) && crate::secret::equal(s256(verifier).as_bytes(), challenge.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn rfc7636_appendix_b() {
        assert_eq!(s256(VERIFIER), CHALLENGE);
        assert!(is_challenge(CHALLENGE));
        assert!(matches(CHALLENGE, VERIFIER));
    }

    #[test]
    fn p10_a_wrong_or_malformed_verifier_does_not_match() {
        assert!(!matches(CHALLENGE, &VERIFIER.replace('d', "e")));
        assert!(!matches(CHALLENGE, CHALLENGE), "plain");
        let short = "a".repeat(42);
        assert!(!matches(&s256(&short), &short));
    }

    #[test]
    fn verifiers_have_43_to_128_unreserved_characters() {
        for (text, good) in [
            ("a".repeat(43), true),
            ("a".repeat(128), true),
            ("~.-_".repeat(11), true),
            ("a".repeat(42), false),
            ("a".repeat(129), false),
            ("+".repeat(43), false),
            ("é".repeat(43), false),
            (format!("{}\n", "a".repeat(43)), false),
        ] {
            assert_eq!(is_verifier(&text), good, "{text}");
        }
        assert!(!is_challenge(&"a".repeat(44)));
        assert!(!is_challenge(""));
    }
}
