//! Why a chain is not trusted, in words of our own.

use openssl::x509::X509VerifyResult;

/// Why a presented certificate is not trusted. For logs: a caller learns only that it was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// It does not lead to a configured authority, or a signature on the way is wrong.
    #[error("the chain leads to no configured authority")]
    Untrusted,
    /// A certificate of the chain is not valid yet.
    #[error("a certificate is not valid yet")]
    NotYetValid,
    /// A certificate of the chain is no longer valid.
    #[error("a certificate has expired")]
    Expired,
    /// The leaf, or an authority, is not for TLS clients.
    #[error("the certificate is not for TLS clients")]
    Purpose,
    /// An issuer is no authority, or there are more below it than it allows.
    #[error("an issuer is no authority, or its chain is too long")]
    Authority,
    /// A name is outside what an authority may name.
    #[error("a name is outside the constraints of an authority")]
    NameConstraints,
    /// A key or signature of less than 112 bits of strength.
    #[error("a key or signature is too weak")]
    Weak,
    /// A current revocation list names a certificate of the chain.
    #[error("a certificate is revoked")]
    Revoked,
    /// Revocation lists are configured, and none that is current covers a certificate of the chain.
    #[error("no current revocation list covers a certificate")]
    RevocationUnknown,
    /// Something else that openssl names by this number (`X509_V_ERR_...`).
    #[error("refused by the verifier (code {0})")]
    Other(i32),
    /// The library could not judge it.
    #[error("the certificate cannot be judged")]
    Unreadable,
}

impl ChainError {
    /// By the numbers of `x509_vfy.h`, which the binding does not name. They are part of openssl's stable
    /// interface.
    pub(super) fn of(result: X509VerifyResult) -> Self {
        match result.as_raw() {
            // No issuer found, no issuer that is trusted, self-signed, or a signature that does not verify.
            2 | 4 | 6 | 7 | 18..=21 | 24 | 27..=31 => Self::Untrusted,
            9 => Self::NotYetValid,
            10 => Self::Expired,
            26 | 39 => Self::Purpose,
            // Chain or path too long, no certificate-signing usage, no CA flag.
            22 | 25 | 32 | 79..=82 => Self::Authority,
            47..=49 | 51..=53 => Self::NameConstraints,
            66..=68 => Self::Weak,
            other => Self::Other(other),
        }
    }
}
