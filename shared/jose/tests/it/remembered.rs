//! Remembering a signature changes no answer, whatever happens between two askings.

use jose::{Algorithm, JoseError, KeyRing, RememberedSignatures, RingKey, SigningKey};
use serde_json::json;

use crate::forge::{NOW, at};

const ES256: &[Algorithm] = &[Algorithm::Es256];

fn ring(published_until: Option<i64>) -> (SigningKey, KeyRing) {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let published_until = published_until.map(at);
    let ring_key = RingKey {
        key: key.clone(),
        active_from: at(0),
        signs_until: None,
        published_until,
    };
    (key, KeyRing::new(vec![ring_key]).unwrap())
}

#[test]
fn the_second_answer_is_the_first() {
    let (key, ring) = ring(None);
    let memory = RememberedSignatures::new(10);
    let text = key.sign("at+jwt", &json!({ "sub": "user-1" })).unwrap();
    let first = memory.verify(&ring, &text, "at+jwt", ES256, at(NOW)).unwrap();
    assert_eq!(memory.verify(&ring, &text, "at+jwt", ES256, at(NOW)), Ok(first));
}

#[test]
fn a_withdrawn_key_takes_its_remembered_tokens_with_it() {
    let (key, ring) = ring(Some(NOW));
    let memory = RememberedSignatures::new(10);
    let text = key.sign("at+jwt", &json!({})).unwrap();
    assert!(memory.verify(&ring, &text, "at+jwt", ES256, at(NOW - 1)).is_ok());
    assert_eq!(
        memory.verify(&ring, &text, "at+jwt", ES256, at(NOW)),
        Err(JoseError::UnknownKey)
    );
    let replaced = self::ring(None).1;
    assert_eq!(
        memory.verify(&replaced, &text, "at+jwt", ES256, at(NOW - 1)),
        Err(JoseError::UnknownKey)
    );
}

#[test]
fn type_and_algorithm_are_judged_each_time() {
    let (key, ring) = ring(None);
    let memory = RememberedSignatures::new(10);
    let text = key.sign("JWT", &json!({})).unwrap();
    assert!(memory.verify(&ring, &text, "JWT", ES256, at(NOW)).is_ok());
    assert_eq!(
        memory.verify(&ring, &text, "at+jwt", ES256, at(NOW)),
        Err(JoseError::HeaderMember)
    );
    let verdict = memory.verify(&ring, &text, "JWT", &[Algorithm::Ps256], at(NOW));
    assert_eq!(verdict, Err(JoseError::AlgorithmRefused));
}

#[test]
fn forgeries_are_never_remembered_and_memory_is_bounded() {
    let (key, ring) = ring(None);
    for capacity in [0, 1, 2, 10] {
        let memory = RememberedSignatures::new(capacity);
        for number in 0..30 {
            let text = key.sign("JWT", &json!({ "n": number })).unwrap();
            let forged = format!("{}A", &text[..text.len() - 1]);
            for _ in 0..2 {
                assert!(memory.verify(&ring, &text, "JWT", ES256, at(NOW)).is_ok());
                let verdict = memory.verify(&ring, &forged, "JWT", ES256, at(NOW));
                assert!(forged == text || verdict.is_err());
            }
        }
        assert!(memory.len() <= capacity, "{} of {capacity}", memory.len());
    }
}
