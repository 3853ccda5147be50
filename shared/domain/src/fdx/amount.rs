//! Exact decimals that survive the trip through a JSON number.
//!
//! Most JSON readers, ours among them, hold a number as an IEEE 754 double. A decimal of at most 15
//! significant digits (C's `DBL_DIG`) comes back from the nearest double unchanged, and no two of them share
//! a double. So we allow 15 digits and nothing is ever rounded: 9,999,999,999,999.99 is the largest amount
//! with cents. (serde_json's arbitrary precision would allow more, and breaks tagged enums.)

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected, Visitor},
};
use utoipa::openapi::{
    RefOr,
    schema::{ObjectBuilder, Schema, Type},
};

use super::piece::Piece;

/// An exact decimal of at most 15 digits in all and at most 22 after the point: money in the unit of its
/// currency, a rate in percent, a price, or a number of shares. FDX `number`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(Decimal);

/// The number is not a decimal, or is longer than an [`Amount`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not digits, with a sign and a point at most.
    #[error("is not a decimal number")]
    NotDecimal,
    /// More digits than a JSON number carries exactly.
    #[error("has more than 15 significant digits")]
    TooLong,
}

/// One more than the largest number of 15 digits.
const BOUND: i64 = 1_000_000_000_000_000;
/// Powers of ten up to this one are doubles exactly.
const FINEST: u32 = 22;

impl Amount {
    /// The amount of that value.
    ///
    /// # Errors
    /// [`AmountError::TooLong`] when it needs more than 15 digits, or more than 22 after the point.
    pub fn new(value: Decimal) -> Result<Self, AmountError> {
        let value = value.normalize();
        if value.mantissa().unsigned_abs() >= u128::from(BOUND.unsigned_abs()) || value.scale() > FINEST {
            return Err(AmountError::TooLong);
        }
        Ok(Self(value))
    }

    /// The value.
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// The value without its sign.
    #[must_use]
    pub fn magnitude(self) -> Self {
        Self(self.0.abs())
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }

    /// The double nearest to it, exactly rounded: mantissa and power of ten are both doubles without error,
    /// so the one division is the only rounding.
    #[expect(clippy::cast_precision_loss, reason = "below 10^15, which is below 2^53")]
    fn nearest_double(self) -> f64 {
        self.0.mantissa() as f64 / power_of_ten(self.0.scale())
    }

    /// The one amount whose nearest double is `double`, if there is one.
    #[expect(clippy::cast_possible_truncation, reason = "checked to be below 10^15")]
    fn of_double(double: f64) -> Result<Self, AmountError> {
        for scale in 0..=FINEST {
            // The product may be off by a little, but by less than a half, so that rounding finds the
            // integer; the quotient then tells whether it is the right one.
            let mantissa = (double * power_of_ten(scale)).round();
            if mantissa.is_nan() || mantissa.abs() >= 1e15 {
                break;
            }
            #[expect(clippy::float_cmp, reason = "the very same double is asked for")]
            if mantissa / power_of_ten(scale) == double {
                return Ok(Self(Decimal::new(mantissa as i64, scale).normalize()));
            }
        }
        Err(AmountError::TooLong)
    }
}

/// 10 to the power of `scale`, exact up to 22.
fn power_of_ten(scale: u32) -> f64 {
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    POWERS.get(scale as usize).copied().unwrap_or(f64::INFINITY)
}

impl FromStr for Amount {
    type Err = AmountError;

    /// Reads `-1234.50`, `+00012.3400`, `.5`. No grouping, no exponent, no blank.
    fn from_str(text: &str) -> Result<Self, AmountError> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) {
            return Err(AmountError::NotDecimal);
        }
        // Zeros that say nothing are taken off, since brokers pad with many.
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        if whole.len() > 15 || fraction.len() > FINEST as usize {
            return Err(AmountError::TooLong);
        }
        let plain = format!("{whole}{fraction}");
        let mantissa = if plain.is_empty() {
            0
        } else {
            plain.parse::<i128>().map_err(|_| AmountError::TooLong)?
        };
        let scale = u32::try_from(fraction.len()).map_err(|_| AmountError::TooLong)?;
        let value = Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| AmountError::TooLong)?;
        Self::new(if text.starts_with('-') { -value } else { value })
    }
}

impl From<i32> for Amount {
    fn from(value: i32) -> Self {
        Self(Decimal::from(value))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match i64::try_from(self.0.mantissa()) {
            Ok(whole) if self.0.scale() == 0 => serializer.serialize_i64(whole),
            _ => serializer.serialize_f64(self.nearest_double()),
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Amount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of at most 15 significant digits")
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Amount, E> {
                Amount::of_double(value)
                    .map_err(|_| E::invalid_value(Unexpected::Other("longer number"), &self))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Amount, E> {
                Amount::new(value.into())
                    .map_err(|_| E::invalid_value(Unexpected::Other("longer number"), &self))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Amount, E> {
                Amount::new(value.into())
                    .map_err(|_| E::invalid_value(Unexpected::Other("longer number"), &self))
            }
        }
        deserializer.deserialize_f64(Number)
    }
}

impl Piece for Amount {}

impl utoipa::PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some("An exact decimal of at most 15 significant digits"))
            .into()
    }
}

impl utoipa::ToSchema for Amount {}

#[cfg(test)]
mod tests {
    use super::*;

    fn through_json(text: &str) -> String {
        let amount: Amount = text.parse().unwrap();
        let json = serde_json::to_string(&amount).unwrap();
        serde_json::from_str::<Amount>(&json).unwrap().to_string()
    }

    #[test]
    fn what_has_15_digits_passes_through_a_json_number_unchanged() {
        for text in [
            "0.1",
            "-6.6",
            "9999999999999.99",
            "-9999999999999.99",
            "123456789012345",
            "0.000000000000001",
            "0.07",
        ] {
            assert_eq!(through_json(text), text);
        }
        // A walk over awkward values: every 7,919th amount of cents.
        for step in 0..200_000_i64 {
            let cents = step * 7_919 * 631_357 % BOUND;
            let amount = Amount::new(Decimal::new(cents, 2)).unwrap();
            assert_eq!(Amount::of_double(amount.nearest_double()), Ok(amount));
        }
    }

    #[test]
    fn the_double_is_the_one_that_the_text_means() {
        for text in ["0.1", "2.675", "1.005", "4503599627370.49", "0.3", "99999.99999"] {
            let amount: Amount = text.parse().unwrap();
            assert_eq!(amount.nearest_double(), text.parse::<f64>().unwrap());
        }
    }

    #[test]
    fn padding_and_plus_say_nothing() {
        assert_eq!(
            "-00000000001500.0000".parse::<Amount>().unwrap().to_string(),
            "-1500"
        );
        assert_eq!(
            "+00000000000115.8331".parse::<Amount>().unwrap().to_string(),
            "115.8331"
        );
        assert_eq!("-.50".parse::<Amount>().unwrap().to_string(), "-0.5");
        assert_eq!("100.".parse::<Amount>().unwrap().to_string(), "100");
        assert_eq!("-0.00".parse::<Amount>().unwrap(), Amount::default());
    }

    #[test]
    fn what_is_longer_or_no_decimal_is_refused() {
        assert_eq!("1234567890123456".parse::<Amount>(), Err(AmountError::TooLong));
        assert_eq!("1000000000000000".parse::<Amount>(), Err(AmountError::TooLong));
        assert_eq!("12345678901234.56".parse::<Amount>(), Err(AmountError::TooLong));
        for text in [
            "", ".", "-", "1e5", "1,000.00", " 1", "0x10", "1.2.3", "--1", "NaN",
        ] {
            assert_eq!(text.parse::<Amount>(), Err(AmountError::NotDecimal), "{text}");
        }
        for json in [
            "1234567890123456",
            "0.12345678901234567",
            "1e300",
            "-1e300",
            "18446744073709551615",
        ] {
            assert!(serde_json::from_str::<Amount>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn whole_amounts_are_written_without_a_point() {
        assert_eq!(
            serde_json::to_string(&"100.00".parse::<Amount>().unwrap()).unwrap(),
            "100"
        );
        assert_eq!(
            serde_json::to_string(&"-6.60".parse::<Amount>().unwrap()).unwrap(),
            "-6.6"
        );
    }
}
