//! Envoy: `X-Forwarded-Client-Cert`, one element of `Key=value` pairs.
//!
//! Several elements mean that Envoy appended to what it received (`APPEND_FORWARD`), and the first is then
//! whatever the client wrote: only `SANITIZE_SET` with one element is accepted. `Cert` is the leaf and
//! `Chain` the chain with the leaf, both percent-encoded PEM. `Hash`, when there, must agree; `Subject`,
//! `URI`, `DNS` and `By` are read from the certificate itself.

use openssl::sha::sha256;

use super::{ForwardedError, encoding};
use crate::certificate::PresentedCertificate;

/// Pairs in an element: seven keys exist, and `URI` and `DNS` may stand several times.
const MAX_PAIRS: usize = 64;

pub(super) fn read(element: &str) -> Result<PresentedCertificate, ForwardedError> {
    let mut leaf = None;
    let mut chain = None;
    let mut hash = None;
    for (key, value) in pairs(element)? {
        let slot = match key.to_ascii_lowercase().as_str() {
            "cert" => &mut leaf,
            "chain" => &mut chain,
            "hash" => &mut hash,
            _ => continue,
        };
        if slot.replace(value).is_some() {
            return Err(ForwardedError::Twice);
        }
    }
    let leaf = encoding::one_pem(&encoding::percent(&leaf.ok_or(ForwardedError::Malformed)?)?)?;
    if hash.is_some_and(|hash| !hash.eq_ignore_ascii_case(&hex(&sha256(&leaf)))) {
        return Err(ForwardedError::Malformed);
    }
    let mut chain = match chain {
        Some(chain) => encoding::pem(&encoding::percent(&chain)?)?,
        None => Vec::new(),
    };
    chain.retain(|certificate| *certificate != leaf);
    Ok(PresentedCertificate::from_der(&leaf, &chain)?)
}

/// Splits at `;`, outside quotes; within quotes a backslash makes the next character stand for itself.
fn pairs(element: &str) -> Result<Vec<(&str, String)>, ForwardedError> {
    let mut pairs = Vec::new();
    let mut rest = element;
    loop {
        let (key, after) = rest.split_once('=').ok_or(ForwardedError::Malformed)?;
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphabetic()) || pairs.len() == MAX_PAIRS {
            return Err(ForwardedError::Malformed);
        }
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => take_quoted(quoted)?,
            None => {
                let end = after.find([';', ',', '"']).unwrap_or(after.len());
                let (value, after) = after.split_at(end);
                (value.to_owned(), after)
            }
        };
        pairs.push((key, value));
        match after.chars().next() {
            None => return Ok(pairs),
            Some(';') => rest = after.get(1..).unwrap_or_default(),
            Some(',') => return Err(ForwardedError::Twice),
            Some(_) => return Err(ForwardedError::Malformed),
        }
    }
}

/// The value up to the closing quote, and what follows it.
fn take_quoted(quoted: &str) -> Result<(String, &str), ForwardedError> {
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((value, quoted.get(at + 1..).unwrap_or_default())),
            '\\' => value.push(characters.next().ok_or(ForwardedError::Malformed)?.1),
            _ => value.push(character),
        }
    }
    Err(ForwardedError::Malformed)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
