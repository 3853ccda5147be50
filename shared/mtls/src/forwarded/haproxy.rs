//! HAProxy: `ssl_c_der,base64`, the leaf as base64 of its DER, with or without the quotes of `%{+Q}`.

use super::{ForwardedError, encoding};
use crate::certificate::PresentedCertificate;

pub(super) fn read(leaf: &str) -> Result<PresentedCertificate, ForwardedError> {
    let bare = leaf
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(leaf);
    let leaf = encoding::base64(bare)?;
    Ok(PresentedCertificate::from_der::<Vec<u8>>(&leaf, &[])?)
}
