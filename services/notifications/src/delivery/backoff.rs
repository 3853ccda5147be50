//! When to try again.

use std::time::Duration;

use config::Notifications;
use domain::Random;

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

#[cfg(test)]
mod tests {
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
}
