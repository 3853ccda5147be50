//! When to try again.

use std::time::Duration;

use config::Notifications;
use domain::{Instant, Random};
use outbound::Answer;

/// How long to wait after the `failures`th failure in a row, counted from 1: twice as long as before it, at most the longest, and of
/// that a random part between half and all, so that what failed together does not come back together.
pub(super) fn after(failures: u32, settings: &Notifications, random: &dyn Random) -> Duration {
    let doublings = failures.saturating_sub(1).min(30);
    let whole = settings
        .first_retry()
        .saturating_mul(1 << doublings)
        .min(settings.longest_retry());
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    let chance = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
    whole.mul_f64(0.5 + chance / 2.0)
}

/// How long a receiver that has no time now (429 or 503) asks to be left alone: at most as long as we would ever wait by ourselves,
/// so that nobody can have their events kept until they are parked by one answer.
pub(super) fn asked(answer: &Answer, settings: &Notifications, now: Instant) -> Option<Duration> {
    let after = answer
        .retry_after
        .filter(|_| matches!(answer.status, 429 | 503))?;
    Some(after.from(now.into()).min(settings.longest_retry()))
}

#[cfg(test)]
mod tests {
    use outbound::RetryAfter;

    use super::*;

    struct Always(u8);

    impl Random for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn it_doubles_from_the_first_to_the_longest_with_half_of_it_chance() {
        let settings = Notifications::default();
        let seconds = |failures, chance| after(failures, &settings, &Always(chance)).as_secs_f64();
        assert_eq!([1, 2, 3, 4].map(|n| seconds(n, 255)), [2.0, 4.0, 8.0, 16.0]);
        assert_eq!([1, 2, 3, 4].map(|n| seconds(n, 0)), [1.0, 2.0, 4.0, 8.0]);
        assert_eq!([12, 40, u32::MAX].map(|n| seconds(n, 255)), [3_600.0; 3]);
    }

    /// From the settings' defaults: an event that fails always is tried often at first, and about hourly in the end.
    #[test]
    fn seventy_two_hours_are_some_eighty_attempts() {
        let settings = Notifications::default();
        let (mut passed, mut attempts) = (Duration::ZERO, 0);
        while passed < settings.patience() {
            attempts += 1;
            passed += after(attempts, &settings, &Always(255));
        }
        assert_eq!(attempts, 82);
    }

    #[test]
    fn who_asks_to_be_left_alone_is_within_bounds() {
        let settings = Notifications::default();
        let now = Instant::from_timestamp(784_111_777, 0).unwrap();
        let wait = |status, text| {
            let retry_after = RetryAfter::read(text);
            let answer = Answer {
                status,
                retry_after,
                body: vec![],
            };
            asked(&answer, &settings, now).map(|wait| wait.as_secs())
        };
        assert_eq!(wait(429, "7"), Some(7));
        assert_eq!(wait(503, "Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        // What is over, and what we never wait for.
        assert_eq!(wait(503, "Sun, 06 Nov 1994 08:49:36 GMT"), Some(0));
        assert_eq!(wait(429, "99999999999999999999"), Some(3_600));
        assert_eq!(wait(429, "Fri, 31 Dec 9999 23:59:59 GMT"), Some(3_600));
        // Nobody else's is read (RFC9110-10.2.3 gives it other meanings there), and no other text.
        for (status, text) in [(200, "7"), (301, "7"), (500, "7"), (429, "soon"), (503, "")] {
            assert_eq!(wait(status, text), None, "{status} {text}");
        }
    }
}
