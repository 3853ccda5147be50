//! The certificate that the other side of a connection presented.
//!
//! Its holder proved possession of the key in the handshake of this connection. Who issued it, whether it is
//! still valid and whom it names is decided in [`crate::trust`] and [`crate::subject`], where it matters.

use std::{fmt, sync::Arc};

use openssl::{
    pkey::Id,
    ssl::SslRef,
    x509::{X509, X509Ref},
};

use crate::{name::DistinguishedName, queue::emptied, thumbprint::Thumbprint};

/// Certificates that may come with the leaf. Real chains have one or two; what is beyond is not looked at.
pub(crate) const MAX_CHAIN: usize = 8;

/// Bytes of one certificate's DER when it comes in a header. TLS has its own limit of 100 kB for the whole
/// chain.
const MAX_DER: usize = 16 * 1024;

/// Shortest RSA modulus in bits (FAPI1-BASE-5.2.2-5) and elliptic curve in bits. FAPI1-BASE-5.2.2-6 asks for
/// 160; P-256 is the shortest that any of our algorithms uses.
const MIN_RSA_BITS: u32 = 2048;
const MIN_CURVE_BITS: u32 = 256;

/// The bytes are not one certificate, or there are too many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate")]
pub struct InvalidCertificate;

/// A certificate whose key the caller holds, and nothing else is known of it. Cheap to clone.
#[derive(Clone)]
pub struct PresentedCertificate(Arc<Inner>);

struct Inner {
    leaf: X509,
    chain: Vec<X509>,
    thumbprint: Thumbprint,
}

impl PresentedCertificate {
    /// What the client of this TLS connection presented; `None` when it presented nothing.
    ///
    /// The identity is that of this connection's own handshake: the mutual listener resumes no session and
    /// renegotiates none (see [`crate::listener::mutual_acceptor`]), so it cannot be another's, and cannot
    /// change.
    pub fn from_ssl(ssl: &SslRef) -> Option<Self> {
        let leaf = ssl.peer_certificate()?;
        let chain = ssl.peer_cert_chain().into_iter().flatten().take(MAX_CHAIN);
        let chain = chain.map(|certificate| certificate.to_owned()).collect();
        // The handshake itself may have met what it let pass.
        emptied(Self::new(leaf, chain).ok())
    }

    /// What a trusted party says was presented to it: the leaf, and the certificates that came with it.
    ///
    /// # Errors
    /// [`InvalidCertificate`] when anything is not exactly one DER certificate of at most 16 kB, or when
    /// more than 8 came with the leaf.
    pub fn from_der<C: AsRef<[u8]>>(leaf: &[u8], chain: &[C]) -> Result<Self, InvalidCertificate> {
        if chain.len() > MAX_CHAIN {
            return Err(InvalidCertificate);
        }
        let chain = chain
            .iter()
            .map(|der| exactly_one(der.as_ref()))
            .collect::<Result<_, _>>()?;
        Self::new(exactly_one(leaf)?, chain)
    }

    pub(crate) fn new(leaf: X509, chain: Vec<X509>) -> Result<Self, InvalidCertificate> {
        let der = leaf.to_der().map_err(|_| InvalidCertificate)?;
        let thumbprint = Thumbprint::of_der(&der);
        Ok(Self(Arc::new(Inner {
            leaf,
            chain,
            thumbprint,
        })))
    }

    /// What tokens are bound to it by. Computed once per connection.
    pub fn thumbprint(&self) -> &Thumbprint {
        &self.0.thumbprint
    }

    /// The subject for logs and screens: RFC 4514, printable ASCII only, at most 1,024 characters.
    ///
    /// Everything else is escaped byte by byte (`\00`, `\E2\80\AE`), so that a name can neither end a line
    /// nor turn the reading direction, nor look like another. Not proven to be anyone's: the holder may
    /// have written it.
    pub fn subject(&self) -> String {
        let name = self.name().map(|name| name.to_string());
        let mut text = name.unwrap_or_else(|| "(unreadable)".to_owned());
        if text.len() > 1024 {
            // Only ASCII, so any place is a character's border.
            text.truncate(1021);
            text.push_str("...");
        }
        text
    }

    /// Whether its key is long enough to be used at all: RSA of 2048 bits, curves of 256 bits, or Edwards.
    ///
    /// [`crate::TrustStore::verify`] asks this of every link; ask it of a self-signed certificate.
    pub fn has_strong_key(&self) -> bool {
        let Ok(key) = self.0.leaf.public_key() else {
            return false;
        };
        match key.id() {
            Id::RSA | Id::RSA_PSS => key.bits() >= MIN_RSA_BITS,
            Id::EC => key.bits() >= MIN_CURVE_BITS,
            Id::ED25519 | Id::ED448 => true,
            _ => false,
        }
    }

    pub(crate) fn name(&self) -> Option<DistinguishedName> {
        DistinguishedName::from_der(&self.0.leaf.subject_name().to_der().ok()?)
    }

    pub(crate) fn leaf(&self) -> &X509Ref {
        &self.0.leaf
    }

    pub(crate) fn chain(&self) -> &[X509] {
        &self.0.chain
    }
}

/// Neither the subject nor the key: the thumbprint says which it is.
impl fmt::Debug for PresentedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PresentedCertificate({})", self.0.thumbprint)
    }
}

/// Encoding it again must give the same bytes: what follows the certificate, and any second way of writing
/// it, would make the thumbprint that of something other than what came.
fn exactly_one(der: &[u8]) -> Result<X509, InvalidCertificate> {
    if der.len() > MAX_DER {
        return Err(InvalidCertificate);
    }
    let certificate = X509::from_der(der).map_err(|_| InvalidCertificate)?;
    match certificate.to_der() {
        Ok(again) if again == der => Ok(certificate),
        _ => Err(InvalidCertificate),
    }
}
