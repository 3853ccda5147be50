//! The name of a public key that everybody computes alike (RFC 7638).

use serde_json::Value;

use crate::{KeyError, base64url, sha256};

/// SHA-256 over the members that define the key, in lexicographic order and without white space; base64url, 43
/// characters. The same for the private and the public form of a key. A DPoP key's `jkt` (RFC 9449 6.1).
///
/// # Errors
/// [`KeyError::Malformed`] when `kty` is not EC, OKP or RSA, or a defining member is absent or no base64url text.
pub fn jwk_thumbprint(jwk: &Value) -> Result<String, KeyError> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str).ok_or(KeyError::Malformed);
    let kty = text("kty")?;
    let names: &[&str] = match kty {
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        "RSA" => &["e", "kty", "n"],
        _ => return Err(KeyError::Malformed),
    };
    let mut canonical = String::from("{");
    for name in names {
        let value = text(name)?;
        // No character of such a value needs an escape, so that what is hashed has one spelling only.
        if value.is_empty()
            || !value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        {
            return Err(KeyError::Malformed);
        }
        if canonical.len() > 1 {
            canonical.push(',');
        }
        canonical.extend(["\"", name, "\":\"", value, "\""]);
    }
    canonical.push('}');
    Ok(base64url::base64url(sha256(canonical)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rfc7638_3_1_example() {
        let jwk = json!({
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB",
            "alg": "RS256",
            "kid": "2011-04-29"
        });
        assert_eq!(
            jwk_thumbprint(&jwk).unwrap(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    #[test]
    fn rfc8037_a_3_example() {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        assert_eq!(
            jwk_thumbprint(&jwk).unwrap(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn what_defines_no_public_key_has_no_thumbprint() {
        for jwk in [
            json!({}),
            json!({"kty": "oct", "k": "AAAA"}),
            json!({"kty": "EC", "crv": "P-256", "x": "AA"}),
            json!({"kty": "OKP", "crv": "Ed25519", "x": "a\"b"}),
            json!({"kty": "OKP", "crv": "Ed25519", "x": ""}),
        ] {
            assert_eq!(jwk_thumbprint(&jwk), Err(KeyError::Malformed));
        }
    }
}
