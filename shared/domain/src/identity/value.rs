//! The shapes of standard claims (OIDC Core 5.1): a consent application that tells something else is refused, so that
//! no recipient gets it.

use serde_json::Value;
use url::Url;

use super::Kind;

/// Longest text, characters.
const LONGEST: usize = 256;

/// Members of `address` (OIDC Core 5.1.1).
const ADDRESS: [&str; 6] = [
    "formatted",
    "street_address",
    "locality",
    "region",
    "postal_code",
    "country",
];

/// Whether a value is of that kind.
pub(super) fn fits(kind: Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Text, Value::String(text)) => is_line(text),
        (Kind::Flag, Value::Bool(_)) => true,
        (Kind::Seconds, Value::Number(number)) => number.as_u64().is_some_and(|seconds| seconds < 1 << 33),
        (Kind::Date, Value::String(text)) => is_date(text),
        (Kind::Web, Value::String(text)) => is_line(text) && is_web(text),
        (Kind::Address, Value::Object(members)) => {
            !members.is_empty()
                && members.iter().all(|(name, value)| {
                    // Lines of a formatted address are parted by line feeds.
                    ADDRESS.contains(&name.as_str())
                        && value
                            .as_str()
                            .is_some_and(|text| is_line(&text.replace('\n', " ")))
                })
        }
        _ => false,
    }
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST && !text.chars().any(char::is_control)
}

/// `YYYY-MM-DD`, or `YYYY` alone; the year 0000 says that it is not told.
fn is_date(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    match text.len() {
        4 => digits(text),
        10 => chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
        _ => false,
    }
}

fn is_web(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| ["https", "http"].contains(&url.scheme()) && url.has_host())
}
