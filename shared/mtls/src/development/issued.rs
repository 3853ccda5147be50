//! A certificate with its key, and the forms in which others want them.

use std::fmt;

use openssl::{
    error::ErrorStack,
    pkey::{PKey, PKeyRef, Private},
    x509::{X509, X509Ref},
};

use super::Authority;
use crate::certificate::{InvalidCertificate, PresentedCertificate};

/// A certificate, its private key, and the intermediates above it.
pub struct Issued {
    pub(super) certificate: X509,
    pub(super) key: PKey<Private>,
    pub(super) chain: Vec<X509>,
}

impl Issued {
    /// The certificate.
    pub fn certificate(&self) -> &X509Ref {
        &self.certificate
    }

    /// Its private key.
    pub fn key(&self) -> &PKeyRef<Private> {
        &self.key
    }

    /// The intermediates, nearest first, without the root.
    pub fn chain(&self) -> &[X509] {
        &self.chain
    }

    /// The certificate and its intermediates as PEM: what a server's or client's certificate file holds.
    ///
    /// # Errors
    /// What openssl says.
    pub fn chain_pem(&self) -> Result<Vec<u8>, ErrorStack> {
        let mut pem = self.certificate.to_pem()?;
        for certificate in &self.chain {
            pem.extend(certificate.to_pem()?);
        }
        Ok(pem)
    }

    /// The private key as PKCS #8 PEM, not encrypted.
    ///
    /// # Errors
    /// What openssl says.
    pub fn key_pem(&self) -> Result<Vec<u8>, ErrorStack> {
        self.key.private_key_to_pem_pkcs8()
    }

    /// As a server would see it, were it presented.
    ///
    /// # Errors
    /// [`InvalidCertificate`] when openssl cannot write it.
    pub fn presented(&self) -> Result<PresentedCertificate, InvalidCertificate> {
        PresentedCertificate::new(self.certificate.clone(), self.chain.clone())
    }

    /// Lets it issue, whether or not its certificate says that it may.
    pub fn into_authority(self) -> Authority {
        Authority { issued: self }
    }
}

/// Never the key.
impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued")
            .field("subject", &self.certificate.subject_name())
            .finish_non_exhaustive()
    }
}
