//! Reads a name as RFC 4514 writes it.
//!
//! One pass, byte by byte; every byte is taken once. The forms that RFC 1779 and RFC 2253 left behind
//! (values in quotes, `;` as separator) are refused rather than guessed at.

use super::{Attribute, DistinguishedName, RelativeName, attribute, value::Value};

/// Bytes of text that are looked at.
const MAX_LENGTH: usize = 2048;

/// The text names nobody. For whoever registers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing there, or more than 2,048 bytes.
    #[error("a distinguished name has 1 to 2048 bytes")]
    Length,
    /// A part without `=`, or before it no known attribute type.
    #[error("each part must be TYPE=value, with a known type or one in dotted decimals")]
    Type,
    /// A special character not escaped, an escape that is none, or hex that is no DER.
    #[error("a value holds a special character that is not escaped, or a wrong escape")]
    Escape,
    /// A value that is empty, not UTF-8 after unescaping, or holds a control character.
    #[error("a value is empty or unprintable")]
    Value,
    /// More than 32 parts, or 8 attributes in one.
    #[error("too many parts")]
    TooMany,
}

pub(super) fn name(text: &str) -> Result<DistinguishedName, InvalidName> {
    if text.is_empty() || text.len() > MAX_LENGTH {
        return Err(InvalidName::Length);
    }
    let mut rest = text.as_bytes();
    let mut names = Vec::new();
    let mut attributes = Vec::new();
    loop {
        let (attribute, end) = take_attribute(&mut rest)?;
        attributes.push(attribute);
        if end == Some(b'+') {
            continue;
        }
        names.push(RelativeName::new(std::mem::take(&mut attributes)).ok_or(InvalidName::TooMany)?);
        if end.is_none() {
            break;
        }
    }
    // Written most specific first, encoded most significant first.
    names.reverse();
    DistinguishedName::new(names).ok_or(InvalidName::TooMany)
}

/// Takes `TYPE=value` and the separator after it, which is returned.
fn take_attribute(rest: &mut &[u8]) -> Result<(Attribute, Option<u8>), InvalidName> {
    let equals = rest
        .iter()
        .position(|&byte| byte == b'=')
        .ok_or(InvalidName::Type)?;
    let (kind, after) = rest.split_at(equals);
    let kind = str::from_utf8(kind)
        .map_err(|_| InvalidName::Type)?
        .trim_matches(' ');
    let object_identifier = attribute::object_identifier(kind).ok_or(InvalidName::Type)?;

    *rest = after.get(1..).unwrap_or_default().trim_ascii_start();
    let (value, end) = if rest.first() == Some(&b'#') {
        take_hex(rest)?
    } else {
        take_text(rest)?
    };
    Ok((
        Attribute {
            object_identifier,
            value,
        },
        end,
    ))
}

fn take_hex(rest: &mut &[u8]) -> Result<(Value, Option<u8>), InvalidName> {
    let end = rest
        .iter()
        .position(|&byte| is_separator(byte))
        .unwrap_or(rest.len());
    let (hex, after) = rest.split_at(end);
    let digits = hex.get(1..).unwrap_or_default().trim_ascii_end();
    let (pairs, odd) = digits.as_chunks::<2>();
    let encoded: Option<Vec<u8>> = pairs.iter().map(|pair| byte_of(pair[0], pair[1])).collect();
    let encoded = encoded.filter(|_| odd.is_empty()).ok_or(InvalidName::Escape)?;
    let value = Value::from_der(&encoded).ok_or(InvalidName::Escape)?;
    if let Value::Text(text) = &value {
        printable(text)?;
    }
    let separator = after.first().copied();
    *rest = after.get(1..).unwrap_or_default();
    Ok((value, separator))
}

fn take_text(rest: &mut &[u8]) -> Result<(Value, Option<u8>), InvalidName> {
    let mut bytes = Vec::new();
    // Up to where the value goes if only spaces that are not escaped follow.
    let mut kept = 0;
    let mut separator = None;
    while let Some((&byte, after)) = rest.split_first() {
        *rest = after;
        match byte {
            _ if is_separator(byte) => {
                separator = Some(byte);
                break;
            }
            b'\\' => {
                bytes.push(take_escaped(rest)?);
                kept = bytes.len();
            }
            b'"' | b';' | b'<' | b'>' | 0 => return Err(InvalidName::Escape),
            b' ' => bytes.push(byte),
            _ => {
                bytes.push(byte);
                kept = bytes.len();
            }
        }
    }
    bytes.truncate(kept);
    let text = String::from_utf8(bytes).map_err(|_| InvalidName::Value)?;
    printable(&text)?;
    Ok((Value::Text(text), separator))
}

/// What follows a backslash: a special character, or two hex digits.
fn take_escaped(rest: &mut &[u8]) -> Result<u8, InvalidName> {
    let (byte, taken) = match **rest {
        [special, ..] if b" \"#+,;<=>\\".contains(&special) => (special, 1),
        [high, low, ..] => (byte_of(high, low).ok_or(InvalidName::Escape)?, 2),
        _ => return Err(InvalidName::Escape),
    };
    *rest = rest.get(taken..).unwrap_or_default();
    Ok(byte)
}

fn byte_of(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    Some(digit(high)? << 4 | digit(low)?)
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b',' | b'+')
}

fn printable(text: &str) -> Result<(), InvalidName> {
    if text.is_empty() || text.chars().any(char::is_control) {
        Err(InvalidName::Value)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m08_what_is_not_rfc4514_is_refused() {
        for (text, why) in [
            ("", InvalidName::Length),
            ("client", InvalidName::Type),
            ("CN", InvalidName::Type),
            ("CN=a,", InvalidName::Type),
            ("CN=a,,O=b", InvalidName::Type),
            ("XX=a", InvalidName::Type),
            ("/CN=a/O=b", InvalidName::Type),
            ("CN=\"a\"", InvalidName::Escape),
            ("CN=a;O=b", InvalidName::Escape),
            ("CN=a\\", InvalidName::Escape),
            ("CN=a\\zz", InvalidName::Escape),
            ("CN=a\\4", InvalidName::Escape),
            ("CN=#0c", InvalidName::Escape),
            ("CN=#0c017", InvalidName::Escape),
            ("CN=#zz", InvalidName::Escape),
            ("CN=", InvalidName::Value),
            ("CN=  ,O=b", InvalidName::Value),
            ("CN=a\\00", InvalidName::Value),
            ("CN=a\nb", InvalidName::Value),
            ("CN=\\ff", InvalidName::Value),
            ("CN=#0c0100", InvalidName::Value),
        ] {
            assert_eq!(name(text).err(), Some(why), "{text:?}");
        }
        assert_eq!(
            name(&format!("CN={}", "a".repeat(2046))),
            Err(InvalidName::Length)
        );
        assert_eq!(name(&["OU=a"; 33].join(",")), Err(InvalidName::TooMany));
        assert_eq!(name(&["OU=a"; 9].join("+")), Err(InvalidName::TooMany));
    }

    #[test]
    fn spaces_round_separators_are_nobodys() {
        assert_eq!(name("CN=a b , O = c"), name("CN=a b,O=c"));
        assert_ne!(name("CN=a\\ ,O=c"), name("CN=a,O=c"));
        assert_eq!(name("CN= #0c0161"), name("CN=a"));
    }
}
