//! Texts with the lengths that FDX gives them, or that we give where FDX gives none.

use utoipa::openapi::{
    RefOr,
    schema::{ObjectBuilder, Schema, Type},
};

use super::piece::{Faults, Piece};

macro_rules! text {
    ($(#[$meta:meta])* $name:ident, $longest:literal) => {
        $(#[$meta])*
        ///
        /// Its length is checked when the entity is; `Debug` does not print it.
        #[derive(Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Most characters.
            pub const LONGEST: usize = $longest;

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, cut to the most characters that this type holds.
            pub fn cut(text: &str) -> Self {
                Self(text.chars().take(Self::LONGEST).collect())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        impl Piece for $name {
            fn check(&self, faults: &mut Faults) {
                faults.require(
                    self.0.chars().take($longest + 1).count() <= $longest,
                    concat!("is longer than ", $longest, " characters"),
                );
                faults.require(
                    !self.0.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')),
                    "holds a control character",
                );
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().schema_type(Type::String).max_length(Some($longest)).into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

text!(
    /// An id that the bank gives (FDX `Identifier`).
    Identifier,
    256
);
text!(
    /// A text for which FDX sets no length; the bound is ours.
    Text,
    4096
);
text!(
    /// FDX `String255`.
    String255,
    255
);
text!(
    /// FDX `String64`.
    String64,
    64
);

/// A country (ISO 3166-1 alpha-2) or a currency (ISO 4217): so many capital letters.
pub(crate) fn is_code(text: &str, letters: usize) -> bool {
    text.len() == letters && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

macro_rules! code {
    ($(#[$meta:meta])* $name:ident, $letters:literal, $example:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The letters.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl Piece for $name {
            fn check(&self, faults: &mut Faults) {
                faults.require(is_code(&self.0, $letters), concat!("is not ", $letters, " capital letters"));
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some($letters))
                    .max_length(Some($letters))
                    .examples([$example])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

code!(
    /// A currency, ISO 4217.
    CurrencyCode,
    3,
    "USD"
);
code!(
    /// A country, ISO 3166-1 alpha-2.
    CountryCode,
    2,
    "US"
);

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(piece: &impl Piece) -> usize {
        let mut faults = Faults::default();
        piece.check(&mut faults);
        faults.into_result().err().map_or(0, |found| found.len())
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert_eq!(faults(&String64::from("é".repeat(64))), 0);
        assert_eq!(faults(&String64::from("é".repeat(65))), 1);
        assert_eq!(String64::cut(&"é".repeat(65)).as_str().chars().count(), 64);
    }

    #[test]
    fn control_characters_are_refused_but_lines_may_break() {
        assert_eq!(faults(&Text::from("two\nlines")), 0);
        assert_eq!(faults(&Text::from("null\0")), 1);
    }

    #[test]
    fn codes_are_capital_letters() {
        assert_eq!(faults(&CurrencyCode::from("USD")), 0);
        assert_eq!(faults(&CurrencyCode::from("usd")), 1);
        assert_eq!(faults(&CountryCode::from("USA")), 1);
    }
}
