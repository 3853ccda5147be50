//! Each algorithm signs and verifies; keys survive storage; nothing secret is printed.

use jose::{Algorithm, Compact, JoseError, KeyError, SigningKey};
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use serde_json::json;

use crate::forge::keys_of;

const ALL: [Algorithm; 4] = [
    Algorithm::Es256,
    Algorithm::Ps256,
    Algorithm::EdDsa,
    Algorithm::Rs256,
];

#[test]
fn every_algorithm_signs_what_its_public_key_verifies() {
    for algorithm in ALL {
        let key = SigningKey::generate(algorithm).unwrap();
        let text = key.sign("at+jwt", &json!({ "sub": "user-1" })).unwrap();
        let token = Compact::parse(&text).unwrap();
        assert_eq!(
            (token.algorithm(), token.kid(), token.typ()),
            (algorithm, Some(key.kid()), Some("at+jwt"))
        );
        let claims = keys_of(&[&key]).verify(&token, &[algorithm]).unwrap();
        assert_eq!(claims.required_str("sub"), Ok("user-1"));
        for other in ALL {
            if other != algorithm {
                assert_eq!(
                    keys_of(&[&key]).verify(&token, &[other]),
                    Err(JoseError::AlgorithmRefused)
                );
            }
        }
    }
}

#[test]
fn es256_signatures_are_64_bytes_however_small_their_numbers() {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let keys = keys_of(&[&key]);
    // One in 128 has a number that begins with a zero byte.
    for number in 0..600 {
        let text = key.sign("JWT", &json!({ "n": number })).unwrap();
        assert_eq!(text.rsplit_once('.').unwrap().1.len(), 86);
        assert!(
            keys.verify(&Compact::parse(&text).unwrap(), &[Algorithm::Es256])
                .is_ok()
        );
    }
}

#[test]
fn a_key_survives_storage() {
    for algorithm in ALL {
        let key = SigningKey::generate(algorithm).unwrap();
        let again = SigningKey::from_pkcs8_der(algorithm, &key.to_pkcs8_der().unwrap()).unwrap();
        assert_eq!(again.public_jwk(), key.public_jwk());
        let text = again.sign("JWT", &json!({})).unwrap();
        assert!(
            keys_of(&[&key])
                .verify(&Compact::parse(&text).unwrap(), &[algorithm])
                .is_ok()
        );
    }
}

#[test]
fn a_key_of_another_type_or_size_is_refused() {
    let p384 = EcKey::generate(&EcGroup::from_curve_name(Nid::SECP384R1).unwrap()).unwrap();
    let p384 = PKey::from_ec_key(p384).unwrap().private_key_to_pkcs8().unwrap();
    let short = PKey::from_rsa(Rsa::generate(1024).unwrap())
        .unwrap()
        .private_key_to_pkcs8()
        .unwrap();
    let ed448 = PKey::generate_ed448().unwrap().private_key_to_pkcs8().unwrap();
    for algorithm in ALL {
        for der in [&p384, &short, &ed448, &vec![], &b"not a key".to_vec()] {
            assert_eq!(
                SigningKey::from_pkcs8_der(algorithm, der).unwrap_err(),
                KeyError::Malformed
            );
        }
    }
    let p256 = SigningKey::generate(Algorithm::Es256)
        .unwrap()
        .to_pkcs8_der()
        .unwrap();
    for algorithm in [Algorithm::Ps256, Algorithm::EdDsa, Algorithm::Rs256] {
        assert_eq!(
            SigningKey::from_pkcs8_der(algorithm, &p256).unwrap_err(),
            KeyError::Malformed
        );
    }
}

#[test]
fn only_public_members_are_published_and_nothing_secret_is_printed() {
    for algorithm in ALL {
        let key = SigningKey::generate(algorithm).unwrap();
        let jwk = key.public_jwk();
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(jwk.get(name).is_none(), "{name}");
        }
        assert_eq!(
            (&jwk["use"], &jwk["alg"], &jwk["kid"]),
            (&json!("sig"), &json!(algorithm.as_str()), &json!(key.kid()))
        );
        assert_eq!(
            format!("{key:?}"),
            format!("SigningKey({algorithm} {})", key.kid())
        );
    }
}

#[test]
fn types_are_compared_as_media_types() {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    for (typ, same) in [
        ("at+jwt", true),
        ("AT+JWT", true),
        ("application/at+jwt", true),
        ("jwt", false),
        ("x/at+jwt", false),
    ] {
        let text = key.sign(typ, &json!({})).unwrap();
        assert_eq!(Compact::parse(&text).unwrap().is_type("at+jwt"), same, "{typ}");
    }
}
