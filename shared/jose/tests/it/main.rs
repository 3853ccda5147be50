//! Attacks on tokens and key sets, and the published examples that must work, through the crate's public face.
//!
//! Each attack is named after its row in SECURITY.md (`j05_...`). Forgeries are made with raw openssl and josekit
//! calls, so that what is refused here is what a real attacker could send.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail it as its body may"
)]

extern crate concordat_jose as jose;

mod forge;
mod jwe_attacks;
mod jwks_attacks;
mod jws_attacks;
mod remembered;
mod rotation;
mod round_trips;
mod vectors;
