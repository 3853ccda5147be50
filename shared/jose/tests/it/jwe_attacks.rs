//! Encrypted tokens that must be refused, all with the same answer.

use jose::PublicKeys;
use jose::encrypt::{ContentEncryption, DecryptError, DecryptionKey, EncryptError, KeyManagement};
use jose::{base64url, from_base64url};
use josekit::jwe::{self, JweContext, JweHeader};
use serde_json::{Value, json};

const ALL: [KeyManagement; 3] = [
    KeyManagement::RsaOaep256,
    KeyManagement::EcdhEs,
    KeyManagement::EcdhEsA256Kw,
];
const PLAIN: &[u8] = b"header.payload.signature";

fn encrypt_to(key: &DecryptionKey, algorithm: KeyManagement) -> String {
    PublicKeys::of_one(&key.public_jwk())
        .unwrap()
        .encrypt(PLAIN, algorithm, ContentEncryption::A256Gcm, Some("JWT"))
        .unwrap()
}

/// `text` with one of its five parts replaced.
fn replaced(text: &str, part: usize, by: &str) -> String {
    let mut parts: Vec<&str> = text.split('.').collect();
    parts[part] = by;
    parts.join(".")
}

fn header_of(text: &str) -> Value {
    serde_json::from_slice(&from_base64url(text.split('.').next().unwrap()).unwrap()).unwrap()
}

fn with_header(text: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut header = header_of(text);
    change(&mut header);
    replaced(text, 0, &base64url(header.to_string()))
}

/// A token as josekit makes it without our guard: `plain` for the RSA key, with these header members.
fn unguarded(key: &DecryptionKey, plain: &[u8], enc: &str, members: &[(&str, Value)]) -> String {
    let mut jwk = key.public_jwk();
    jwk.as_object_mut().unwrap().remove("alg");
    let jwk = josekit::jwk::Jwk::from_map(jwk.as_object().unwrap().clone()).unwrap();
    let encrypter = jwe::RSA_OAEP_256.encrypter_from_jwk(&jwk).unwrap();
    let mut header = JweHeader::new();
    header.set_content_encryption(enc);
    for (name, value) in members {
        header.set_claim(name, Some(value.clone())).unwrap();
    }
    JweContext::new()
        .serialize_compact(plain, &header, &encrypter)
        .unwrap()
}

/// What josekit says of `text` without our guard.
fn decrypted_without_guard(key: &DecryptionKey, text: &str) -> Vec<u8> {
    let decrypter = jwe::RSA_OAEP_256
        .decrypter_from_der(&*key.to_pkcs8_der().unwrap())
        .unwrap();
    JweContext::new().deserialize_compact(text, &decrypter).unwrap().0
}

#[test]
fn what_is_encrypted_to_a_key_is_decrypted_by_it_alone() {
    for algorithm in ALL {
        let key = DecryptionKey::generate(algorithm).unwrap();
        let keys = PublicKeys::of_one(&key.public_jwk()).unwrap();
        for content in [ContentEncryption::A256Gcm, ContentEncryption::A128Gcm] {
            let text = keys.encrypt(PLAIN, algorithm, content, Some("JWT")).unwrap();
            let header = header_of(&text);
            assert_eq!(header["kid"], key.kid());
            assert_eq!(
                (&header["enc"], &header["cty"]),
                (&json!(content.as_str()), &json!("JWT"))
            );
            assert_eq!(key.decrypt(&text).unwrap(), PLAIN);
            assert_eq!(
                DecryptionKey::generate(algorithm).unwrap().decrypt(&text),
                Err(DecryptError)
            );
        }
        let stored = DecryptionKey::from_pkcs8_der(algorithm, &key.to_pkcs8_der().unwrap()).unwrap();
        assert_eq!(stored.decrypt(&encrypt_to(&key, algorithm)).unwrap(), PLAIN);
    }
}

#[test]
fn nothing_is_encrypted_to_a_key_that_is_not_for_it() {
    let key = DecryptionKey::generate(KeyManagement::EcdhEs).unwrap();
    let keys = PublicKeys::of_one(&key.public_jwk()).unwrap();
    for algorithm in [KeyManagement::RsaOaep256, KeyManagement::EcdhEsA256Kw] {
        let verdict = keys.encrypt(PLAIN, algorithm, ContentEncryption::A256Gcm, None);
        assert_eq!(verdict, Err(EncryptError::NoKey));
    }
    let signing = jose::SigningKey::generate(jose::Algorithm::Es256)
        .unwrap()
        .public_jwk();
    let keys = PublicKeys::of_one(&signing).unwrap();
    let verdict = keys.encrypt(PLAIN, KeyManagement::EcdhEs, ContentEncryption::A256Gcm, None);
    assert_eq!(verdict, Err(EncryptError::NoKey));
}

#[test]
fn j06_no_critical_extension_is_understood_in_an_encrypted_token() {
    let key = DecryptionKey::generate(KeyManagement::RsaOaep256).unwrap();
    for crit in [json!([]), json!(["exp"]), json!(["x", "x"]), json!(["alg"])] {
        let text = unguarded(&key, PLAIN, "A256GCM", &[("crit", crit.clone()), ("x", json!(1))]);
        assert_eq!(
            decrypted_without_guard(&key, &text),
            PLAIN,
            "the library does not look"
        );
        assert_eq!(key.decrypt(&text), Err(DecryptError), "{crit}");
    }
    let text = unguarded(&key, PLAIN, "A256GCM", &[("x", json!(1))]);
    assert_eq!(key.decrypt(&text).unwrap(), PLAIN);
}

#[test]
fn j06_duplicate_header_names_are_refused_in_an_encrypted_token() {
    let key = DecryptionKey::generate(KeyManagement::RsaOaep256).unwrap();
    let text = encrypt_to(&key, KeyManagement::RsaOaep256);
    let header = header_of(&text).to_string();
    let twice = header.replacen('{', r#"{"alg":"none","#, 1);
    assert_eq!(
        key.decrypt(&replaced(&text, 0, &base64url(twice))),
        Err(DecryptError)
    );
}

#[test]
fn j08_json_serialisations_of_encrypted_tokens_are_refused() {
    let key = DecryptionKey::generate(KeyManagement::RsaOaep256).unwrap();
    let text = encrypt_to(&key, KeyManagement::RsaOaep256);
    let parts: Vec<&str> = text.split('.').collect();
    let flattened = json!({
        "protected": parts[0], "encrypted_key": parts[1], "iv": parts[2], "ciphertext": parts[3], "tag": parts[4]
    });
    assert_eq!(key.decrypt(&flattened.to_string()), Err(DecryptError));
}

#[test]
fn j10_a_compressed_token_is_refused_without_inflating() {
    let key = DecryptionKey::generate(KeyManagement::RsaOaep256).unwrap();
    let bomb = unguarded(&key, &vec![0; 4_000_000], "A256GCM", &[("zip", json!("DEF"))]);
    assert!(
        bomb.len() < jose::limits::TOKEN_CHARACTERS,
        "four megabytes in {} characters",
        bomb.len()
    );
    assert_eq!(
        decrypted_without_guard(&key, &bomb).len(),
        4_000_000,
        "the library inflates it"
    );
    assert_eq!(key.decrypt(&bomb), Err(DecryptError));
}

#[test]
fn j11_password_based_and_other_algorithms_are_refused() {
    let key = DecryptionKey::generate(KeyManagement::RsaOaep256).unwrap();
    let text = encrypt_to(&key, KeyManagement::RsaOaep256);
    for algorithm in [
        "PBES2-HS256+A128KW",
        "RSA1_5",
        "RSA-OAEP",
        "dir",
        "A256GCMKW",
        "none",
        "ECDH-ES",
    ] {
        let changed = with_header(&text, |header| {
            header["alg"] = json!(algorithm);
            header["p2c"] = json!(2_000_000_000);
            header["p2s"] = json!("AAAAAAAAAAAAAAAA");
        });
        assert_eq!(key.decrypt(&changed), Err(DecryptError), "{algorithm}");
    }
}

#[test]
fn j12_a_shortened_tag_is_refused() {
    for algorithm in ALL {
        let key = DecryptionKey::generate(algorithm).unwrap();
        let text = encrypt_to(&key, algorithm);
        let tag = from_base64url(text.rsplit_once('.').unwrap().1).unwrap();
        for length in 0..tag.len() {
            let shortened = replaced(&text, 4, &base64url(&tag[..length]));
            assert_eq!(key.decrypt(&shortened), Err(DecryptError), "{length} bytes");
        }
        let lengthened = replaced(&text, 4, &base64url([tag.as_slice(), &[0]].concat()));
        assert_eq!(key.decrypt(&lengthened), Err(DecryptError));
    }
}

#[test]
fn j12_an_initialization_vector_of_another_length_is_refused() {
    let key = DecryptionKey::generate(KeyManagement::RsaOaep256).unwrap();
    let text = encrypt_to(&key, KeyManagement::RsaOaep256);
    for length in [0, 1, 8, 11, 13, 16, 1000] {
        assert_eq!(
            key.decrypt(&replaced(&text, 2, &base64url(vec![0; length]))),
            Err(DecryptError)
        );
    }
}

#[test]
fn j13_cbc_is_refused_and_every_fault_has_one_answer() {
    let key = DecryptionKey::generate(KeyManagement::RsaOaep256).unwrap();
    let honest = unguarded(&key, PLAIN, "A128CBC-HS256", &[]);
    assert_eq!(decrypted_without_guard(&key, &honest), PLAIN);
    assert_eq!(key.decrypt(&honest), Err(DecryptError));

    let text = encrypt_to(&key, KeyManagement::RsaOaep256);
    for part in 0..5 {
        let bytes = from_base64url(text.split('.').nth(part).unwrap()).unwrap();
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(
                key.decrypt(&replaced(&text, part, &base64url(&changed))),
                Err(DecryptError)
            );
        }
    }
    assert_eq!(DecryptError.to_string(), "the encrypted token was refused");
}

#[test]
fn j15_an_ephemeral_point_off_the_curve_is_refused() {
    for algorithm in [KeyManagement::EcdhEs, KeyManagement::EcdhEsA256Kw] {
        let key = DecryptionKey::generate(algorithm).unwrap();
        let text = encrypt_to(&key, algorithm);
        let x = header_of(&text)["epk"]["x"].clone();
        type Change<'a> = &'a dyn Fn(&mut Value);
        let changes: [Change<'_>; 10] = [
            &|epk| epk["y"] = x.clone(),
            &|epk| epk["x"] = json!(base64url([0; 32])),
            &|epk| epk["x"] = json!(base64url([1; 31])),
            &|epk| epk["x"] = json!(""),
            &|epk| epk["crv"] = json!("P-384"),
            &|epk| epk["crv"] = json!("secp256k1"),
            &|epk| *epk = json!({"kty": "OKP", "crv": "X25519", "x": base64url([1; 32])}),
            &|epk| epk["d"] = json!("AA"),
            &|epk| *epk = json!("epk"),
            &|epk| *epk = Value::Null,
        ];
        for change in changes {
            let changed = with_header(&text, |header| change(&mut header["epk"]));
            assert_eq!(
                key.decrypt(&changed),
                Err(DecryptError),
                "{}",
                header_of(&changed)
            );
        }
    }
}

#[test]
fn a_wrapped_key_of_another_length_is_refused_without_panic() {
    for algorithm in ALL {
        let key = DecryptionKey::generate(algorithm).unwrap();
        let text = encrypt_to(&key, algorithm);
        let own = from_base64url(text.split('.').nth(1).unwrap()).unwrap().len();
        for length in [0, 1, 7, 8, 9, 15, 16, 24, 39, 40, 41, 255, 256, 257]
            .into_iter()
            .filter(|one| *one != own)
        {
            let changed = replaced(&text, 1, &base64url(vec![1; length]));
            assert_eq!(key.decrypt(&changed), Err(DecryptError), "{length} bytes");
        }
    }
}

#[test]
fn j16_j25_length_and_spelling_are_judged_first() {
    let key = DecryptionKey::generate(KeyManagement::EcdhEs).unwrap();
    let text = encrypt_to(&key, KeyManagement::EcdhEs);
    for text in [
        String::new(),
        "....".to_owned(),
        ".".repeat(1_000_000),
        format!("{text}."),
        format!("{text}="),
        format!("{text}\n"),
        replaced(&text, 3, &"A".repeat(jose::limits::TOKEN_CHARACTERS)),
        replaced(&text, 3, "AB"),
        replaced(&text, 0, ""),
    ] {
        assert_eq!(key.decrypt(&text), Err(DecryptError));
    }
}
