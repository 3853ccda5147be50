//! Keys and certificates for development, the demonstration and tests: an authority of one's own.
//!
//! Not a certificate authority: serial numbers are random and nothing is recorded. Validity is relative to
//! the instant handed in, so a test decides what is expired. Wrong certificates are made here too, since
//! the tests need them.

use openssl::{
    bn::{BigNum, MsbOption},
    ec::{EcGroup, EcKey},
    error::ErrorStack,
    nid::Nid,
    pkey::{PKey, Private},
    rsa::Rsa,
};

mod authority;
mod issued;
mod template;

pub use authority::Authority;
pub use issued::Issued;
pub use template::{AlternativeName, Role, Template};

/// What kind of key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA of 2048 bits. What the listeners need.
    Rsa2048,
    /// RSA of 1024 bits, which everything must refuse.
    Rsa1024,
    /// The elliptic curve P-256. Quickly made.
    P256,
}

impl KeyKind {
    fn generate(self) -> Result<PKey<Private>, ErrorStack> {
        match self {
            Self::Rsa2048 => PKey::from_rsa(Rsa::generate(2048)?),
            Self::Rsa1024 => PKey::from_rsa(Rsa::generate(1024)?),
            Self::P256 => {
                let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
                PKey::from_ec_key(EcKey::generate(&group)?)
            }
        }
    }
}

/// Noon of 1 July 2026, UTC: the present of this crate's tests.
#[cfg(test)]
pub(crate) fn noon() -> domain::Instant {
    domain::Instant::from_timestamp(1_782_907_200, 0).unwrap()
}

/// 127 random bits: positive, and at most the 20 octets that RFC5280-4.1.2.2 allows.
fn serial() -> Result<BigNum, ErrorStack> {
    let mut serial = BigNum::new()?;
    serial.rand(127, MsbOption::MAYBE_ZERO, false)?;
    Ok(serial)
}
