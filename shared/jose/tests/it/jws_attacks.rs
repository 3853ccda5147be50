//! Signed tokens that must be refused, and where.

use jose::json::JsonError;
use jose::{Algorithm, Compact, JoseError, PublicKeys, SigningKey, base64url, limits};
use openssl::pkey::PKey;
use serde_json::{Value, json};

use crate::forge::{es256, es256_signature, es256_signature_parts, hs256, keys_of, signing_input, verify};

const PAYLOAD: &str = r#"{"iss":"client-1"}"#;
const HEADER: &str = r#"{"alg":"ES256"}"#;

/// P-256's order, less one byte of suspense: FIPS 186-4 D.1.2.3.
const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

fn client() -> (SigningKey, PublicKeys) {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let keys = keys_of(&[&key]);
    (key, keys)
}

fn refusal(text: &str) -> JoseError {
    verify(&client().1, text).unwrap_err()
}

#[test]
fn an_honest_token_is_accepted() {
    let (key, keys) = client();
    assert_eq!(
        verify(&keys, &es256(&key, HEADER, PAYLOAD)).unwrap().str("iss"),
        Ok(Some("client-1"))
    );
}

#[test]
fn j01_unsigned_tokens_are_refused_before_any_key_is_looked_up() {
    for name in ["none", "None", "NONE", "nOnE"] {
        let input = signing_input(&format!(r#"{{"alg":"{name}"}}"#), PAYLOAD);
        for token in [format!("{input}."), format!("{input}.{}", base64url([1; 64]))] {
            assert_eq!(
                Compact::parse(&token).unwrap_err(),
                JoseError::Unsigned,
                "{token}"
            );
        }
    }
    let stripped = format!("{}.", signing_input(HEADER, PAYLOAD));
    assert_eq!(Compact::parse(&stripped).unwrap_err(), JoseError::Unsigned);
}

#[test]
fn j02_a_public_key_is_no_hmac_secret() {
    let rsa = SigningKey::generate(Algorithm::Ps256).unwrap();
    let keys = keys_of(&[&rsa]);
    let public = PKey::private_key_from_pkcs8(&rsa.to_pkcs8_der().unwrap()).unwrap();
    for secret in [
        public.public_key_to_pem().unwrap(),
        public.public_key_to_der().unwrap(),
        rsa.public_jwk().to_string().into_bytes(),
    ] {
        assert_eq!(
            verify(&keys, &hs256(&secret, PAYLOAD)),
            Err(JoseError::AlgorithmUnknown)
        );
    }
}

#[test]
fn j02_the_header_does_not_choose_the_algorithm() {
    // The same RSA key, and an algorithm that it could do and the registration does not name.
    let key = SigningKey::generate(Algorithm::Rs256).unwrap();
    let mut jwk = key.public_jwk();
    jwk.as_object_mut().unwrap().remove("alg");
    let keys = PublicKeys::of_one(&jwk).unwrap();
    let token = key.sign("JWT", &json!({ "iss": "client-1" })).unwrap();
    let token = Compact::parse(&token).unwrap();
    assert_eq!(
        keys.verify(&token, Algorithm::FAPI),
        Err(JoseError::AlgorithmRefused)
    );
    assert_eq!(keys.verify(&token, &[]), Err(JoseError::AlgorithmRefused));
    assert!(
        keys.verify(&token, &[Algorithm::Rs256]).is_ok(),
        "OpenID Connect clients may"
    );
}

#[test]
fn j02_a_keys_own_alg_binds_it() {
    let key = SigningKey::generate(Algorithm::Rs256).unwrap();
    let mut jwk = key.public_jwk();
    jwk["alg"] = json!("PS256");
    let token = key.sign("JWT", &json!({})).unwrap();
    let verdict = PublicKeys::of_one(&jwk)
        .unwrap()
        .verify(&Compact::parse(&token).unwrap(), &[Algorithm::Rs256]);
    assert_eq!(verdict, Err(JoseError::UnknownKey));
}

#[test]
fn j03_embedded_keys_and_addresses_are_ignored() {
    let ((victim, keys), attacker) = (client(), SigningKey::generate(Algorithm::Es256).unwrap());
    let mut header = json!({
        "alg": "ES256",
        "jwk": attacker.public_jwk(),
        "jku": "http://127.0.0.1:9/jwks",
        "x5u": "http://127.0.0.1:9/certificate",
        "x5c": ["bm8gY2VydGlmaWNhdGU="],
    });
    assert_eq!(
        verify(&keys, &es256(&attacker, &header.to_string(), PAYLOAD)),
        Err(JoseError::BadSignature)
    );
    assert!(verify(&keys, &es256(&victim, &header.to_string(), PAYLOAD)).is_ok());
    header["kid"] = json!(victim.kid());
    assert_eq!(
        verify(&keys, &es256(&attacker, &header.to_string(), PAYLOAD)),
        Err(JoseError::BadSignature)
    );
}

#[test]
fn j05_degenerate_and_der_signatures_are_refused() {
    let (key, keys) = client();
    let input = signing_input(HEADER, PAYLOAD);
    let order: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&ORDER[at * 2..at * 2 + 2], 16).unwrap())
        .collect();
    let honest = es256_signature(&key, &input);
    let (r, s) = honest.split_at(32);
    let zero = [0; 32];
    for signature in [
        [zero, zero].concat(),
        [r, &zero].concat(),
        [&zero, s].concat(),
        [r, &order].concat(),
        [order.as_slice(), s].concat(),
        [r, &[0xff; 32]].concat(),
        [[0xff; 32], [0xff; 32]].concat(),
        es256_signature_parts(&key, &input).to_der().unwrap(),
        honest[..63].to_vec(),
        [honest.as_slice(), &[0]].concat(),
        [&[0], honest.as_slice()].concat(),
        vec![1],
    ] {
        let token = format!("{input}.{}", base64url(&signature));
        assert_eq!(
            verify(&keys, &token),
            Err(JoseError::BadSignature),
            "{signature:02x?}"
        );
    }
    assert!(verify(&keys, &format!("{input}.{}", base64url(&honest))).is_ok());
}

#[test]
fn j05_signatures_of_other_lengths_are_refused_for_every_algorithm() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Ps256] {
        let key = SigningKey::generate(algorithm).unwrap();
        let input = signing_input(&json!({ "alg": algorithm.as_str() }).to_string(), PAYLOAD);
        for length in [1, 63, 64, 65, 114, 255, 256, 257, 512] {
            let token = format!("{input}.{}", base64url(vec![1; length]));
            assert_eq!(
                verify(&keys_of(&[&key]), &token),
                Err(JoseError::BadSignature),
                "{algorithm} {length}"
            );
        }
    }
}

#[test]
fn j06_no_critical_extension_is_understood() {
    let (key, keys) = client();
    for crit in [
        r#""crit":["exp"],"exp":1"#,
        r#""crit":[]"#,
        r#""crit":["b64"],"b64":false"#,
        r#""crit":["x","x"],"x":1"#,
        r#""crit":["alg"]"#,
        r#""crit":null"#,
        r#""crit":"x""#,
        r#""b64":false"#,
    ] {
        let token = es256(&key, &format!(r#"{{"alg":"ES256",{crit}}}"#), PAYLOAD);
        assert_eq!(verify(&keys, &token), Err(JoseError::Critical), "{crit}");
    }
}

#[test]
fn j06_duplicate_names_in_the_header_are_refused() {
    let (key, keys) = client();
    for header in [
        r#"{"alg":"none","alg":"ES256"}"#,
        r#"{"alg":"ES256","\u0061lg":"none"}"#,
        r#"{"alg":"ES256","kid":"a","kid":"b"}"#,
        r#"{"alg":"ES256","jwk":{"x":1,"x":2}}"#,
    ] {
        let verdict = verify(&keys, &es256(&key, header, PAYLOAD));
        assert_eq!(
            verdict,
            Err(JoseError::Header(JsonError::DuplicateName)),
            "{header}"
        );
    }
}

#[test]
fn duplicate_names_in_the_payload_are_refused() {
    let (key, keys) = client();
    for payload in [r#"{"iss":"a","iss":"b"}"#, r#"{"a":{"b":[{"c":1,"c":1}]}}"#] {
        let verdict = verify(&keys, &es256(&key, HEADER, payload));
        assert_eq!(verdict, Err(JoseError::Payload(JsonError::DuplicateName)));
    }
}

#[test]
fn j08_json_serialisations_are_refused() {
    let key = client().0;
    let token = es256(&key, HEADER, PAYLOAD);
    let parts: Vec<&str> = token.split('.').collect();
    let flattened = json!({ "protected": parts[0], "payload": parts[1], "signature": parts[2] });
    let general = json!({
        "payload": parts[1], "signatures": [{ "protected": parts[0], "signature": parts[2] }]
    });
    for text in [flattened.to_string(), general.to_string()] {
        assert_eq!(refusal(&text), JoseError::NotCompact);
    }
    // With dots inside, it falls at the alphabet instead.
    let dotted = json!({ "protected": "a.b.c", "payload": parts[1], "signature": parts[2] }).to_string();
    assert_eq!(refusal(&dotted), JoseError::NotBase64url);
}

#[test]
fn other_numbers_of_parts_are_refused() {
    for text in [
        "",
        ".",
        "..",
        "...",
        "a",
        "a.b",
        "a.b.c.d",
        "a.b.c.d.e",
        ".b.c",
        "a..c",
    ] {
        assert_eq!(refusal(text), JoseError::NotCompact, "{text}");
    }
}

#[test]
fn j16_length_is_judged_before_anything_is_decoded() {
    let dots = ".".repeat(1_000_000);
    let header = format!("{}.e30.AA", "A".repeat(10_000_000));
    let claims: Value = (0..100_000)
        .map(|number| (format!("claim{number}"), json!(1)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let (key, _) = client();
    for text in [dots, header, es256(&key, HEADER, &claims.to_string())] {
        assert_eq!(refusal(&text), JoseError::TooLong);
    }
    let long_header = format!("{}.e30.AA", "A".repeat(limits::HEADER_CHARACTERS + 1));
    assert_eq!(refusal(&long_header), JoseError::TooLong);
    let long_kid = json!({ "alg": "ES256", "kid": "k".repeat(limits::KEY_ID_BYTES + 1) }).to_string();
    assert_eq!(refusal(&es256(&key, &long_kid, PAYLOAD)), JoseError::HeaderMember);
}

#[test]
fn j18_a_date_out_of_range_is_refused_and_nobody_panics() {
    let (key, keys) = client();
    for exp in ["18446744073709551615", "1e300", "-1", "\"1\"", "true", "null"] {
        let claims = verify(&keys, &es256(&key, HEADER, &format!(r#"{{"exp":{exp}}}"#))).unwrap();
        assert_eq!(
            claims.instant("exp"),
            Err(jose::ClaimError::Malformed("exp")),
            "{exp}"
        );
    }
    let verdict = verify(&keys, &es256(&key, HEADER, r#"{"exp":1e400}"#));
    assert_eq!(verdict, Err(JoseError::Payload(JsonError::Malformed)));
}

#[test]
fn j25_other_spellings_of_the_same_bytes_are_refused() {
    let (key, keys) = client();
    let token = es256(&key, HEADER, PAYLOAD);
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        unreachable!()
    };
    for text in [
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}=.{signature}"),
        format!("{header}.{payload}.{signature}="),
        format!("{header}.{payload}.{signature}=="),
        format!("{token}\n"),
        format!(" {token}"),
        format!("{header}.{payload} .{signature}"),
        format!("{header}.{payload}.{signature}\0"),
        format!("{header}.{payload}.{}+/", &signature[2..]),
    ] {
        let verdict = verify(&keys, &text);
        assert!(
            matches!(verdict, Err(JoseError::NotBase64url | JoseError::BadSignature)),
            "{text}: {verdict:?}"
        );
    }
    // 64 bytes leave four unused bits in the last character: setting one spells the same signature differently.
    let last = signature.chars().last().unwrap();
    let stray = char::from(u8::try_from(u32::from(last)).unwrap() + 1);
    let text = format!("{header}.{payload}.{}{stray}", &signature[..signature.len() - 1]);
    assert_eq!(verify(&keys, &text), Err(JoseError::NotBase64url));
}

#[test]
fn j25_a_payload_in_another_spelling_is_refused_although_it_is_signed() {
    let (key, keys) = client();
    let input = format!("{}.{}=", base64url(HEADER), base64url("{\"a\":1}x"));
    let token = format!("{input}.{}", base64url(es256_signature(&key, &input)));
    assert_eq!(verify(&keys, &token), Err(JoseError::NotBase64url));
}

#[test]
fn j28_deep_nesting_is_refused_in_header_and_payload() {
    let (key, keys) = client();
    let deep = format!("{}1{}", "[".repeat(128), "]".repeat(128));
    let header = format!(r#"{{"alg":"ES256","x":{deep}}}"#);
    assert_eq!(
        verify(&keys, &es256(&key, &header, PAYLOAD)),
        Err(JoseError::Header(JsonError::TooDeep))
    );
    let payload = format!(r#"{{"x":{deep}}}"#);
    assert_eq!(
        verify(&keys, &es256(&key, HEADER, &payload)),
        Err(JoseError::Payload(JsonError::TooDeep))
    );
}

#[test]
fn header_members_of_another_type_are_refused() {
    for header in [
        "{}",
        r#"{"alg":1}"#,
        r#"{"alg":null}"#,
        r#"{"alg":["ES256"]}"#,
        r#"{"alg":"ES256","kid":1}"#,
        r#"{"alg":"ES256","kid":""}"#,
        r#"{"alg":"ES256","typ":null}"#,
        r#"{"alg":"ES256","cty":{}}"#,
    ] {
        assert_eq!(
            refusal(&es256(&client().0, header, PAYLOAD)),
            JoseError::HeaderMember,
            "{header}"
        );
    }
    assert_eq!(
        refusal(&es256(&client().0, "[]", PAYLOAD)),
        JoseError::Header(JsonError::NotAnObject)
    );
    assert_eq!(
        refusal(&es256(&client().0, "es256", PAYLOAD)),
        JoseError::Header(JsonError::Malformed)
    );
}

#[test]
fn a_payload_that_is_no_object_is_refused() {
    let (key, keys) = client();
    for payload in ["[]", "1", "\"x\"", "null"] {
        let verdict = verify(&keys, &es256(&key, HEADER, payload));
        assert_eq!(
            verdict,
            Err(JoseError::Payload(JsonError::NotAnObject)),
            "{payload}"
        );
    }
    let verdict = verify(&keys, &es256(&key, HEADER, "{"));
    assert_eq!(verdict, Err(JoseError::Payload(JsonError::Malformed)));
}

#[test]
fn a_changed_header_payload_or_signature_is_refused() {
    let (key, keys) = client();
    let token = es256(&key, HEADER, PAYLOAD);
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        unreachable!()
    };
    let other = base64url(r#"{"iss":"client-2"}"#);
    let header_with_space = base64url(r#"{"alg": "ES256"}"#);
    for text in [
        format!("{header}.{other}.{signature}"),
        format!("{header_with_space}.{payload}.{signature}"),
    ] {
        assert_eq!(verify(&keys, &text), Err(JoseError::BadSignature));
    }
}

#[test]
fn unverified_claims_are_only_texts_and_never_a_verdict() {
    let input = signing_input(HEADER, r#"{"iss":"client-1","n":1,"empty":""}"#);
    let text = format!("{input}.{}", base64url([1; 64]));
    let token = Compact::parse(&text).unwrap();
    assert_eq!(token.unverified_claim_str("iss").as_deref(), Some("client-1"));
    for name in ["n", "empty", "absent"] {
        assert_eq!(token.unverified_claim_str(name), None);
    }
    assert_eq!(
        client().1.verify(&token, Algorithm::FAPI),
        Err(JoseError::BadSignature)
    );
}
