//! Numbers that are longer than an amount holds are refused before anything reads them.
//!
//! A JSON reader rounds `0.1234567890123456789` to the nearest double without a word; after that nobody can
//! tell that digits are gone.

use crate::import::Malformed;

/// Refuses a text with a number of more than 15 significant digits outside of its strings.
pub(super) fn refuse_long(text: &str) -> Result<(), Malformed> {
    let mut line = 1;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\n' => line += 1,
            b'"' => {
                let mut escaped = false;
                for byte in bytes.by_ref() {
                    match byte {
                        b'\n' => line += 1,
                        b'"' if !escaped => break,
                        _ => {}
                    }
                    escaped = byte == b'\\' && !escaped;
                }
            }
            b'0'..=b'9' => {
                let mut digits = Digits::default();
                digits.take(byte);
                while let Some(byte) =
                    bytes.next_if(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
                {
                    digits.take(byte);
                }
                if digits.significant > 15 {
                    return Err(Malformed::new(
                        line,
                        "a number has more than 15 significant digits",
                    ));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Counts the digits of a number, without zeros before the first and after the last that says something.
#[derive(Default)]
struct Digits {
    significant: usize,
    zeros: usize,
    fraction: bool,
    exponent: bool,
}

impl Digits {
    fn take(&mut self, byte: u8) {
        match byte {
            b'e' | b'E' => self.exponent = true,
            _ if self.exponent => {}
            b'.' => {
                self.fraction = true;
                self.significant += std::mem::take(&mut self.zeros);
            }
            b'0' if self.significant == 0 && self.zeros == 0 => {}
            b'0' if self.fraction => self.zeros += 1,
            b'0' => self.significant += 1,
            b'1'..=b'9' => self.significant += std::mem::take(&mut self.zeros) + 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_digits_pass_and_sixteen_do_not() {
        for number in [
            "123456789012345",
            "0.000123456789012345",
            "-1234567890123.45000000",
            "0",
            "1e10",
            "9.99",
        ] {
            assert_eq!(refuse_long(&format!("[{number}]")), Ok(()), "{number}");
        }
        for number in [
            "1234567890123456",
            "0.1234567890123456",
            "12345678901234.56",
            "1.00000000000000000001",
        ] {
            assert!(
                refuse_long(&format!("[\n{number}]")).is_err_and(|refused| refused.line == 2),
                "{number}"
            );
        }
    }

    #[test]
    fn digits_in_strings_are_no_numbers() {
        assert_eq!(refuse_long(r#"{"a\"": "12345678901234567890 \\"}"#), Ok(()));
    }
}
