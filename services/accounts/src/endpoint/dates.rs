//! Which days are asked for: `startDate` and `endDate`, and what FDX says when they are not there.

use chrono::{Days, NaiveDate, NaiveTime};
use domain::{Instant, fdx::DateString};
use http::{Code, FdxError};
use serde::{Deserialize, Serialize};

use super::parameters::Parameters;

/// Days of UTC, first and last, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Window {
    first: NaiveDate,
    last: NaiveDate,
}

/// Without dates, today and so many days before it.
const DEFAULT_DAYS_BEFORE: u64 = 6;

impl Window {
    /// The window of a request; `None` when it names none.
    ///
    /// # Errors
    /// 702 for what is no date; 703 for one date without the other, and for a start after the end.
    pub(crate) fn asked(parameters: &Parameters) -> Result<Option<Self>, FdxError> {
        let day = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => text
                .parse()
                .map(|date: DateString| Some(date.day()))
                .map_err(|_| FdxError::from(Code::DateMalformed)),
        };
        match (day(&parameters.start_date)?, day(&parameters.end_date)?) {
            (None, None) => Ok(None),
            (Some(first), Some(last)) if first <= last => Ok(Some(Self { first, last })),
            (Some(_), Some(_)) => Err(FdxError::new(Code::DateRange).debug("the start is after the end")),
            (Some(_), None) | (None, Some(_)) => {
                Err(FdxError::new(Code::DateRange).debug("start and end belong together"))
            }
        }
    }

    /// The last seven days.
    pub(crate) fn recent(now: Instant) -> Self {
        let today = now.date_naive();
        Self {
            first: today
                .checked_sub_days(Days::new(DEFAULT_DAYS_BEFORE))
                .unwrap_or(today),
            last: today,
        }
    }

    /// Its first instant.
    pub(crate) fn from(self) -> Instant {
        self.first.and_time(NaiveTime::MIN).and_utc()
    }

    /// The first instant after it; not after `now`, since what is to come has not happened.
    pub(crate) fn until(self, now: Instant) -> Instant {
        let end = self
            .last
            .checked_add_days(Days::new(1))
            .unwrap_or(self.last)
            .and_time(NaiveTime::MIN)
            .and_utc();
        end.min(now)
    }

    /// That the window begins within the history that the grant opens, counted from the request (O13).
    ///
    /// # Errors
    /// 703.
    pub(crate) fn check_lookback(self, lookback_days: u16, now: Instant) -> Result<(), FdxError> {
        let today = now.date_naive();
        let earliest = today
            .checked_sub_days(Days::new(lookback_days.into()))
            .unwrap_or(today);
        if self.first < earliest {
            return Err(FdxError::new(Code::DateRange).debug("the start is before the consented history"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        "2026-11-22T10:00:00Z".parse().unwrap()
    }

    fn asked(start: Option<&str>, end: Option<&str>) -> Result<Option<Window>, Code> {
        let parameters = Parameters {
            start_date: start.map(str::to_owned),
            end_date: end.map(str::to_owned),
            ..Parameters::default()
        };
        Window::asked(&parameters).map_err(|error| error.code())
    }

    #[test]
    fn without_dates_it_is_the_last_seven_days() {
        assert_eq!(asked(None, None), Ok(None));
        assert_eq!(
            Window::recent(now()).from().to_string(),
            "2026-11-16 00:00:00 UTC"
        );
        assert_eq!(Window::recent(now()).until(now()), now());
    }

    #[test]
    fn a_day_alone_is_a_window() {
        let window = asked(Some("2026-11-20"), Some("2026-11-20")).unwrap().unwrap();
        assert_eq!(window.until(now()) - window.from(), chrono::Duration::days(1));
    }

    #[test]
    fn what_is_no_date_is_702_and_what_is_no_range_703() {
        for text in ["2026-13-01", "20261101", "2026-11-01T00:00:00Z", "today", ""] {
            assert_eq!(
                asked(Some(text), Some("2026-11-20")),
                Err(Code::DateMalformed),
                "{text}"
            );
        }
        assert_eq!(asked(Some("2026-11-20"), None), Err(Code::DateRange));
        assert_eq!(asked(None, Some("2026-11-20")), Err(Code::DateRange));
        assert_eq!(
            asked(Some("2026-11-21"), Some("2026-11-20")),
            Err(Code::DateRange)
        );
    }

    #[test]
    fn o13_history_is_counted_from_the_request() {
        let window = asked(Some("2026-09-23"), Some("2026-11-20")).unwrap().unwrap();
        assert!(window.check_lookback(60, now()).is_ok());
        assert!(
            window
                .check_lookback(60, now() + chrono::Duration::days(1))
                .is_err()
        );
        assert!(window.check_lookback(59, now()).is_err());
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        let window = asked(Some("0000-01-01"), Some("9999-12-31")).unwrap().unwrap();
        assert_eq!(window.until(now()), now());
        assert!(window.check_lookback(u16::MAX, now()).is_err());
    }
}
