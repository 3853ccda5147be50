//! nginx: `$ssl_client_escaped_cert`, the leaf as percent-encoded PEM.
//!
//! The older `$ssl_client_cert` is PEM folded over several lines; a folded header is refused before it
//! comes here.

use super::{ForwardedError, encoding};
use crate::certificate::PresentedCertificate;

pub(super) fn read(leaf: &str) -> Result<PresentedCertificate, ForwardedError> {
    let leaf = encoding::one_pem(&encoding::percent(leaf)?)?;
    Ok(PresentedCertificate::from_der::<Vec<u8>>(&leaf, &[])?)
}
