//! Whether a presented certificate leads to a configured authority, now.
//!
//! A chain is trusted when every link is signed by the next, up to a self-signed certificate of the
//! configured file; every issuer is an authority (CA flag, key usage, path length, name constraints); the
//! leaf is for TLS clients; every certificate is valid at the instant handed in; and every key and
//! signature has 112 bits of strength. That is openssl's judgement, under the parameters set here.
//!
//! Revocation (M06): when the operator gives revocation lists, a chain is refused unless each of its
//! issuers has a current list that does not name the certificate (`trust/revocation.rs`). With none given,
//! revocation is not looked at, and a client is shut out by disabling it. OCSP is never asked: a responder
//! that is down, or slow, must not decide who is let in.

use std::fmt;

use domain::Instant;
use openssl::{
    error::ErrorStack,
    stack::{Stack, StackRef},
    x509::{
        X509, X509PurposeId, X509StoreContext,
        store::{X509Store, X509StoreBuilder},
        verify::X509VerifyParam,
    },
};

mod chain_error;
mod revocation;

pub use chain_error::ChainError;
use revocation::RevocationLists;

use crate::{certificate::PresentedCertificate, queue::emptied};

/// Intermediates between a leaf and its root. Public registries use one or two.
const MAX_INTERMEDIATES: i32 = 4;
/// Certificates in the operator's file.
const MAX_AUTHORITIES: usize = 256;

/// The authorities that the operator trusts to name clients, and the revocation lists that go with them.
pub struct TrustStore {
    authorities: Vec<X509>,
    revocation: Option<RevocationLists>,
}

/// Why the operator's files cannot be used. At start, or when they are read again.
#[derive(Debug, thiserror::Error)]
pub enum TrustStoreError {
    /// No readable PEM certificate, or more than 256.
    #[error("the authorities' file must hold 1 to 256 PEM certificates")]
    Authorities,
    /// No readable PEM revocation list.
    #[error("the revocation file holds no readable PEM revocation list")]
    Lists,
    /// A list that cannot be believed, or that this program would misread.
    #[error("revocation list of {issuer}: {why}")]
    List {
        /// Its issuer's name.
        issuer: String,
        /// What is wrong.
        why: &'static str,
    },
}

/// A certificate that [`TrustStore::verify`] followed to an authority. Nothing else makes one.
#[derive(Debug, Clone)]
pub struct TrustedCertificate(PresentedCertificate);

impl TrustedCertificate {
    /// The certificate.
    pub const fn certificate(&self) -> &PresentedCertificate {
        &self.0
    }
}

impl TrustStore {
    /// Reads the authorities: PEM, roots and, if wanted, intermediates that clients may leave out.
    ///
    /// Only a self-signed certificate ends a chain: an intermediate in this file helps to find the root,
    /// and is not trusted without it.
    ///
    /// # Errors
    /// [`TrustStoreError::Authorities`].
    pub fn from_pem(authorities: &[u8]) -> Result<Self, TrustStoreError> {
        let authorities = X509::stack_from_pem(authorities).map_err(|_| TrustStoreError::Authorities)?;
        if !(1..=MAX_AUTHORITIES).contains(&authorities.len()) {
            return Err(TrustStoreError::Authorities);
        }
        Ok(Self {
            authorities,
            revocation: None,
        })
    }

    /// Adds revocation lists (PEM, `X509 CRL`), and from then on refuses every chain that they do not cover.
    ///
    /// # Errors
    /// [`TrustStoreError`] for a list that is not signed by one of the authorities above, that is a delta
    /// or covers a part only (any critical extension), that says not when the next one comes, or that is an
    /// authority's second.
    pub fn with_revocation_lists(mut self, lists: &[u8]) -> Result<Self, TrustStoreError> {
        self.revocation = Some(emptied(RevocationLists::from_pem(lists, &self.authorities))?);
        Ok(self)
    }

    /// Follows the chain of what was presented, as of `now`.
    ///
    /// The trust lies in this call, not in a state kept: ask again for the next connection.
    ///
    /// # Errors
    /// [`ChainError`], the first thing that is wrong.
    pub fn verify(
        &self,
        presented: &PresentedCertificate,
        now: Instant,
    ) -> Result<TrustedCertificate, ChainError> {
        emptied(self.follow(presented, now))
            .unwrap_or(Err(ChainError::Unreadable))
            .map(|()| TrustedCertificate(presented.clone()))
    }

    /// The outer error is of the library itself.
    fn follow(
        &self,
        presented: &PresentedCertificate,
        now: Instant,
    ) -> Result<Result<(), ChainError>, ErrorStack> {
        let mut untrusted = Stack::new()?;
        for certificate in presented.chain() {
            untrusted.push(certificate.clone())?;
        }
        let store = self.at(now)?;
        X509StoreContext::new()?.init(&store, presented.leaf(), &untrusted, |context| {
            if !context.verify_cert()? {
                return Ok(Err(ChainError::of(context.error())));
            }
            context
                .chain()
                .map_or(Ok(Err(ChainError::Unreadable)), |chain| self.judge(chain, now))
        })
    }

    /// What openssl is not asked: chain is leaf first, root last.
    fn judge(&self, chain: &StackRef<X509>, now: Instant) -> Result<Result<(), ChainError>, ErrorStack> {
        // A configured root presented as a client's certificate: an authority does not act as a client.
        if chain.len() < 2 {
            return Ok(Err(ChainError::Untrusted));
        }
        self.revocation
            .as_ref()
            .map_or(Ok(Ok(())), |lists| lists.judge(chain, now))
    }

    /// openssl's store carries the time of judgement, so each judgement has its own; the certificates in it
    /// are shared.
    fn at(&self, now: Instant) -> Result<X509Store, ErrorStack> {
        let mut parameters = X509VerifyParam::new()?;
        parameters.set_time(now.timestamp());
        parameters.set_purpose(X509PurposeId::SSL_CLIENT)?;
        parameters.set_depth(MAX_INTERMEDIATES);
        parameters.set_auth_level(2);

        let mut builder = X509StoreBuilder::new()?;
        for authority in &self.authorities {
            builder.add_cert(authority.clone())?;
        }
        builder.set_param(&parameters)?;
        Ok(builder.build())
    }
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustStore")
            .field("authorities", &self.authorities.len())
            .field("revocation", &self.revocation.is_some())
            .finish()
    }
}
