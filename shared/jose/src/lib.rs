//! josekit behind the guard: sign, verify, keys and their rotation; sealing and minted secrets.
//!
//! No other crate names josekit. What arrives from a socket goes through three doors, in this order:
//!
//! 1. [`Compact::parse`] reads the shape of a token (lengths, base64url, a strict header) and believes nothing;
//! 2. [`PublicKeys::verify`] (a client's keys) or [`KeyRing::verify`] (our own) proves the signature, with the
//!    algorithms that the *registration* allows, never the one that the header prefers;
//! 3. [`Claims`] reads the payload with types and ranges, and [`Claims::check_times`] judges its instants.
//!
//! Only a verifier makes [`Claims`], so a function that asks for them cannot be called with unproven ones. The
//! numbers that bound all of this are in [`limits`]. Encrypted tokens have their own door, [`encrypt`].
//!
//! To allow another signature algorithm: a variant of [`Algorithm`], its key shape in `public_key.rs`, its signer
//! in `signing_key.rs`, and a row in the tests of `verifier.rs`.

pub mod base64url;
pub mod encrypt;
pub mod half_hash;
pub mod json;
pub mod limits;
pub mod pkce;
pub mod seal;
pub mod secret;
pub mod thumbprint;

mod algorithm;
mod claims;
mod compact;
mod error;
mod hash;
mod key_ring;
mod public_key;
mod public_keys;
mod random;
mod remembered;
mod signing_key;
mod times;
mod verifier;

pub use algorithm::Algorithm;
pub use base64url::{base64url, from_base64url};
pub use claims::{ClaimError, Claims};
pub use compact::Compact;
pub use error::{JoseError, JwksError, KeyError};
pub use hash::sha256;
pub use key_ring::{KeyRing, RingKey};
pub use public_keys::PublicKeys;
pub use random::SystemRandom;
pub use remembered::RememberedSignatures;
pub use secret::MintedSecret;
pub use signing_key::SigningKey;
pub use times::{TimeRules, Window};
