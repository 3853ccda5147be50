//! The value of one attribute: characters where it is a string, else its encoding.

use std::fmt::{self, Write as _};

use crate::der;

/// Strings of every type that has one meaning are text; all else is compared as it is encoded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    /// What the string says.
    Text(String),
    /// One whole DER element.
    Encoded(Vec<u8>),
}

const NUMERIC_STRING: u8 = 0x12;
const PRINTABLE_STRING: u8 = 0x13;
const TELETEX_STRING: u8 = 0x14;
const IA5_STRING: u8 = 0x16;
const VISIBLE_STRING: u8 = 0x1a;
const UNIVERSAL_STRING: u8 = 0x1c;
const BMP_STRING: u8 = 0x1e;

impl Value {
    /// Reads one DER element, which must be all there is.
    pub(super) fn from_der(encoded: &[u8]) -> Option<Self> {
        let mut rest = encoded;
        let element = der::take(&mut rest)?;
        if !rest.is_empty() {
            return None;
        }
        let text = match element.tag {
            der::UTF8_STRING => String::from_utf8(element.content.to_vec()).ok(),
            // T.61 has no agreed meaning beyond ASCII; the others are ASCII by definition.
            NUMERIC_STRING | PRINTABLE_STRING | TELETEX_STRING | IA5_STRING | VISIBLE_STRING => element
                .content
                .is_ascii()
                .then(|| String::from_utf8_lossy(element.content).into_owned()),
            BMP_STRING => utf16(element.content),
            UNIVERSAL_STRING => utf32(element.content),
            _ => None,
        };
        Some(text.map_or_else(|| Self::Encoded(encoded.to_vec()), Self::Text))
    }

    /// `#` and the hex of its DER; text as a UTF8String.
    pub(super) fn as_hex(&self) -> String {
        let encoded = match self {
            Self::Text(text) => der::encode(der::UTF8_STRING, text.as_bytes()),
            Self::Encoded(encoded) => encoded.clone(),
        };
        encoded.iter().fold("#".to_owned(), |mut hex, byte| {
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    rest.is_empty().then(|| String::from_utf16(&units).ok())?
}

fn utf32(bytes: &[u8]) -> Option<String> {
    let (words, rest) = bytes.as_chunks::<4>();
    rest.is_empty().then(|| {
        words
            .iter()
            .map(|word| char::from_u32(u32::from_be_bytes(*word)))
            .collect()
    })?
}

/// As RFC4514-2.4 writes values; beyond what it asks, every byte outside printable ASCII is escaped.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Text(text) = self else {
            return f.write_str(&self.as_hex());
        };
        let last = text.len().saturating_sub(1);
        for (index, byte) in text.bytes().enumerate() {
            match byte {
                b'"' | b'+' | b',' | b';' | b'<' | b'>' | b'\\' => write!(f, "\\{}", char::from(byte))?,
                b' ' if index == 0 || index == last => f.write_str("\\ ")?,
                b'#' if index == 0 => f.write_str("\\#")?,
                0x20..=0x7e => f.write_char(char::from(byte))?,
                _ => write!(f, "\\{byte:02X}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_strings_are_text_and_broken_ones_are_not() {
        assert_eq!(
            Value::from_der(&[0x1c, 4, 0, 1, 0xf6, 0]),
            Some(Value::Text("\u{1f600}".into()))
        );
        assert_eq!(
            Value::from_der(&[0x1c, 4, 0, 0, 0xd8, 0]),
            Some(Value::Encoded(vec![0x1c, 4, 0, 0, 0xd8, 0]))
        );
        assert_eq!(
            Value::from_der(&[0x1e, 1, 0]),
            Some(Value::Encoded(vec![0x1e, 1, 0]))
        );
        assert_eq!(
            Value::from_der(&[0x13, 1, 0xe9]),
            Some(Value::Encoded(vec![0x13, 1, 0xe9]))
        );
        assert_eq!(Value::from_der(&[0x0c, 0, 0]), None);
    }
}
