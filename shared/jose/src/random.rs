//! The one place that asks the machine for randomness.

use std::cell::RefCell;

use domain::Random;

/// The operating system's randomness, through OpenSSL's generator (seeded from it).
///
/// A draw of 16 bytes costs OpenSSL as much as one of hundreds, so each thread draws ahead. What was given is wiped at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

/// Bytes that a thread draws ahead.
const AHEAD: usize = 512;

/// Longest draw that is served from those.
const SHORT: usize = 64;

/// Bytes that nobody was given yet.
struct Ahead {
    bytes: [u8; AHEAD],
    /// How many are left, at the front.
    left: usize,
}

thread_local! {
    static DRAWN: RefCell<Ahead> = const { RefCell::new(Ahead { bytes: [0; AHEAD], left: 0 }) };
}

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() > SHORT {
            return draw(bytes);
        }
        DRAWN.with_borrow_mut(|ahead| {
            if ahead.left < bytes.len() {
                draw(&mut ahead.bytes);
                ahead.left = AHEAD;
            }
            ahead.left -= bytes.len();
            let given = ahead.bytes.iter_mut().skip(ahead.left);
            for (byte, given) in bytes.iter_mut().zip(given) {
                *byte = std::mem::take(given);
            }
        });
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one caller that the ban leaves"
)]
#[expect(
    clippy::expect_used,
    reason = "fails only when the machine has no entropy source at all; to go on would be to mint guessable secrets"
)]
fn draw(bytes: &mut [u8]) {
    openssl::rand::rand_bytes(bytes).expect("the machine gives random bytes");
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_draws_are_alike_however_long_and_on_however_many_threads() {
        let draws = || -> Vec<Vec<u8>> {
            let lengths = [16, 31, SHORT, SHORT + 1, AHEAD, 16]
                .into_iter()
                .cycle()
                .take(200);
            let draw = |length| {
                let mut bytes = vec![0; length];
                SystemRandom.fill(&mut bytes);
                bytes
            };
            lengths.map(draw).collect()
        };
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(draws)).collect();
        let mut seen = HashSet::new();
        for draw in threads.into_iter().flat_map(|thread| thread.join().unwrap()) {
            // No byte of one is a byte of another: eight in a row tell.
            for eight in draw.chunks_exact(8) {
                assert!(seen.insert(eight.to_vec()));
            }
        }
    }

    #[test]
    fn what_was_given_is_wiped() {
        let mut bytes = [0; 32];
        SystemRandom.fill(&mut bytes);
        DRAWN.with_borrow(|ahead| {
            assert!(ahead.bytes.iter().skip(ahead.left).all(|byte| *byte == 0));
            assert!(ahead.bytes.iter().take(ahead.left).any(|byte| *byte != 0));
        });
    }
}
