//! A received compact JWS: its shape is known, nothing in it is believed.
//!
//! Decides what may reach a verifier at all: length, three canonical base64url parts, a strict header with a known
//! algorithm and without demands that we do not understand. Embedded keys (`jwk`, `jku`, `x5u`, `x5c`) are read by
//! nobody and fetched by nobody (J03); the verifier's keys come from the registration.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::base64url::from_base64url;
use crate::{Algorithm, Claims, JoseError, json, limits};

/// A compact JWS whose signature nobody has checked. [`crate::PublicKeys::verify`] or [`crate::KeyRing::verify`]
/// make [`Claims`] of it.
pub struct Compact<'a> {
    header: Map<String, Value>,
    algorithm: Algorithm,
    signing_input: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
    claims: OnceLock<Result<Claims, JoseError>>,
}

impl<'a> Compact<'a> {
    /// Reads the shape of `text`.
    ///
    /// # Errors
    /// Any that a stranger's text can cause before keys matter; see [`JoseError`].
    pub fn parse(text: &'a str) -> Result<Self, JoseError> {
        if text.len() > limits::TOKEN_CHARACTERS {
            return Err(JoseError::TooLong);
        }
        let (signing_input, signature) = text.rsplit_once('.').ok_or(JoseError::NotCompact)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JoseError::NotCompact)?;
        if header.is_empty() || payload.is_empty() || payload.contains('.') {
            return Err(JoseError::NotCompact);
        }
        if header.len() > limits::HEADER_CHARACTERS {
            return Err(JoseError::TooLong);
        }
        let header = from_base64url(header).ok_or(JoseError::NotBase64url)?;
        let header = json::parse_object(&header, limits::HEADER_CHARACTERS).map_err(JoseError::Header)?;
        let algorithm = guard(&header)?;
        if signature.is_empty() {
            return Err(JoseError::Unsigned);
        }
        let signature = from_base64url(signature).ok_or(JoseError::NotBase64url)?;
        Ok(Self {
            header,
            algorithm,
            signing_input,
            payload,
            signature,
            claims: OnceLock::new(),
        })
    }

    /// The key that the sender says it used.
    pub fn kid(&self) -> Option<&str> {
        self.header_str("kid")
    }

    /// The kind of token that the sender says it is, as written.
    pub fn typ(&self) -> Option<&str> {
        self.header_str("typ")
    }

    /// Whether `typ` is this media type: case does not matter, and `application/` may be left out (RFC 7515 4.1.9).
    pub fn is_type(&self, media_subtype: &str) -> bool {
        self.typ().is_some_and(|typ| {
            let subtype = match typ.split_at_checked("application/".len()) {
                Some((prefix, rest)) if prefix.eq_ignore_ascii_case("application/") => rest,
                _ => typ,
            };
            subtype.eq_ignore_ascii_case(media_subtype)
        })
    }

    /// The algorithm that the header names: to be compared with the registered one, never to be obeyed.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// A header member as sent, unproven. For a DPoP proof's `jwk` (RFC 9449 4.3), which is the one kind of token
    /// that brings its own key; any other reader of embedded keys is a mistake (J03).
    pub fn header(&self, name: &str) -> Option<&Value> {
        self.header.get(name)
    }

    /// A string claim that nobody has proven, only to find whose keys to use. Empty strings count as absent.
    pub fn unverified_claim_str(&self, name: &str) -> Option<String> {
        let claims = self.claims().ok()?;
        claims
            .get(name)?
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    /// The bytes that are signed.
    pub(crate) fn signing_input(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    /// The signature, of any length.
    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The payload, read at most once. Its caller has verified the signature, or hands out one string as unverified.
    pub(crate) fn claims(&self) -> Result<Claims, JoseError> {
        self.claims
            .get_or_init(|| {
                let payload = from_base64url(self.payload).ok_or(JoseError::NotBase64url)?;
                json::parse_object(&payload, limits::TOKEN_CHARACTERS)
                    .map(Claims::proven)
                    .map_err(JoseError::Payload)
            })
            .clone()
    }

    fn header_str(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }
}

/// The header's algorithm, if nothing in the header forbids going on.
fn guard(header: &Map<String, Value>) -> Result<Algorithm, JoseError> {
    // J06: we implement no extension, so every `crit` is unknown, empty, or names what must not be in it. `b64` (RFC
    // 7797) is such an extension, and changes what is signed.
    if header.contains_key("crit") || header.contains_key("b64") {
        return Err(JoseError::Critical);
    }
    let name = header
        .get("alg")
        .and_then(Value::as_str)
        .ok_or(JoseError::HeaderMember)?;
    if name.eq_ignore_ascii_case("none") {
        return Err(JoseError::Unsigned);
    }
    for name in ["kid", "typ", "cty"] {
        match header.get(name) {
            None => {}
            Some(Value::String(text)) if !text.is_empty() && text.len() <= limits::KEY_ID_BYTES => {}
            Some(_) => return Err(JoseError::HeaderMember),
        }
    }
    Algorithm::from_name(name).ok_or(JoseError::AlgorithmUnknown)
}

impl std::fmt::Debug for Compact<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Compact")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
