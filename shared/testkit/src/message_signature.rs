//! Verifies an HTTP message signature (RFC 9421) and digest (RFC 9530) as a recipient would, from what arrived alone: what is
//! covered is read from the message, not known beforehand.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{
    bn::BigNum,
    ec::{EcGroup, EcKey},
    ecdsa::EcdsaSig,
    nid::Nid,
    sha::sha256,
};
use serde_json::Value;

use crate::receiver::Received;

/// What a signature says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The components that it covers, in order.
    pub covered: Vec<String>,
    /// `created`, seconds.
    pub created: i64,
    /// `expires`, seconds.
    pub expires: i64,
    /// `keyid`.
    pub keyid: String,
    /// `tag`.
    pub tag: String,
}

/// Verifies the one signature of a request that came to `url`, with the keys of this JWK Set.
///
/// # Errors
/// What is wrong, in words.
pub fn verify(request: &Received, url: &str, jwks: &Value) -> Result<Verified, String> {
    let header = |name: &str| request.header(name).ok_or(format!("no {name}"));
    let digest = format!("sha-256=:{}:", STANDARD.encode(sha256(&request.body)));
    if header("content-digest")? != digest {
        return Err("the digest is of another body".into());
    }
    let (label, parameters) = header("signature-input")?.split_once('=').ok_or("no label")?;
    let (covered, rest) = parameters
        .strip_prefix('(')
        .and_then(|text| text.split_once(')'))
        .ok_or("no list of components")?;
    let covered: Vec<String> = covered
        .split(' ')
        .map(|name| name.trim_matches('"').to_owned())
        .collect();
    let values: HashMap<&str, &str> = rest
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name, value.trim_matches('"')))
        .collect();
    let value = |name: &str| values.get(name).copied().ok_or(format!("no {name}"));
    let number = |name: &str| value(name)?.parse::<i64>().map_err(|error| error.to_string());
    if value("alg")? != "ecdsa-p256-sha256" {
        return Err("another algorithm".into());
    }

    let mut base = String::new();
    for name in &covered {
        let line = match name.as_str() {
            "@method" => request.method.as_str(),
            "@target-uri" => url,
            field => header(field)?,
        };
        base.push_str(&format!("\"{name}\": {line}\n"));
    }
    base.push_str(&format!("\"@signature-params\": {parameters}"));

    let signature = header("signature")?
        .strip_prefix(&format!("{label}=:"))
        .and_then(|text| text.strip_suffix(':'))
        .and_then(|text| STANDARD.decode(text).ok())
        .filter(|signature| signature.len() == 64)
        .ok_or("no signature of that label")?;
    let keys = jwks["keys"].as_array().ok_or("no keys")?;
    let key = keys
        .iter()
        .find(|key| key["kid"] == value("keyid").unwrap_or_default());
    if !is_signed(key.ok_or("an unknown key")?, base.as_bytes(), &signature) {
        return Err("a bad signature".into());
    }
    Ok(Verified {
        covered,
        created: number("created")?,
        expires: number("expires")?,
        keyid: value("keyid")?.to_owned(),
        tag: value("tag")?.to_owned(),
    })
}

/// Whether the key (a P-256 JWK) made this signature (r and s, 32 bytes each).
pub fn is_signed(key: &Value, base: &[u8], signature: &[u8]) -> bool {
    let number = |name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
        BigNum::from_slice(&bytes).unwrap()
    };
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = EcKey::from_public_key_affine_coordinates(&group, &number("x"), &number("y")).unwrap();
    let (r, s) = signature.split_at(32);
    let signature =
        EcdsaSig::from_private_components(BigNum::from_slice(r).unwrap(), BigNum::from_slice(s).unwrap())
            .unwrap();
    signature.verify(&sha256(base), &key).unwrap()
}
