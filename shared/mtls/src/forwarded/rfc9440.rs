//! RFC 9440: the leaf as a byte sequence in `Client-Cert`, the rest of the chain as a list of them in
//! `Client-Cert-Chain`, without the leaf, nearest first.

use super::{ForwardedError, encoding};
use crate::certificate::PresentedCertificate;

pub(super) fn read(leaf: &str, chain: Option<&str>) -> Result<PresentedCertificate, ForwardedError> {
    let leaf = byte_sequence(leaf)?;
    let chain: Vec<Vec<u8>> = match chain {
        Some(chain) => chain
            .split(',')
            .map(|item| byte_sequence(item.trim_matches(' ')))
            .collect::<Result<_, _>>()?,
        None => Vec::new(),
    };
    Ok(PresentedCertificate::from_der(&leaf, &chain)?)
}

/// RFC8941-3.3.5: base64 between colons. Parameters mean nothing here, so none may follow.
fn byte_sequence(item: &str) -> Result<Vec<u8>, ForwardedError> {
    if item.matches(':').count() > 2 && item.contains(',') {
        return Err(ForwardedError::Twice);
    }
    let inner = item.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
    encoding::base64(inner.ok_or(ForwardedError::Malformed)?)
}
