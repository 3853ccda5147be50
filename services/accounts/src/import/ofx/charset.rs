//! Bytes become text, in the charset that the file names or really uses.

use crate::import::Malformed;

/// What a header can say of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    /// Windows-1252, and what is part of it: US-ASCII, ISO-8859-1.
    Windows1252,
    /// UTF-8.
    Utf8,
}

/// What the bytes 0x80 to 0x9F mean in Windows-1252. Five of them mean nothing.
const C1: [char; 32] = [
    '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž', '\u{FFFD}',
    '\u{FFFD}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{FFFD}', 'ž', 'Ÿ',
];

/// The text of the bytes.
///
/// Many banks write UTF-8 under the header of Windows-1252, which every old template has. Bytes that are
/// UTF-8 throughout are taken as that: text in Windows-1252 with an accent in it almost never is.
///
/// # Errors
/// The line where bytes that should be UTF-8 are not.
pub(crate) fn decode(bytes: &[u8], charset: Charset) -> Result<String, Malformed> {
    match (std::str::from_utf8(bytes), charset) {
        (Ok(text), _) => Ok(text.to_owned()),
        (Err(_), Charset::Windows1252) => Ok(bytes.iter().map(|&byte| windows_1252(byte)).collect()),
        (Err(error), Charset::Utf8) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
            Err(Malformed::new(line, "the bytes are not UTF-8"))
        }
    }
}

fn windows_1252(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        Some(index @ 0..32) => C1
            .get(usize::from(index))
            .copied()
            .unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_charsets_are_read() {
        assert_eq!(
            decode(b"Caf\xe9 \x80 5", Charset::Windows1252).unwrap(),
            "Café € 5"
        );
        assert_eq!(decode("Café €".as_bytes(), Charset::Utf8).unwrap(), "Café €");
    }

    #[test]
    fn utf_8_under_the_old_header_is_seen() {
        assert_eq!(decode("Café".as_bytes(), Charset::Windows1252).unwrap(), "Café");
    }

    #[test]
    fn bytes_that_are_not_what_they_should_be_are_refused_with_the_line() {
        assert_eq!(decode(b"a\nb\n\xe9", Charset::Utf8).unwrap_err().line, 3);
    }
}
