//! Dates and timestamps in the one form that FDX writes.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{
    KnownFormat, RefOr, SchemaFormat,
    schema::{ObjectBuilder, Schema, Type},
};

use super::{piece::Piece, word::TextVisitor};
use crate::clock::Instant;

/// A day in the bank's calendar, without a time zone: `2026-11-22` (FDX `DateString`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateString(NaiveDate);

/// The text is no date or no timestamp in FDX's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a date or timestamp")]
pub struct InvalidTime;

impl DateString {
    /// The day.
    pub const fn day(self) -> NaiveDate {
        self.0
    }
}

impl From<NaiveDate> for DateString {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}

impl FromStr for DateString {
    type Err = InvalidTime;

    /// Exactly `YYYY-MM-DD`; chrono alone would take `2026-1-2` and `+2026-01-02` too.
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(index, byte)| match index {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shape {
            return Err(InvalidTime);
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Self)
            .map_err(|_| InvalidTime)
    }
}

impl fmt::Display for DateString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl Serialize for DateString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // chrono's own form is `YYYY-MM-DD` for the years that a file can hold, and costs no formatter.
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DateString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor {
            expecting: "a date YYYY-MM-DD",
            parse: |text| text.parse().ok(),
        })
    }
}

/// An instant, UTC, with milliseconds: `2026-11-22T03:07:39.000Z` (FDX `Timestamp`, RFC 3339).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(Instant);

impl Timestamp {
    /// The instant.
    pub const fn instant(self) -> Instant {
        self.0
    }
}

impl From<Instant> for Timestamp {
    fn from(instant: Instant) -> Self {
        Self(instant)
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTime;

    /// Any offset is understood, and turned to UTC. A time without an offset is no instant, and refused.
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        if text.len() > 40 {
            return Err(InvalidTime);
        }
        DateTime::parse_from_rfc3339(text)
            .map(|time| Self(time.with_timezone(&Utc)))
            .map_err(|_| InvalidTime)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor {
            expecting: "an RFC 3339 timestamp with an offset",
            parse: |text| text.parse().ok(),
        })
    }
}

impl Piece for DateString {}
impl Piece for Timestamp {}

fn schema_of(format: KnownFormat, example: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(format)))
        .examples([example])
        .into()
}

impl utoipa::PartialSchema for DateString {
    fn schema() -> RefOr<Schema> {
        schema_of(KnownFormat::Date, "2026-11-22")
    }
}

impl utoipa::PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        schema_of(KnownFormat::DateTime, "2026-11-22T03:07:39.000Z")
    }
}

impl utoipa::ToSchema for DateString {}
impl utoipa::ToSchema for Timestamp {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_one_spelling() {
        assert_eq!(
            "2026-02-28".parse::<DateString>().unwrap().to_string(),
            "2026-02-28"
        );
        for text in [
            "2026-2-28",
            "2026-02-30",
            "+2026-02-28",
            "20260228",
            "2026-02-28T00:00:00Z",
            "",
        ] {
            assert_eq!(text.parse::<DateString>(), Err(InvalidTime), "{text}");
        }
    }

    #[test]
    fn a_timestamp_is_written_in_utc_with_milliseconds() {
        let timestamp: Timestamp = "2009-04-01T12:20:17-05:00".parse().unwrap();
        assert_eq!(timestamp.to_string(), "2009-04-01T17:20:17.000Z");
        assert_eq!("2009-04-01T12:20:17".parse::<Timestamp>(), Err(InvalidTime));
    }
}
