//! The one place that asks the machine for randomness.

use domain::Random;

/// The operating system's randomness, through OpenSSL's generator (seeded from it and reseeded after a fork).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one caller that the ban leaves"
    )]
    #[expect(
        clippy::expect_used,
        reason = "fails only when the machine has no entropy source at all; to go on would be to mint guessable secrets"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        openssl::rand::rand_bytes(bytes).expect("the machine gives random bytes");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let (mut one, mut two) = ([0; 32], [0; 32]);
        SystemRandom.fill(&mut one);
        SystemRandom.fill(&mut two);
        assert_ne!(one, two);
        assert_ne!(one, [0; 32]);
    }
}
