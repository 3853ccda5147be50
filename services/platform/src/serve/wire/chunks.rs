//! The frames of a chunked body (RFC9112-7.1), followed to their end.
//!
//! Extensions and trailers are allowed, since the specification allows them, and mean nothing here; together they are at most
//! [`limits::CHUNK_EXTRAS`] bytes of one body. A size has no blanks around it and at most sixteen digits.

use crate::serve::limits;

/// Where in the frames a body is.
#[derive(Default)]
pub(super) struct Chunks {
    at: At,
    /// Of the size that is being read, or of the data that is still to come.
    size: u64,
    digits: u32,
    /// Bytes of extensions and trailers so far.
    extras: usize,
}

#[derive(Default, Clone, Copy)]
enum At {
    #[default]
    Size,
    Extension,
    SizeEnd,
    Data,
    DataReturn,
    DataEnd,
    /// At the beginning of a trailer's line, or of the empty one that ends the body.
    Line,
    Trailer,
    TrailerEnd,
    End,
}

/// Not the frames of a chunked body, or too much besides data in them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken;

impl Chunks {
    /// How many of these bytes belong to the body, and whether it is over after them.
    pub(super) fn follow(&mut self, bytes: &[u8]) -> Result<(usize, bool), Broken> {
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            if let At::Data = self.at {
                let here = usize::try_from(self.size)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len() - at);
                self.size -= here as u64;
                at += here;
                if self.size == 0 {
                    self.at = At::DataReturn;
                }
                continue;
            }
            at += 1;
            if let (At::End, b'\n') = (self.at, byte) {
                return Ok((at, true));
            }
            self.at = self.step(*byte)?;
        }
        Ok((at, false))
    }

    fn step(&mut self, byte: u8) -> Result<At, Broken> {
        match (self.at, byte) {
            (At::Size, b'\r') if self.digits > 0 => Ok(At::SizeEnd),
            (At::Size, b';') if self.digits > 0 => Ok(At::Extension),
            (At::Size, _) => {
                let digit = char::from(byte).to_digit(16).ok_or(Broken)?;
                self.digits += 1;
                if self.digits > 16 {
                    return Err(Broken);
                }
                self.size = self.size << 4 | u64::from(digit);
                Ok(At::Size)
            }
            (At::Extension, b'\r') => Ok(At::SizeEnd),
            (At::SizeEnd, b'\n') => {
                self.digits = 0;
                Ok(if self.size == 0 { At::Line } else { At::Data })
            }
            (At::DataReturn, b'\r') => Ok(At::DataEnd),
            (At::DataEnd, b'\n') => Ok(At::Size),
            (At::Line, b'\r') => Ok(At::End),
            (At::Trailer, b'\r') => Ok(At::TrailerEnd),
            (At::TrailerEnd, b'\n') => Ok(At::Line),
            (At::Line | At::Trailer, _) => self.extra(byte, At::Trailer),
            (At::Extension, _) => self.extra(byte, At::Extension),
            (At::SizeEnd | At::Data | At::DataReturn | At::DataEnd | At::TrailerEnd | At::End, _) => {
                Err(Broken)
            }
        }
    }

    fn extra(&mut self, byte: u8, next: At) -> Result<At, Broken> {
        self.extras += 1;
        let is_text = byte == b'\t' || !byte.is_ascii_control();
        (is_text && self.extras <= limits::CHUNK_EXTRAS)
            .then_some(next)
            .ok_or(Broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(body: &str) -> Result<(usize, bool), Broken> {
        Chunks::default().follow(body.as_bytes())
    }

    #[test]
    fn a_body_ends_where_its_frames_say() {
        for body in [
            "0\r\n\r\n",
            "1\r\na\r\n0\r\n\r\n",
            "00A;x=\"y z\"\r\n0123456789\r\n0;z\r\nA: b\r\nC: d\r\n\r\n",
        ] {
            assert_eq!(follow(&format!("{body}GET")), Ok((body.len(), true)), "{body:?}");
            for short in 0..body.len() {
                assert_eq!(follow(&body[..short]), Ok((short, false)), "{body:?} {short}");
            }
        }
    }

    #[test]
    fn n03_what_breaks_the_frames_is_none() {
        let endless = format!("1;{}", "a".repeat(limits::CHUNK_EXTRAS + 1));
        let trailers = format!("0\r\n{}", "a: b\r\n".repeat(limits::CHUNK_EXTRAS));
        for body in [
            "\r\n",
            ";a\r\n",
            "-1\r\n",
            "+1\r\n",
            "0x1\r\n",
            " 1\r\n",
            "1 \r\n",
            "1\n",
            "1\ra",
            "g\r\n",
            "00000000000000001\r\n",
            "1;a\nb\r\n",
            "1;a\0\r\n",
            "1\r\nab",
            "1\r\na\n",
            "1\r\na\rb",
            "0\r\n\n",
            "0\r\na: b\n\r\n",
            "0\r\na: \0\r\n",
            "0\r\n\ra",
            &endless,
            &trailers,
        ] {
            assert_eq!(follow(body), Err(Broken), "{:?}", &body[..body.len().min(40)]);
        }
    }
}
