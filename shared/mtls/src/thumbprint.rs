//! What a certificate-bound token names its certificate by.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// The `x5t#S256` of a certificate (RFC8705-3.1): base64url, without padding, of the SHA-256 of its DER.
///
/// Always 43 characters. Not a secret: anyone who has seen the certificate can compute it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Thumbprint(String);

impl Thumbprint {
    /// The thumbprint of the certificate that is encoded so.
    pub(crate) fn of_der(der: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(openssl::sha::sha256(der)))
    }

    /// The text as it stands in `cnf`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({})", self.0)
    }
}
