//! How a text of fixed form is read, and a word of an enumeration read and described.

use std::fmt;

use serde::de::{Error, Visitor};
use utoipa::openapi::{
    RefOr,
    schema::{ObjectBuilder, Schema, Type},
};

/// Longest word that is kept, in bytes. FDX's longest has 47.
const LONGEST: usize = 64;

/// Reads a text as a word, by the function given.
pub(crate) struct WordVisitor<T>(pub(crate) fn(&str) -> T);

impl<T> Visitor<'_> for WordVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a word of at most {LONGEST} bytes")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        if text.len() > LONGEST {
            return Err(E::invalid_length(text.len(), &self));
        }
        Ok(self.0(text))
    }
}

/// The schema of an enumeration: the words that may be emitted.
pub(crate) fn schema(words: &[&'static str]) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().copied()))
        .into()
}

/// Reads a text by its `FromStr`, without a copy.
pub(crate) struct TextVisitor<T> {
    /// What the text must be, for the one who sent another.
    pub(crate) expecting: &'static str,
    /// The reader.
    pub(crate) parse: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).ok_or_else(|| E::custom(format_args!("expected {}", self.expecting)))
    }
}
