//! The proven payload of a token, and readers that coerce nothing.
//!
//! josekit's typed accessors are not used on input: one of them panics on large numbers (guard row 6). A value of
//! another type than asked for is an error, not an absence, so that `"exp": "1"` does not count as no `exp`.

use std::fmt;
use std::sync::Arc;

use chrono::DateTime;
use domain::Instant;
use serde_json::{Map, Value};

use crate::limits;

/// The last second of the year 9999, past which our dates are not written in four digits.
const LATEST_SECOND: i64 = 253_402_300_799;

/// Why a claim, or the claims together, were refused. Names the claim, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// The claim is required here and absent.
    #[error("the claim {0} is missing")]
    Missing(&'static str),
    /// The claim has another type than its definition, is empty, or is out of range.
    #[error("the claim {0} is malformed")]
    Malformed(&'static str),
    /// `exp` is not after the present instant.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` lies further ahead than clocks differ.
    #[error("the token's {0} lies in the future")]
    InFuture(&'static str),
    /// `nbf` (else `iat`) lies longer back than this purpose allows.
    #[error("the token is too old")]
    TooOld,
    /// `exp` lies further from `nbf` (else `iat`, else now) than this purpose allows, or not after it.
    #[error("the token's lifetime is not acceptable")]
    Lifetime,
}

/// Claims whose signature was verified. Cheap to clone. Never printed.
#[derive(Clone, PartialEq)]
pub struct Claims(Arc<Map<String, Value>>);

impl Claims {
    /// For the verifiers of this crate alone, and the one unverified reader of [`crate::Compact`].
    pub(crate) fn proven(members: Map<String, Value>) -> Self {
        Self(Arc::new(members))
    }

    /// The claim as JSON, or `None` when absent. `null` is present.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// All claims, in the order received.
    pub fn map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// A text claim, or `None` when absent.
    ///
    /// # Errors
    /// [`ClaimError::Malformed`] when it is no string or an empty one (R10).
    pub fn str(&self, name: &'static str) -> Result<Option<&str>, ClaimError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(ClaimError::Malformed(name)),
        }
    }

    /// A text claim that must be there.
    ///
    /// # Errors
    /// As [`Claims::str`], and [`ClaimError::Missing`].
    pub fn required_str(&self, name: &'static str) -> Result<&str, ClaimError> {
        self.str(name)?.ok_or(ClaimError::Missing(name))
    }

    /// A `NumericDate` claim (RFC 7519 2): seconds since 1970, fractions allowed, years 1970 to 9999. `None` when
    /// absent.
    ///
    /// # Errors
    /// [`ClaimError::Malformed`] for any other type and any number out of range (J18).
    pub fn instant(&self, name: &'static str) -> Result<Option<Instant>, ClaimError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Number(number)) => numeric_date(number).ok_or(ClaimError::Malformed(name)).map(Some),
            Some(_) => Err(ClaimError::Malformed(name)),
        }
    }

    /// The audiences, at least one. Whose name must be among them, and whether alone, is the caller's rule (J21).
    ///
    /// # Errors
    /// [`ClaimError::Missing`] or [`ClaimError::Malformed`] for `aud`.
    pub fn audience(&self) -> Result<Vec<&str>, ClaimError> {
        let text = |value: &'_ Value| matches!(value, Value::String(text) if !text.is_empty());
        match self.get("aud") {
            None => Err(ClaimError::Missing("aud")),
            Some(Value::String(one)) if !one.is_empty() => Ok(vec![one]),
            Some(Value::Array(many))
                if !many.is_empty() && many.len() <= limits::AUDIENCES && many.iter().all(text) =>
            {
                Ok(many.iter().filter_map(Value::as_str).collect())
            }
            Some(_) => Err(ClaimError::Malformed("aud")),
        }
    }

    /// Whether `aud` is an array: FAPI 2 wants the issuer as one string (FAPI2-SP-5.3.2.1-8).
    pub fn is_audience_array(&self) -> bool {
        matches!(self.get("aud"), Some(Value::Array(_)))
    }
}

/// The names only: values may be personal.
impl fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Claims({} members)", self.0.len())
    }
}

fn numeric_date(number: &serde_json::Number) -> Option<Instant> {
    if let Some(seconds) = number.as_u64() {
        let seconds = i64::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds <= LATEST_SECOND)?;
        return DateTime::from_timestamp(seconds, 0);
    }
    // Not an unsigned integer: a negative number, or one with a fraction or exponent. The comparison is false for
    // whatever is not finite, so the conversions below see a small number only.
    let seconds = number.as_f64()?;
    #[expect(clippy::cast_precision_loss, reason = "the bound is far below 2^53")]
    if !(0.0..=LATEST_SECOND as f64).contains(&seconds) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "within the range checked above")]
    DateTime::from_timestamp_millis((seconds * 1000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(value: Value) -> Claims {
        Claims::proven(value.as_object().unwrap().clone())
    }

    fn read_exp(text: &str) -> Result<Option<i64>, ClaimError> {
        let members = crate::json::parse_object(format!(r#"{{"exp":{text}}}"#).as_bytes(), 100).unwrap();
        Claims::proven(members)
            .instant("exp")
            .map(|at| at.map(|at| at.timestamp()))
    }

    #[test]
    fn j18_dates_out_of_range_or_of_another_type_are_refused() {
        for text in [
            "18446744073709551615",
            "18446744073709551616",
            "1e300",
            "-1",
            "-0.5",
            "\"1\"",
            "true",
            "null",
            "[1]",
            "{}",
            "253402300800",
            "253402300799.5",
            "9223372036854775807",
        ] {
            assert_eq!(read_exp(text), Err(ClaimError::Malformed("exp")), "{text}");
        }
        // 1e400 does not even read as JSON.
        assert!(crate::json::parse(br#"{"exp":1e400}"#, 100).is_err());
    }

    #[test]
    fn dates_in_range_are_read() {
        assert_eq!(read_exp("0"), Ok(Some(0)));
        assert_eq!(read_exp("1700000000"), Ok(Some(1_700_000_000)));
        assert_eq!(read_exp("1700000000.75"), Ok(Some(1_700_000_000)));
        assert_eq!(read_exp("1.7e9"), Ok(Some(1_700_000_000)));
        assert_eq!(read_exp("253402300799"), Ok(Some(253_402_300_799)));
        assert_eq!(claims(json!({})).instant("exp"), Ok(None));
    }

    #[test]
    fn r10_texts_are_not_coerced() {
        let claims = claims(json!({"a": "x", "b": "", "c": 1, "d": null, "e": ["x"]}));
        assert_eq!(claims.str("a"), Ok(Some("x")));
        for name in ["b", "c", "d", "e"] {
            assert_eq!(claims.str(name), Err(ClaimError::Malformed(name)));
        }
        assert_eq!(claims.str("z"), Ok(None));
        assert_eq!(claims.required_str("z"), Err(ClaimError::Missing("z")));
    }

    #[test]
    fn j20_j21_audiences_are_one_text_or_several() {
        assert_eq!(claims(json!({"aud": "a"})).audience(), Ok(vec!["a"]));
        assert_eq!(claims(json!({"aud": ["a", "b"]})).audience(), Ok(vec!["a", "b"]));
        assert!(claims(json!({"aud": ["a"]})).is_audience_array());
        assert!(!claims(json!({"aud": "a"})).is_audience_array());
        assert_eq!(claims(json!({})).audience(), Err(ClaimError::Missing("aud")));
        let many = vec!["a"; limits::AUDIENCES + 1];
        for aud in [
            json!(""),
            json!([]),
            json!([""]),
            json!(["a", 1]),
            json!(null),
            json!({}),
            json!(many),
        ] {
            assert_eq!(
                claims(json!({"aud": aud})).audience(),
                Err(ClaimError::Malformed("aud"))
            );
        }
    }

    #[test]
    fn nothing_of_the_values_is_printed() {
        assert_eq!(
            format!("{:?}", claims(json!({"name": "Ada"}))),
            "Claims(1 members)"
        );
    }
}
