//! How often somebody may be wrong about a password, without a way to lock others out.
//!
//! Wrong attempts are counted for a name *from one browser*: a browser that has signed in with the name before (it
//! shows a sealed cookie, see [`crate::device`]) has a count of its own, and all others share one for each name and
//! address. So who guesses at a name shuts out themselves, and strangers at their address, but never its owner at a
//! browser that they have used before (OWASP, "device cookies").
//!
//! Counts live in the process: a guesser who meets N replicas has N times the attempts, which changes nothing. Memory
//! is bounded (N10).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::Duration;
use domain::Instant;

/// Wrong attempts before the first wait.
const BURST: i32 = 5;

/// Afterwards one more attempt each.
const INTERVAL: Duration = Duration::seconds(60);

/// Most counts at once, about 50 bytes each.
const MOST: usize = 10_000;

/// SHA-256 of what is counted, so that no name is kept.
pub(crate) type Key = [u8; 32];

/// The counts. Each is one instant (GCRA): when, at one attempt an interval, all of them would have been allowed.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<HashMap<Key, Instant>>);

impl Attempts {
    /// Counts an attempt before it is judged, so that many at once count as many. Returns whether it may be made.
    pub(crate) fn begin(&self, key: Key, now: Instant) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let allowed_by = counts.get(&key).copied().unwrap_or(now).max(now) + INTERVAL;
        if allowed_by > now + INTERVAL * BURST {
            return false;
        }
        if counts.len() >= MOST && !counts.contains_key(&key) {
            make_room(&mut counts, now);
        }
        counts.insert(key, allowed_by);
        true
    }

    /// The attempt was right: nothing of that browser and name counts any more.
    pub(crate) fn forget(&self, key: Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }
}

fn make_room(counts: &mut HashMap<Key, Instant>, now: Instant) {
    counts.retain(|_, allowed_by| *allowed_by > now);
    if counts.len() >= MOST {
        let least = counts
            .iter()
            .min_by_key(|(_, allowed_by)| **allowed_by)
            .map(|(key, _)| *key);
        least.and_then(|key| counts.remove(&key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        Instant::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn key(number: u32) -> Key {
        jose::sha256(number.to_be_bytes())
    }

    #[test]
    fn after_five_wrong_attempts_one_a_minute() {
        let attempts = Attempts::default();
        let tried = |at| (0..20).filter(|_| attempts.begin(key(1), at)).count();
        assert_eq!(tried(now()), 5);
        assert_eq!(tried(now() + Duration::seconds(59)), 0);
        assert_eq!(tried(now() + Duration::seconds(60)), 1);
        assert_eq!(tried(now() + Duration::minutes(30)), 5);
    }

    #[test]
    fn nobody_is_locked_out_by_another() {
        let attempts = Attempts::default();
        while attempts.begin(key(1), now()) {}
        assert!(attempts.begin(key(2), now()));
    }

    #[test]
    fn a_right_attempt_clears_the_count() {
        let attempts = Attempts::default();
        for _ in 0..100 {
            assert!(attempts.begin(key(1), now()));
            attempts.forget(key(1));
        }
    }

    #[test]
    fn n10_memory_is_bounded() {
        let attempts = Attempts::default();
        for number in 0..10_050 {
            assert!(attempts.begin(key(number), now()));
        }
        assert!(attempts.0.lock().unwrap().len() <= MOST);
    }
}
