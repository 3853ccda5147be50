//! `Retry-After` (RFC9110-10.2.3): what a server that has no time for us says of when it will have.

use std::time::{Duration, SystemTime};

/// Either of its two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so long.
    In(Duration),
    /// Not before then.
    At(SystemTime),
}

impl RetryAfter {
    /// Reads a number of seconds, or a date in any of the three forms of RFC9110-5.6.7. What is neither says nothing.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim_matches([' ', '\t']);
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // More than a number can hold is for ever.
            return Some(Self::In(Duration::from_secs(text.parse().unwrap_or(u64::MAX))));
        }
        httpdate::parse_http_date(text).ok().map(Self::At)
    }

    /// How long that is from `now` on; nothing when it is over.
    pub fn from(self, now: SystemTime) -> Duration {
        match self {
            Self::In(wait) => wait,
            Self::At(then) => then.duration_since(now).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_and_nothing_else() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 60);
        let wait = |text| RetryAfter::read(text).map(|after| after.from(now).as_secs());
        assert_eq!(wait("0"), Some(0));
        assert_eq!(wait(" 120 "), Some(120));
        assert_eq!(wait("99999999999999999999"), Some(u64::MAX));
        for date in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(wait(date), Some(60), "{date}");
        }
        // It is over.
        assert_eq!(wait("Sat, 05 Nov 1994 08:49:37 GMT"), Some(0));
        for none in ["", "-1", "+1", "1.5", "1 s", "soon", "120, 60", "06 Nov 1994"] {
            assert_eq!(wait(none), None, "{none:?}");
        }
    }
}
