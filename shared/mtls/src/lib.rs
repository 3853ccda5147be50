//! openssl: listeners, peer certificate, thumbprint, chain and subject rules.
//!
//! A certificate passes through two types. [`PresentedCertificate`] says that whoever speaks on this
//! connection holds the key of that certificate (TLS proved it, or a named proxy vouches for it), and
//! nothing about who issued it: enough to bind a token to it (RFC8705-3), and for
//! `self_signed_tls_client_auth`. [`TrustedCertificate`] is one whose chain [`TrustStore::verify`] followed
//! to a configured authority: what `tls_client_auth` needs, together with the client's [`SubjectRule`].
//! Only the verifier makes the second.
//!
//! Where to go: what TLS accepts in [`listener`]; chains, validity and revocation in [`trust`]; how names are
//! compared in [`subject`] and [`name`]; certificates that a proxy passes on in [`forwarded`]; keys and
//! certificates for development and tests in [`development`].

mod certificate;
mod der;
pub mod development;
pub mod forwarded;
mod identity;
pub mod listener;
pub mod name;
mod queue;
pub mod subject;
mod thumbprint;
pub mod trust;

pub use certificate::{InvalidCertificate, PresentedCertificate};
pub use domain::client::SubjectRule;
pub use identity::{ServerIdentity, TlsError};
pub use listener::{mutual_acceptor, public_acceptor};
pub use thumbprint::Thumbprint;
pub use trust::{ChainError, TrustStore, TrustStoreError, TrustedCertificate};
