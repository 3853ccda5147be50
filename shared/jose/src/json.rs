//! The strict JSON reader: a duplicate name is an error at every depth, and depth and size have an end.
//!
//! The usual reader keeps the last of two equal names. Whoever checks a message with a reader that keeps the first
//! then sees another message than we do (guard row 8), so an ambiguous text is refused here whatever it is for:
//! headers, claims, pushed parameters, FDX bodies.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::limits;

/// Why a text is not acceptable JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// More bytes than the caller allows, or more values than [`limits::JSON_VALUES`].
    #[error("too large")]
    TooLarge,
    /// Nested deeper than [`limits::JSON_DEPTH`].
    #[error("nested too deeply")]
    TooDeep,
    /// An object names a member twice, possibly through different escapes.
    #[error("a name occurs twice in one object")]
    DuplicateName,
    /// Not JSON, or a number that no 64-bit type holds.
    #[error("malformed")]
    Malformed,
    /// JSON, and not an object.
    #[error("not an object")]
    NotAnObject,
}

/// Reads one JSON text of at most `most_bytes` bytes.
///
/// # Errors
/// See [`JsonError`]; nothing of the text is in it.
pub fn parse(text: &[u8], most_bytes: usize) -> Result<Value, JsonError> {
    if text.len() > most_bytes {
        return Err(JsonError::TooLarge);
    }
    let reading = Reading {
        values_left: Cell::new(limits::JSON_VALUES),
        fault: Cell::new(None),
    };
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Strict {
        reading: &reading,
        depth_left: limits::JSON_DEPTH,
    }
    .deserialize(&mut reader)
    .map_err(|_| reading.fault.get().unwrap_or(JsonError::Malformed))?;
    reader.end().map_err(|_| JsonError::Malformed)?;
    Ok(value)
}

/// Reads one JSON object of at most `most_bytes` bytes.
///
/// # Errors
/// As [`parse`], and [`JsonError::NotAnObject`].
pub fn parse_object(text: &[u8], most_bytes: usize) -> Result<Map<String, Value>, JsonError> {
    match parse(text, most_bytes)? {
        Value::Object(members) => Ok(members),
        _ => Err(JsonError::NotAnObject),
    }
}

/// What is known while one text is read. serde's errors are text, so the kind of fault is kept beside them.
struct Reading {
    values_left: Cell<usize>,
    fault: Cell<Option<JsonError>>,
}

impl Reading {
    fn refuse<T, E: Error>(&self, fault: JsonError) -> Result<T, E> {
        self.fault.set(Some(fault));
        Err(E::custom("refused"))
    }

    fn count<E: Error>(&self) -> Result<(), E> {
        match self.values_left.get().checked_sub(1) {
            Some(left) => {
                self.values_left.set(left);
                Ok(())
            }
            None => self.refuse(JsonError::TooLarge),
        }
    }
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    reading: &'a Reading,
    depth_left: usize,
}

impl Strict<'_> {
    fn inner<E: Error>(self) -> Result<Self, E> {
        match self.depth_left.checked_sub(1) {
            Some(depth_left) => Ok(Self { depth_left, ..self }),
            None => self.reading.refuse(JsonError::TooDeep),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.reading.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        match serde_json::Number::from_f64(value) {
            Some(number) => Ok(Value::Number(number)),
            None => self.reading.refuse(JsonError::Malformed),
        }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.insert(name, members.next_value_seed(inner)?).is_some() {
                return self.reading.refuse(JsonError::DuplicateName);
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Value, JsonError> {
        parse(text.as_bytes(), 1_000_000)
    }

    #[test]
    fn an_ordinary_text_reads_as_the_usual_reader_does() {
        let text = r#"{"a":[1,-2,3.5,"x\u0061",true,null,{}],"b":{"a":18446744073709551615}}"#;
        assert_eq!(read(text), Ok(serde_json::from_str(text).unwrap()));
    }

    #[test]
    fn a_name_twice_is_refused_at_every_depth_and_through_escapes() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"x":[{"y":{"a":1,"b":2,"a":3}}]}"#,
            r#"{"":1,"":2}"#,
        ] {
            assert_eq!(read(text), Err(JsonError::DuplicateName), "{text}");
        }
        assert!(read(r#"{"a":{"a":1},"b":{"a":1}}"#).is_ok());
    }

    #[test]
    fn j28_deep_nesting_is_refused() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(&nested(limits::JSON_DEPTH)).is_ok());
        assert_eq!(read(&nested(limits::JSON_DEPTH + 1)), Err(JsonError::TooDeep));
        assert_eq!(read(&nested(400_000)), Err(JsonError::TooDeep));
        let objects = format!("{}1{}", r#"{"a":"#.repeat(128), "}".repeat(128));
        assert_eq!(read(&objects), Err(JsonError::TooDeep));
    }

    #[test]
    fn too_many_values_and_too_many_bytes_are_refused() {
        let wide = format!("[{}0]", "0,".repeat(limits::JSON_VALUES));
        assert_eq!(read(&wide), Err(JsonError::TooLarge));
        assert_eq!(parse(b"[1,2,3]", 6), Err(JsonError::TooLarge));
        assert!(parse(b"[1,2,3]", 7).is_ok());
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for text in [
            "",
            "{",
            "{}{}",
            "{} x",
            "{'a':1}",
            "[1e400]",
            "[01]",
            "[NaN]",
            r#"["\ud800"]"#,
            "\u{feff}{}",
        ] {
            assert_eq!(read(text), Err(JsonError::Malformed), "{text}");
        }
        assert_eq!(parse(b"[\"\xff\"]", 100), Err(JsonError::Malformed));
        assert_eq!(parse_object(b"[]", 100), Err(JsonError::NotAnObject));
    }
}
