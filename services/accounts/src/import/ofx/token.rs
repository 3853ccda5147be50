//! Text becomes tags and the text between them, each with its line.

use crate::import::Malformed;

/// A piece of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// `<NAME>`, or `<NAME/>`.
    Open {
        /// As written.
        name: &'a str,
        /// Whether it is closed already.
        empty: bool,
    },
    /// `</NAME>`.
    Close {
        /// As written.
        name: &'a str,
    },
    /// What stands between tags, references not resolved.
    Text(&'a str),
    /// What stands in a CDATA section.
    Verbatim(&'a str),
}

/// Cuts a text into pieces.
pub(crate) struct Tokens<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Tokens<'a> {
    pub(crate) const fn new(text: &'a str, first_line: usize) -> Self {
        Self {
            rest: text,
            line: first_line,
        }
    }

    /// The next piece and the line that it begins in; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(usize, Piece<'a>)>, Malformed> {
        loop {
            if self.rest.is_empty() {
                return Ok(None);
            }
            let line = self.line;
            let piece = if let Some(rest) = self.rest.strip_prefix("<![CDATA[") {
                Some(Piece::Verbatim(self.until(
                    rest,
                    "]]>",
                    "a CDATA section does not end",
                )?))
            } else if let Some(rest) = self.rest.strip_prefix("<!--") {
                self.until(rest, "-->", "a comment does not end")?;
                None
            } else if let Some(rest) = self.rest.strip_prefix("<?") {
                self.until(rest, "?>", "a processing instruction does not end")?;
                None
            } else if self.rest.starts_with("<!") {
                return Err(Malformed::new(line, "a document type is not allowed"));
            } else if starts_tag(self.rest) {
                Some(self.tag()?)
            } else {
                Some(Piece::Text(self.text()))
            };
            if let Some(piece) = piece {
                return Ok(Some((line, piece)));
            }
        }
    }

    /// What stands before `end`; both are consumed.
    fn until(&mut self, rest: &'a str, end: &str, unended: &str) -> Result<&'a str, Malformed> {
        let (inside, after) = rest
            .split_once(end)
            .ok_or_else(|| Malformed::new(self.line, unended))?;
        self.consume(after);
        Ok(inside)
    }

    fn tag(&mut self) -> Result<Piece<'a>, Malformed> {
        let line = self.line;
        let rest = self.rest.strip_prefix('<').unwrap_or(self.rest);
        let (inside, after) = rest
            .split_once('>')
            .filter(|(inside, _)| !inside.contains('<'))
            .ok_or_else(|| Malformed::new(line, "a tag does not end"))?;
        self.consume(after);
        let (close, inside) = inside
            .strip_prefix('/')
            .map_or((false, inside), |inside| (true, inside));
        let (empty, inside) = inside
            .strip_suffix('/')
            .map_or((false, inside), |inside| (true, inside));
        // OFX has no attributes; a namespace that an exporter adds says nothing.
        let name = inside.split_whitespace().next().unwrap_or_default();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b':');
        if name.is_empty() || name.len() > 64 || !name.bytes().all(allowed) {
            return Err(Malformed::new(line, "a tag has no proper name"));
        }
        Ok(if close {
            Piece::Close { name }
        } else {
            Piece::Open { name, empty }
        })
    }

    /// Up to the next tag. A `<` that begins none, as in `A < B`, is text.
    fn text(&mut self) -> &'a str {
        let mut end = self.rest.len();
        for (index, _) in self.rest.match_indices('<') {
            let from_here = self.rest.get(index..).unwrap_or_default();
            if index > 0
                && (starts_tag(from_here) || from_here.starts_with("<!") || from_here.starts_with("<?"))
            {
                end = index;
                break;
            }
        }
        let (text, after) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.consume(after);
        text
    }

    /// Goes on at `after`, which is the end of what remains, and counts the lines passed.
    fn consume(&mut self, after: &'a str) {
        let passed = self.rest.len() - after.len();
        let passed = self.rest.get(..passed).unwrap_or_default();
        self.line += passed.bytes().filter(|&byte| byte == b'\n').count();
        self.rest = after;
    }
}

fn starts_tag(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next() == Some(b'<')
        && bytes
            .next()
            .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'/')
}

/// Resolves the references that OFX has. Others stay as they are: banks write `AT&T`.
pub(crate) fn resolve(text: &str) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        resolved.push_str(before);
        let reference = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        let character = reference.and_then(|(name, _)| match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some(' '),
            _ => numbered(name),
        });
        match (character, reference) {
            (Some(character), Some((_, after))) => {
                resolved.push(character);
                rest = after;
            }
            _ => {
                resolved.push('&');
                rest = after;
            }
        }
    }
    resolved.push_str(rest);
    resolved
}

fn numbered(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Result<Vec<(usize, Piece<'_>)>, Malformed> {
        let mut tokens = Tokens::new(text, 1);
        let mut pieces = vec![];
        while let Some(piece) = tokens.next()? {
            pieces.push(piece);
        }
        Ok(pieces)
    }

    #[test]
    fn tags_and_text_have_their_lines() {
        let found = pieces("<A>\n<B>one\n<!-- no\n -->\n</A>").unwrap();
        assert_eq!(
            found,
            [
                (
                    1,
                    Piece::Open {
                        name: "A",
                        empty: false
                    }
                ),
                (1, Piece::Text("\n")),
                (
                    2,
                    Piece::Open {
                        name: "B",
                        empty: false
                    }
                ),
                (2, Piece::Text("one\n")),
                (4, Piece::Text("\n")),
                (5, Piece::Close { name: "A" }),
            ]
        );
    }

    #[test]
    fn a_sign_that_begins_no_tag_is_text() {
        let found = pieces("<A>1 < 2 <3").unwrap();
        assert_eq!(found[1].1, Piece::Text("1 < 2 <3"));
    }

    #[test]
    fn what_does_not_end_is_refused() {
        for text in [
            "<A",
            "<A<B>",
            "<![CDATA[x",
            "<!-- x",
            "<?x",
            "<!DOCTYPE x>",
            "</>",
            "<A&B>",
        ] {
            assert!(pieces(text).is_err(), "{text}");
        }
    }

    #[test]
    fn references_are_resolved_and_ampersands_left() {
        assert_eq!(
            resolve("A&amp;B &lt;c&gt; AT&T &#233;&#xE9; &unknown; &"),
            "A&B <c> AT&T éé &unknown; &"
        );
    }
}
