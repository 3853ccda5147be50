//! A rotation breaks nobody: who signs, who verifies, who is published, and when.

use chrono::TimeDelta;
use jose::{Algorithm, Compact, JoseError, KeyError, KeyRing, RingKey, SigningKey};
use serde_json::{Value, json};

use crate::forge::{NOW, at};

const HOUR: i64 = 3_600;

fn key(active: i64, signs: Option<i64>, published: Option<i64>) -> RingKey {
    RingKey {
        key: SigningKey::generate(Algorithm::Es256).unwrap(),
        active_from: at(active),
        signs_until: signs.map(at),
        published_until: published.map(at),
    }
}

fn kid_that_signs(ring: &KeyRing, second: i64) -> Result<String, JoseError> {
    let text = ring.sign(Algorithm::Es256, "JWT", &json!({}), at(second))?;
    Ok(Compact::parse(&text)?.kid().unwrap().to_owned())
}

fn published(ring: &KeyRing, second: i64) -> Vec<String> {
    let jwks = ring.jwks(at(second));
    let kids = jwks["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key: &Value| key["kid"].as_str().unwrap().to_owned());
    kids.collect()
}

#[test]
fn the_newest_active_key_signs_and_the_old_one_goes_on_verifying() {
    let old = key(NOW - 100 * HOUR, Some(NOW + HOUR), Some(NOW + 2 * HOUR));
    let new = key(NOW, None, None);
    let (old_kid, new_kid) = (old.key.kid().to_owned(), new.key.kid().to_owned());
    let ring = KeyRing::new(vec![old, new]).unwrap();

    assert_eq!(kid_that_signs(&ring, NOW - 1).unwrap(), old_kid);
    assert_eq!(kid_that_signs(&ring, NOW).unwrap(), new_kid);
    // Both are published before, during and after the change, until the old one is withdrawn.
    for second in [NOW - HOUR, NOW, NOW + 2 * HOUR - 1] {
        assert_eq!(published(&ring, second), [new_kid.clone(), old_kid.clone()]);
    }
    assert_eq!(published(&ring, NOW + 2 * HOUR), [new_kid]);

    let text = ring
        .sign(Algorithm::Es256, "JWT", &json!({ "n": 1 }), at(NOW - 1))
        .unwrap();
    let token = Compact::parse(&text).unwrap();
    let verdict = |second| ring.verify(&token, &[Algorithm::Es256], at(second));
    assert!(verdict(NOW + 2 * HOUR - 1).is_ok());
    assert_eq!(verdict(NOW + 2 * HOUR), Err(JoseError::UnknownKey));
    assert_eq!(
        ring.verify(&token, &[Algorithm::Ps256], at(NOW)),
        Err(JoseError::AlgorithmRefused)
    );
}

#[test]
fn without_an_active_key_nothing_is_signed() {
    let ring = KeyRing::new(vec![key(NOW + 1, None, None), key(NOW - 9, Some(NOW), None)]).unwrap();
    assert_eq!(kid_that_signs(&ring, NOW), Err(JoseError::NoSigningKey));
    assert!(kid_that_signs(&ring, NOW + 1).is_ok());
    let withdrawn = KeyRing::new(vec![key(NOW - 9, None, Some(NOW))]).unwrap();
    assert_eq!(kid_that_signs(&withdrawn, NOW), Err(JoseError::NoSigningKey));
    let verdict = ring.sign(Algorithm::Ps256, "JWT", &json!({}), at(NOW + 1));
    assert_eq!(verdict, Err(JoseError::NoSigningKey));
    assert_eq!(ring.algorithms(at(NOW)), []);
    assert_eq!(ring.algorithms(at(NOW + 1)), [Algorithm::Es256]);
}

#[test]
fn only_our_own_named_keys_verify_our_tokens() {
    let ours = key(NOW, None, None);
    let stranger = SigningKey::generate(Algorithm::Es256).unwrap();
    let kid = ours.key.kid().to_owned();
    let signer = ours.key.clone();
    let ring = KeyRing::new(vec![ours]).unwrap();
    let verdict = |text: &str| ring.verify(&Compact::parse(text)?, &[Algorithm::Es256], at(NOW));

    let named_ours = crate::forge::es256(
        &stranger,
        &json!({ "alg": "ES256", "kid": kid }).to_string(),
        "{}",
    );
    assert_eq!(verdict(&named_ours), Err(JoseError::BadSignature));
    assert_eq!(
        verdict(&stranger.sign("JWT", &json!({})).unwrap()),
        Err(JoseError::UnknownKey)
    );
    assert_eq!(
        verdict(&crate::forge::es256(&signer, r#"{"alg":"ES256"}"#, "{}")),
        Err(JoseError::UnknownKey)
    );
    assert!(verdict(&signer.sign("JWT", &json!({})).unwrap()).is_ok());
}

#[test]
fn one_key_twice_is_no_ring() {
    let one = key(NOW, None, None);
    let again = RingKey {
        active_from: at(NOW) + TimeDelta::hours(1),
        ..one.clone()
    };
    assert_eq!(
        KeyRing::new(vec![one, again]).unwrap_err(),
        KeyError::DuplicateKid
    );
}
