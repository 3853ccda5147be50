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
