//! What stands before the OFX element: version, charset, and lines that no reader needs.

use super::charset::{self, Charset};
use crate::import::{Malformed, limits::HEADER_BYTES};

/// How elements are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Version 1: a value ends where the next tag begins.
    Sgml,
    /// Version 2: every element is closed.
    Xml,
}

/// A file whose header was read.
#[derive(Debug)]
pub(crate) struct Document {
    /// From the OFX element on.
    pub(crate) text: String,
    /// The line that the text begins in.
    pub(crate) first_line: usize,
    /// How elements are written.
    pub(crate) syntax: Syntax,
}

/// Reads the header and decodes what follows it.
///
/// Banks write it with any line ends, all in one line, with blank lines in it, or leave it away.
pub(crate) fn open(file: &[u8]) -> Result<Document, Malformed> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    if file.starts_with(b"\xff\xfe") || file.starts_with(b"\xfe\xff") {
        return Err(Malformed::new(1, "UTF-16 is not supported"));
    }
    let window = file.get(..HEADER_BYTES + 4).unwrap_or(file);
    let start = window
        .windows(4)
        .position(|bytes| bytes.eq_ignore_ascii_case(b"<OFX"))
        .ok_or_else(|| Malformed::new(1, "there is no OFX element"))?;
    let (header, body) = file.split_at_checked(start).unwrap_or((&[], file));
    let header = String::from_utf8_lossy(header);
    let first_line = header.matches('\n').count() + 1;

    let (syntax, charset) = if header.contains("<?") {
        xml(&header)?
    } else {
        sgml(&header)?
    };
    let text = charset::decode(body, charset).map_err(|refused| Malformed {
        line: refused.line + first_line - 1,
        ..refused
    })?;
    Ok(Document {
        text,
        first_line,
        syntax,
    })
}

/// `OFXHEADER:100 DATA:OFXSGML VERSION:102 ... ENCODING:USASCII CHARSET:1252 COMPRESSION:NONE`
fn sgml(header: &str) -> Result<(Syntax, Charset), Malformed> {
    let value = |key: &str| {
        let (_, rest) = header.split_once(key)?;
        rest.split_whitespace().next().map(str::to_ascii_uppercase)
    };
    if value("COMPRESSION:").is_some_and(|compression| compression != "NONE") {
        return Err(Malformed::new(
            line_of(header, "COMPRESSION:"),
            "compressed files are not supported",
        ));
    }
    let encoding = value("ENCODING:").unwrap_or_default();
    let charset = match (encoding.as_str(), value("CHARSET:").unwrap_or_default().as_str()) {
        ("UTF-8" | "UTF8" | "UNICODE", _) | (_, "UTF-8" | "UTF8" | "65001") => Charset::Utf8,
        (_, "" | "NONE" | "1252" | "CP1252" | "WINDOWS-1252" | "ISO-8859-1" | "8859-1" | "USASCII") => {
            Charset::Windows1252
        }
        _ => {
            return Err(Malformed::new(
                line_of(header, "CHARSET:"),
                "the charset is not supported",
            ));
        }
    };
    Ok((Syntax::Sgml, charset))
}

/// `<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="211" ...?>`
fn xml(header: &str) -> Result<(Syntax, Charset), Malformed> {
    if header.contains("<!") {
        return Err(Malformed::new(
            line_of(header, "<!"),
            "a document type is not allowed",
        ));
    }
    let encoding = header.split_once("encoding=").and_then(|(_, rest)| {
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        rest.get(1..)?
            .split_once(quote)
            .map(|(encoding, _)| encoding.to_ascii_uppercase())
    });
    let charset = match encoding.as_deref() {
        None | Some("UTF-8" | "UTF8") => Charset::Utf8,
        Some("US-ASCII" | "ASCII" | "WINDOWS-1252" | "CP1252" | "ISO-8859-1") => Charset::Windows1252,
        Some(_) => {
            return Err(Malformed::new(
                line_of(header, "encoding="),
                "the encoding is not supported",
            ));
        }
    };
    Ok((Syntax::Xml, charset))
}

fn line_of(header: &str, what: &str) -> usize {
    header
        .split_once(what)
        .map_or(1, |(before, _)| before.matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_headers_are_read() {
        let one =
            b"OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n<OFX>";
        let document = open(one).unwrap();
        assert_eq!(
            (document.syntax, document.first_line, document.text.as_str()),
            (Syntax::Sgml, 7, "<OFX>")
        );

        let two = b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>\n<?OFX OFXHEADER=\"200\"?>\n<OFX/>";
        assert_eq!(open(two).unwrap().syntax, Syntax::Xml);
    }

    #[test]
    fn a_header_in_one_line_or_none_is_read() {
        let document = open(b"OFXHEADER:100 DATA:OFXSGML CHARSET:1252 COMPRESSION:NONE<ofx>caf\xe9").unwrap();
        assert_eq!(
            (document.syntax, document.text.as_str()),
            (Syntax::Sgml, "<ofx>café")
        );
        assert_eq!(open(b"<OFX>").unwrap().syntax, Syntax::Sgml);
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_the_line() {
        assert_eq!(
            open(b"!Type:Bank\nD01/01/2026").unwrap_err().reason,
            "there is no OFX element"
        );
        assert_eq!(
            open(b"OFXHEADER:100\nCOMPRESSION:GZIP\n<OFX>").unwrap_err().line,
            2
        );
        assert_eq!(
            open(b"OFXHEADER:100\nENCODING:USASCII\nCHARSET:932\n<OFX>")
                .unwrap_err()
                .line,
            3
        );
        assert_eq!(
            open(b"<?xml version=\"1.0\"?>\n<!DOCTYPE x>\n<OFX>")
                .unwrap_err()
                .line,
            2
        );
        assert_eq!(
            open(b"<?xml encoding=\"UTF-8\"?>\n<OFX>\n\xff").unwrap_err().line,
            3
        );
        assert!(open(&[b' '; 1 << 20]).is_err());
    }
}
