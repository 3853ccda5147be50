//! Key sets of strangers (J26), and keys that must not verify.

use jose::{Algorithm, JoseError, JwksError, PublicKeys, SigningKey, base64url, limits};
use openssl::bn::BigNum;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use serde_json::{Value, json};

use crate::forge::verify;

fn set(keys: &[Value]) -> Result<PublicKeys, JwksError> {
    PublicKeys::parse(&json!({ "keys": keys }))
}

fn es256() -> (SigningKey, Value) {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let jwk = key.public_jwk();
    (key, jwk)
}

fn with(jwk: &Value, name: &str, value: Value) -> Value {
    let mut jwk = jwk.clone();
    jwk[name] = value;
    jwk
}

fn without(jwk: &Value, names: &[&str]) -> Value {
    let mut jwk = jwk.clone();
    for name in names {
        jwk.as_object_mut().unwrap().remove(*name);
    }
    jwk
}

fn rsa(bits: u32, exponent: u32) -> Value {
    let key = Rsa::generate_with_e(bits, &BigNum::from_u32(exponent).unwrap()).unwrap();
    json!({ "kty": "RSA", "n": base64url(key.n().to_vec()), "e": base64url(key.e().to_vec()) })
}

#[test]
fn j26_ten_thousand_keys_are_refused() {
    let jwk = without(&es256().1, &["kid"]);
    assert_eq!(
        set(&vec![jwk.clone(); 10_000]).unwrap_err(),
        JwksError::TooManyKeys
    );
    assert_eq!(
        set(&vec![jwk.clone(); limits::JWKS_KEYS + 1]).unwrap_err(),
        JwksError::TooManyKeys
    );
    assert!(set(&vec![jwk; limits::JWKS_KEYS]).is_ok());
}

#[test]
fn j26_two_keys_of_one_name_are_refused() {
    let (one, other) = (
        with(&es256().1, "kid", json!("k")),
        with(&es256().1, "kid", json!("k")),
    );
    assert_eq!(set(&[one, other]).unwrap_err(), JwksError::DuplicateKid);
}

#[test]
fn j26_private_and_symmetric_keys_are_refused() {
    let jwk = es256().1;
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        assert_eq!(
            set(&[with(&jwk, name, json!("AA"))]).unwrap_err(),
            JwksError::PrivateKey,
            "{name}"
        );
    }
    assert_eq!(
        set(&[jwk, json!({"kty": "oct", "k": "AA"})]).unwrap_err(),
        JwksError::PrivateKey
    );
}

#[test]
fn j26_rsa_keys_of_odd_sizes_are_of_no_use() {
    let key = rsa(2048, 65_537);
    assert!(set(std::slice::from_ref(&key)).is_ok());
    let huge = base64url([vec![0xc5; 2047], vec![0x01]].concat());
    let padded = base64url([vec![0], jose::from_base64url(key["n"].as_str().unwrap()).unwrap()].concat());
    let even = base64url([vec![0xc5; 255], vec![0x02]].concat());
    for jwk in [
        rsa(1024, 65_537),
        rsa(2040, 65_537),
        rsa(2048, 3),
        with(&key, "n", json!(huge)),
        with(&key, "n", json!(padded)),
        with(&key, "n", json!(even)),
        with(&key, "n", json!("")),
        with(&key, "e", json!(base64url([1]))),
        with(&key, "e", json!(base64url([1, 1]))),
        with(&key, "e", json!(base64url([0, 1, 0, 1]))),
        with(&key, "e", json!(base64url([1, 0, 0]))),
        with(&key, "e", json!(base64url([0xff; 200]))),
        with(&key, "e", json!("")),
        with(&key, "e", json!(65_537)),
        without(&key, &["e"]),
    ] {
        assert_eq!(
            set(std::slice::from_ref(&jwk)).unwrap_err(),
            JwksError::NoUsableKey,
            "{jwk}"
        );
        // Beside a good key it is passed over, as RFC 7517 5 asks.
        assert!(set(&[jwk, key.clone()]).is_ok());
    }
}

#[test]
fn points_off_the_curve_and_other_curves_are_of_no_use() {
    let jwk = es256().1;
    let okp = SigningKey::generate(Algorithm::EdDsa).unwrap().public_jwk();
    let x = jose::from_base64url(jwk["x"].as_str().unwrap()).unwrap();
    for jwk in [
        with(&jwk, "y", jwk["x"].clone()),
        with(&jwk, "x", json!(base64url([0; 32]))),
        with(&jwk, "x", json!(base64url([0xff; 32]))),
        with(&jwk, "x", json!(base64url(&x[..31]))),
        with(&jwk, "x", json!(base64url([&[0], x.as_slice()].concat()))),
        with(&jwk, "crv", json!("P-384")),
        with(&jwk, "crv", json!("secp256k1")),
        with(&jwk, "kty", json!("ec")),
        with(&okp, "crv", json!("Ed448")),
        with(&okp, "x", json!(base64url([1; 31]))),
        with(&okp, "x", json!(base64url([1; 33]))),
        json!({}),
    ] {
        assert_eq!(
            set(std::slice::from_ref(&jwk)).unwrap_err(),
            JwksError::NoUsableKey,
            "{jwk}"
        );
    }
}

#[test]
fn what_is_no_key_set_is_refused() {
    for jwks in [
        json!({}),
        json!([]),
        json!({"keys": {}}),
        json!({"keys": [1]}),
        json!({"keys": null}),
        json!(null),
    ] {
        assert_eq!(
            PublicKeys::parse(&jwks).unwrap_err(),
            JwksError::Malformed,
            "{jwks}"
        );
    }
    assert_eq!(set(&[]).unwrap_err(), JwksError::NoUsableKey);
}

#[test]
fn r08_an_encryption_key_verifies_nothing() {
    let (key, jwk) = es256();
    let token = key.sign("JWT", &json!({})).unwrap();
    let jwk = without(&jwk, &["alg"]);
    for jwk in [
        with(&jwk, "use", json!("enc")),
        with(&without(&jwk, &["use"]), "key_ops", json!(["deriveKey"])),
        with(
            &with(&jwk, "use", json!("enc")),
            "key_ops",
            json!(["deriveBits", "verify"]),
        ),
    ] {
        assert_eq!(
            verify(&set(std::slice::from_ref(&jwk)).unwrap(), &token),
            Err(JoseError::UnknownKey),
            "{jwk}"
        );
    }
    let contradictory = with(&with(&jwk, "use", json!("enc")), "key_ops", json!(["verify"]));
    assert_eq!(set(&[contradictory]).unwrap_err(), JwksError::NoUsableKey);
}

#[test]
fn r08_another_clients_key_verifies_nothing() {
    let ((mine, _), (_, theirs)) = (es256(), es256());
    let token = mine.sign("JWT", &json!({})).unwrap();
    assert_eq!(
        verify(&set(std::slice::from_ref(&theirs)).unwrap(), &token),
        Err(JoseError::UnknownKey)
    );
    let renamed = with(&theirs, "kid", json!(mine.kid()));
    assert_eq!(
        verify(&set(&[renamed]).unwrap(), &token),
        Err(JoseError::BadSignature)
    );
}

#[test]
fn keys_without_a_name_work() {
    let ((one, one_jwk), (_, other_jwk)) = (es256(), es256());
    let nameless = without(&one_jwk, &["kid", "use", "alg"]);
    // The token names a key, the set does not.
    let token = one.sign("JWT", &json!({})).unwrap();
    assert!(
        verify(
            &set(&[without(&other_jwk, &["kid"]), nameless.clone()]).unwrap(),
            &token
        )
        .is_ok()
    );
    // Neither names one: each that fits is tried.
    let unnamed = crate::forge::es256(&one, r#"{"alg":"ES256"}"#, "{}");
    assert!(verify(&set(&[other_jwk.clone(), nameless]).unwrap(), &unnamed).is_ok());
    assert_eq!(
        verify(&set(&[other_jwk]).unwrap(), &unnamed),
        Err(JoseError::BadSignature)
    );
}

#[test]
fn d05_a_proof_key_with_a_private_member_is_refused() {
    let (key, jwk) = es256();
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
    let token = crate::forge::es256(&key, &header.to_string(), r#"{"jti":"1"}"#);
    let parsed = jose::Compact::parse(&token).unwrap();
    let embedded = PublicKeys::of_one(parsed.header("jwk").unwrap()).unwrap();
    assert!(embedded.verify(&parsed, Algorithm::FAPI).is_ok());
    assert_eq!(
        PublicKeys::of_one(&with(&jwk, "d", json!("AA"))).unwrap_err(),
        JwksError::PrivateKey
    );
    assert_eq!(
        PublicKeys::of_one(&json!({"kty": "oct", "k": "AA"})).unwrap_err(),
        JwksError::PrivateKey
    );
}

#[test]
fn a_pss_key_made_elsewhere_is_read_as_the_same_key() {
    let key = SigningKey::generate(Algorithm::Ps256).unwrap();
    let stored = PKey::private_key_from_pkcs8(&key.to_pkcs8_der().unwrap())
        .unwrap()
        .private_key_to_pkcs8()
        .unwrap();
    assert_eq!(
        SigningKey::from_pkcs8_der(Algorithm::Ps256, &stored)
            .unwrap()
            .kid(),
        key.kid()
    );
}
