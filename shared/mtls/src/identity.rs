//! The certificate and key by which this server is known.

use openssl::{
    error::ErrorStack,
    pkey::{Id, PKey, Private},
    x509::X509,
};

/// Why no listener can be made of what was configured. For the operator, at start.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file holds no PEM certificate, or one that cannot be read.
    #[error("the server's certificate file holds no readable PEM certificate")]
    Certificate,
    /// The file holds no unencrypted PEM private key.
    #[error("the server's key file holds no readable, unencrypted PEM private key")]
    Key,
    /// The one TLS 1.2 family that every FAPI profile allows is ECDHE_RSA with AES-GCM.
    #[error("the server's key must be RSA of at least 2048 bits")]
    NotRsa,
    /// The two files do not belong together.
    #[error("the server's key is not that of its certificate")]
    Mismatch,
    /// The library refused a setting.
    #[error("openssl: {0}")]
    OpenSsl(#[from] ErrorStack),
}

/// The server's certificate chain and private key, which belong together. The key is never printed.
pub struct ServerIdentity {
    pub(crate) leaf: X509,
    pub(crate) chain: Vec<X509>,
    pub(crate) key: PKey<Private>,
}

impl ServerIdentity {
    /// Reads the PEM chain, leaf first, and its PEM private key (PKCS #8 or PKCS #1, not encrypted).
    ///
    /// # Errors
    /// [`TlsError`] when either cannot be read, when the key is not RSA, too short or another certificate's.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let mut certificates = X509::stack_from_pem(chain)
            .map_err(|_| TlsError::Certificate)?
            .into_iter();
        let leaf = certificates.next().ok_or(TlsError::Certificate)?;
        // Without a callback openssl would ask for a passphrase on the terminal, and a service has none.
        let key = PKey::private_key_from_pem_callback(key, |_| Ok(0)).map_err(|_| TlsError::Key)?;
        if key.id() != Id::RSA || key.bits() < 2048 {
            return Err(TlsError::NotRsa);
        }
        if !leaf.public_key()?.public_eq(&key) {
            return Err(TlsError::Mismatch);
        }
        Ok(Self {
            leaf,
            chain: certificates.collect(),
            key,
        })
    }
}

impl std::fmt::Debug for ServerIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerIdentity")
            .field("certificates", &(1 + self.chain.len()))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::development::{Authority, KeyKind, Template, noon};

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let authority = Authority::create("Test CA", noon()).unwrap();
        let one = authority.issue(&Template::server(noon())).unwrap();
        let other = authority.issue(&Template::server(noon())).unwrap();
        assert!(ServerIdentity::from_pem(&one.chain_pem().unwrap(), &one.key_pem().unwrap()).is_ok());
        let refused = ServerIdentity::from_pem(&one.chain_pem().unwrap(), &other.key_pem().unwrap());
        assert!(matches!(refused, Err(TlsError::Mismatch)));
    }

    #[test]
    fn only_rsa_serves() {
        let authority = Authority::create("Test CA", noon()).unwrap();
        let issued = authority
            .issue(&Template {
                key: KeyKind::P256,
                ..Template::server(noon())
            })
            .unwrap();
        let refused = ServerIdentity::from_pem(&issued.chain_pem().unwrap(), &issued.key_pem().unwrap());
        assert!(matches!(refused, Err(TlsError::NotRsa)));
    }

    #[test]
    fn an_encrypted_key_is_refused_and_nobody_is_asked() {
        let authority = Authority::create("Test CA", noon()).unwrap();
        let issued = authority.issue(&Template::server(noon())).unwrap();
        let cipher = openssl::symm::Cipher::aes_128_cbc();
        let encrypted = issued
            .key()
            .private_key_to_pem_pkcs8_passphrase(cipher, b"secret")
            .unwrap();
        let refused = ServerIdentity::from_pem(&issued.chain_pem().unwrap(), &encrypted);
        assert!(matches!(refused, Err(TlsError::Key)));
        assert!(matches!(
            ServerIdentity::from_pem(b"", b""),
            Err(TlsError::Certificate)
        ));
    }
}
