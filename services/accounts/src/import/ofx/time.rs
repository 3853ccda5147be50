//! The times of OFX: `20090401122017.000[-5:EST]`, and what banks make of it.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};
use domain::{Instant, fdx::Timestamp};

/// Reads `YYYYMMDD`, then perhaps `HHMM`, `SS`, `.XXX`, then perhaps an offset in brackets.
///
/// Without an offset the time is UTC, as OFX says. `None` when it is no such time.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let (clock, zone) = match text.trim().split_once('[') {
        Some((clock, zone)) => (clock.trim_end(), Some(zone.trim_end().strip_suffix(']')?)),
        None => (text.trim(), None),
    };
    let (digits, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(digits) || !all_digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<u32>().ok();
    let (hour, minute, second) = match digits.len() {
        8 => (0, 0, 0),
        12 => (number(8, 10)?, number(10, 12)?, 0),
        // A leap second is the last one of its minute.
        14 => (
            number(8, 10)?,
            number(10, 12)?,
            number(12, 14).map(|s| if s == 60 { 59 } else { s })?,
        ),
        _ => return None,
    };
    let milliseconds = format!("{fraction:0<3}").get(..3)?.parse::<u32>().ok()?;
    let year = i32::try_from(number(0, 4)?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(4, 6)?, number(6, 8)?).filter(|_| year >= 1900)?;
    let local = day.and_hms_milli_opt(hour, minute, second, milliseconds)?;
    instant(local, zone).map(Timestamp::from)
}

fn instant(local: NaiveDateTime, zone: Option<&str>) -> Option<Instant> {
    let offset = zone.map_or(Some(0), offset_minutes)?;
    let offset = FixedOffset::east_opt(offset * 60)?;
    offset
        .from_local_datetime(&local)
        .single()
        .map(|time| time.with_timezone(&Utc))
}

/// `-5:EST`, `-5`, `+5.30:IST` (hours and minutes, or hours and their fraction), or `-:EST`, where the name
/// must do.
fn offset_minutes(zone: &str) -> Option<i32> {
    let (number, name) = zone.split_once(':').unwrap_or((zone, ""));
    let unsigned = number.strip_prefix(['+', '-']).unwrap_or(number);
    if unsigned.is_empty() {
        return named(name);
    }
    let (hours, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let hours: i32 = hours.parse().ok().filter(|hours| (0..=14).contains(hours))?;
    let minutes = match part {
        "" | "0" | "00" => 0,
        "25" | "15" => 15,
        "5" | "50" | "30" => 30,
        "75" | "45" => 45,
        _ => return None,
    };
    let offset = hours * 60 + minutes;
    Some(if number.starts_with('-') { -offset } else { offset })
}

fn named(name: &str) -> Option<i32> {
    let hours = match name.to_ascii_uppercase().as_str() {
        "" | "GMT" | "UTC" | "Z" => 0,
        "AST" | "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => return None,
    };
    Some(hours * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(ofx: &str) -> Option<String> {
        read(ofx).map(|time| time.to_string())
    }

    #[test]
    fn the_forms_of_banks_are_read() {
        for (ofx, expected) in [
            ("20090401122017.000[-5:EST]", "2009-04-01T17:20:17.000Z"),
            ("20090401", "2009-04-01T00:00:00.000Z"),
            ("200904011220", "2009-04-01T12:20:00.000Z"),
            ("20090401122017", "2009-04-01T12:20:17.000Z"),
            ("20130525225731.258", "2013-05-25T22:57:31.258Z"),
            ("20120908190849.317[-4:EDT]", "2012-09-08T23:08:49.317Z"),
            ("20091217162416.000[-:EST]", "2009-12-17T21:24:16.000Z"),
            ("20260101000000[+5.30:IST]", "2025-12-31T18:30:00.000Z"),
            ("20260101000000[+5.5:IST]", "2025-12-31T18:30:00.000Z"),
            ("20260101[0:GMT]", "2026-01-01T00:00:00.000Z"),
            ("20260101120000 [-8]", "2026-01-01T20:00:00.000Z"),
            ("20161231235960", "2016-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(text(ofx).as_deref(), Some(expected), "{ofx}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for ofx in [
            "",
            "0",
            "00000000",
            "20260230",
            "2026-01-01",
            "20260101250000",
            "20260101[-5:EST",
            "20260101[-99:X]",
            "20260101[-:XYZ]",
            "20260101[+5.31]",
            "2026010112",
            "20260101120000.0000000000",
            "２0260101",
        ] {
            assert_eq!(text(ofx), None, "{ofx}");
        }
    }
}
