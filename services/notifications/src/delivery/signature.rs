//! Signs what we send: HTTP message signatures (RFC 9421) over method, URL, type, digest (RFC 9530), date and interaction id.
//!
//! The key is the one that signs our tokens with ES256, published at the `jwks_uri` under the same `kid`. `docs/notifications.md` tells a
//! recipient how to verify, with an example that a test here compares.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Instant;
use jose::{Algorithm, JoseError, KeyRing};
use outbound::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The tag of a notification's signature (RFC9421-2.3): one that was made for it is good for nothing else.
pub const NOTIFICATION: &str = "fdx-notification";

/// The tag of a challenge's.
pub const CHALLENGE: &str = "fdx-notification-challenge";

/// The label of our signature in both fields.
const LABEL: &str = "concordat";

/// Of every body.
const CONTENT_TYPE: &str = "application/json";

/// How long a signature is good, seconds: a receiver's clock may be off, and a copy soon worthless.
const LIFETIME: i64 = 300;

/// What is covered, in this order. Everything that says what the message is, to whom, and when.
const COVERED: [&str; 6] = [
    "@method",
    "@target-uri",
    "content-type",
    "content-digest",
    "date",
    "x-fapi-interaction-id",
];

/// The headers of a signed POST of a JSON document to `url`, as the client will spell it.
///
/// # Errors
/// [`JoseError`] when there is no key that may sign now.
pub fn headers(
    ring: &KeyRing,
    tag: &str,
    url: &str,
    body: &[u8],
    interaction_id: Uuid,
    now: Instant,
) -> Result<HeaderMap, JoseError> {
    let key = ring.signer(Algorithm::Es256, now)?;
    let values = Values {
        url,
        content_digest: content_digest(body),
        // RFC9110-5.6.7: always GMT.
        date: now.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        interaction_id: interaction_id.to_string(),
    };
    let parameters = parameters(now.timestamp(), key.kid(), tag);
    let signature = key.sign_octets(base(&values, &parameters).as_bytes())?;
    let mut headers = HeaderMap::new();
    let mut set = |name: &'static str, value: String| {
        // Every value is made here, of visible ASCII.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("content-type", CONTENT_TYPE.to_owned());
    set("content-digest", values.content_digest);
    set("date", values.date);
    set("x-fapi-interaction-id", values.interaction_id);
    set("signature-input", format!("{LABEL}={parameters}"));
    set("signature", format!("{LABEL}=:{}:", STANDARD.encode(signature)));
    Ok(headers)
}

/// What is signed of one message.
struct Values<'a> {
    url: &'a str,
    content_digest: String,
    date: String,
    interaction_id: String,
}

/// RFC9530-2: the digest of the body as it is sent.
fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(jose::sha256(body)))
}

/// RFC9421-2.3: what is covered, and the signature's parameters, as they stand in `Signature-Input`.
///
/// `kid` is a thumbprint and `tag` a constant: neither holds a character that a quoted string would escape.
fn parameters(created: i64, kid: &str, tag: &str) -> String {
    let covered = COVERED.map(|name| format!("\"{name}\"")).join(" ");
    let expires = created + LIFETIME;
    format!(
        "({covered});created={created};expires={expires};keyid=\"{kid}\";alg=\"ecdsa-p256-sha256\";tag=\"{tag}\""
    )
}

/// RFC9421-2.5: one line a component, the parameters last, no newline at the end.
fn base(values: &Values<'_>, parameters: &str) -> String {
    let mut base = String::with_capacity(1_024);
    for name in COVERED {
        let value = match name {
            "@method" => "POST",
            "@target-uri" => values.url,
            "content-type" => CONTENT_TYPE,
            "content-digest" => &values.content_digest,
            "date" => &values.date,
            _ => &values.interaction_id,
        };
        base.push_str(&format!("\"{name}\": {value}\n"));
    }
    base.push_str(&format!("\"@signature-params\": {parameters}"));
    base
}

#[cfg(test)]
mod tests {
    use jose::{RingKey, SigningKey};
    use openssl::{bn::BigNum, ec::EcKey, ecdsa::EcdsaSig, pkey::PKey};
    use serde_json::Value;

    use super::*;

    /// RFC9421-B.1.3, test-key-ecc-p256.
    const KEY: &str = "-----BEGIN EC PRIVATE KEY-----\n\
        MHcCAQEEIFKbhfNZfpDsW43+0+JjUr9K+bTeuxopu653+hBaXGA7oAoGCCqGSM49\n\
        AwEHoUQDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM\n\
        4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n\
        -----END EC PRIVATE KEY-----\n";

    /// What recipients test their verification with.
    const VECTOR: &str = include_str!("../../../../interop/notifications/vector.json");
    const DOCUMENT: &str = include_str!("../../../../docs/notifications.md");

    fn ring(active_from: Instant) -> KeyRing {
        let key = PKey::private_key_from_pem(KEY.as_bytes()).unwrap();
        let key = SigningKey::from_pkcs8_der(Algorithm::Es256, &key.private_key_to_pkcs8().unwrap()).unwrap();
        KeyRing::new(vec![RingKey {
            key,
            active_from,
            signs_until: None,
            published_until: None,
        }])
        .unwrap()
    }

    fn is_signed(base: &str, signature: &str) -> bool {
        let signature = STANDARD.decode(signature).unwrap();
        let (r, s) = signature.split_at(32);
        let number = |bytes| BigNum::from_slice(bytes).unwrap();
        let signature = EcdsaSig::from_private_components(number(r), number(s)).unwrap();
        let key = EcKey::private_key_from_pem(KEY.as_bytes()).unwrap();
        signature.verify(&jose::sha256(base), &key).unwrap()
    }

    /// RFC9421-B.2.4: the form in which a signature is written here is the specification's.
    #[test]
    fn the_specifications_own_signature_verifies() {
        let base = "\"@status\": 200\n\"content-type\": application/json\n\
            \"content-digest\": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:\n\
            \"content-length\": 23\n\
            \"@signature-params\": (\"@status\" \"content-type\" \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-ecc-p256\"";
        let signature =
            "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==";
        assert!(is_signed(base, signature));
        assert!(!is_signed(&base.replace("200", "201"), signature));
    }

    /// What we send is the published vector, but for the signature, which is another each time; and both signatures are good.
    #[test]
    fn we_send_what_the_documented_vector_says() {
        let vector: Value = serde_json::from_str(VECTOR).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let now = Instant::from_timestamp(1_795_348_800, 999_000_000).unwrap();
        let id = text(&vector["headers"]["x-fapi-interaction-id"]);
        let body = text(&vector["body"]);
        let headers = headers(
            &ring(now),
            NOTIFICATION,
            &text(&vector["url"]),
            body.as_bytes(),
            id.parse().unwrap(),
            now,
        )
        .unwrap();
        for (name, value) in vector["headers"].as_object().unwrap() {
            let sent = headers.get(name).unwrap().to_str().unwrap();
            let expected = value.as_str().unwrap();
            if name == "signature" {
                for signature in [sent, expected] {
                    let signature = signature.strip_prefix("concordat=:").unwrap();
                    let signature = signature.strip_suffix(':').unwrap();
                    assert!(is_signed(&text(&vector["signature_base"]), signature));
                }
            } else {
                assert_eq!(sent, expected, "{name}");
            }
            assert!(DOCUMENT.contains(expected), "the document does not show {name}");
        }
        assert_eq!(headers.len(), vector["headers"].as_object().unwrap().len());
        assert!(DOCUMENT.contains(&text(&vector["signature_base"])));
        assert!(DOCUMENT.contains(&body));
        assert!(DOCUMENT.contains(&text(&vector["jwks"]["keys"][0]["kid"])));
    }

    #[test]
    fn a_key_that_may_not_sign_yet_signs_nothing() {
        let now = Instant::from_timestamp(1_795_348_800, 0).unwrap();
        let ring = ring(now + chrono::Duration::seconds(1));
        let refused = headers(&ring, CHALLENGE, "https://a.example/", b"", Uuid::nil(), now);
        assert!(matches!(refused, Err(JoseError::NoSigningKey)));
    }
}
