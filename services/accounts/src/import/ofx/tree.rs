//! Tags become a tree, in the strict way of XML or the lax one of SGML.
//!
//! SGML leaves the end tags of values away, and banks leave values empty, so that `<MEMO>` may be an element
//! that never ends. What helps is that aggregates are always closed, and that we know those that we read: any
//! other element that is open when its parent closes was an empty value.

use super::{
    header::Syntax,
    token::{Piece, Tokens, resolve},
};
use crate::import::{
    Malformed,
    limits::{DEPTH, ELEMENTS},
};

/// An element with a value or with children, never both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// In capitals.
    pub(crate) name: String,
    /// The line that it begins in.
    pub(crate) line: usize,
    /// Its value, trimmed.
    pub(crate) value: String,
    /// What it holds.
    pub(crate) children: Vec<Element>,
}

/// The aggregates that are read. One of these that does not end makes the file unreadable.
const AGGREGATES: &[&str] = &[
    "OFX",
    "SIGNONMSGSRSV1",
    "SONRS",
    "STATUS",
    "FI",
    "BANKMSGSRSV1",
    "STMTTRNRS",
    "STMTRS",
    "BANKACCTFROM",
    "BANKTRANLIST",
    "STMTTRN",
    "PAYEE",
    "CURRENCY",
    "ORIGCURRENCY",
    "LEDGERBAL",
    "AVAILBAL",
    "CREDITCARDMSGSRSV1",
    "CCSTMTTRNRS",
    "CCSTMTRS",
    "CCACCTFROM",
    "INVSTMTMSGSRSV1",
    "INVSTMTTRNRS",
    "INVSTMTRS",
    "INVACCTFROM",
    "INVTRANLIST",
    "INVBANKTRAN",
    "INVTRAN",
    "INVBUY",
    "INVSELL",
    "SECID",
    "INVPOSLIST",
    "INVPOS",
    "INVBAL",
    "BALLIST",
    "BAL",
    "SECLISTMSGSRSV1",
    "SECLIST",
    "SECINFO",
    "BUYSTOCK",
    "BUYMF",
    "BUYDEBT",
    "BUYOPT",
    "BUYOTHER",
    "SELLSTOCK",
    "SELLMF",
    "SELLDEBT",
    "SELLOPT",
    "SELLOTHER",
    "INCOME",
    "REINVEST",
    "INVEXPENSE",
    "JRNLFUND",
    "JRNLSEC",
    "MARGININTEREST",
    "RETOFCAP",
    "SPLIT",
    "TRANSFER",
    "CLOSUREOPT",
    "POSSTOCK",
    "POSMF",
    "POSDEBT",
    "POSOPT",
    "POSOTHER",
    "STOCKINFO",
    "MFINFO",
    "DEBTINFO",
    "OPTINFO",
    "OTHERINFO",
];

/// Builds the tree of the one root element.
pub(crate) fn build(text: &str, first_line: usize, syntax: Syntax) -> Result<Element, Malformed> {
    let mut builder = Builder {
        syntax,
        open: vec![],
        root: None,
        elements: 0,
    };
    let mut tokens = Tokens::new(text, first_line);
    while let Some((line, piece)) = tokens.next()? {
        match piece {
            Piece::Open { name, empty } => {
                builder.open(line, name)?;
                if empty {
                    builder.end_top()?;
                }
            }
            Piece::Close { name } => builder.close(line, name)?,
            Piece::Text(text) => builder.text(line, &resolve(text))?,
            Piece::Verbatim(text) => builder.text(line, text)?,
        }
    }
    builder.finish()
}

struct Builder {
    syntax: Syntax,
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Builder {
    fn open(&mut self, line: usize, name: &str) -> Result<(), Malformed> {
        if let Some(top) = self.open.last()
            && !top.value.is_empty()
        {
            self.may_end_unclosed(line)?;
            self.end_top()?;
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(Malformed::new(line, "there is more than one root element"));
        }
        self.elements += 1;
        if self.open.len() >= DEPTH {
            return Err(Malformed::new(
                line,
                format!("elements are nested more than {DEPTH} deep"),
            ));
        }
        if self.elements > ELEMENTS {
            return Err(Malformed::new(
                line,
                format!("there are more than {ELEMENTS} elements"),
            ));
        }
        self.open.push(Element {
            name: name.to_ascii_uppercase(),
            line,
            value: String::new(),
            children: vec![],
        });
        Ok(())
    }

    fn close(&mut self, line: usize, name: &str) -> Result<(), Malformed> {
        let name = name.to_ascii_uppercase();
        if !self.open.iter().any(|element| element.name == name) {
            return Err(Malformed::new(line, format!("{name} is closed but not open")));
        }
        while self.open.last().is_some_and(|top| top.name != name) {
            self.may_end_unclosed(line)?;
            self.end_empty_value()?;
        }
        self.end_top()
    }

    fn text(&mut self, line: usize, text: &str) -> Result<(), Malformed> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        match self.open.last_mut() {
            Some(top) if top.children.is_empty() => {
                if !top.value.is_empty() {
                    top.value.push(' ');
                }
                top.value.push_str(text);
                Ok(())
            }
            Some(top) => Err(Malformed::new(
                line,
                format!("there is text between the elements of {}", top.name),
            )),
            None => Err(Malformed::new(line, "there is text outside of the OFX element")),
        }
    }

    fn finish(mut self) -> Result<Element, Malformed> {
        if let Some(top) = self.open.pop() {
            let reason = format!("the file ends, but {} is still open", top.name);
            return Err(Malformed::new(top.line, reason));
        }
        self.root
            .ok_or_else(|| Malformed::new(1, "there is no OFX element"))
    }

    /// Whether the innermost element may end without an end tag.
    fn may_end_unclosed(&self, line: usize) -> Result<(), Malformed> {
        let Some(top) = self.open.last() else {
            return Ok(());
        };
        if self.syntax == Syntax::Xml || AGGREGATES.contains(&top.name.as_str()) {
            let reason = format!("{}, opened in line {}, is not closed", top.name, top.line);
            return Err(Malformed::new(line, reason));
        }
        Ok(())
    }

    /// Ends the innermost element as a value; what seemed to be in it belongs beside it.
    fn end_empty_value(&mut self) -> Result<(), Malformed> {
        let beside = self
            .open
            .last_mut()
            .map(|top| std::mem::take(&mut top.children))
            .unwrap_or_default();
        self.end_top()?;
        if let Some(parent) = self.open.last_mut() {
            parent.children.extend(beside);
        }
        Ok(())
    }

    fn end_top(&mut self) -> Result<(), Malformed> {
        let Some(element) = self.open.pop() else {
            return Ok(());
        };
        match self.open.last_mut() {
            Some(parent) if parent.value.is_empty() => parent.children.push(element),
            Some(parent) => {
                let reason = format!("{} has a value and elements", parent.name);
                return Err(Malformed::new(element.line, reason));
            }
            None => self.root = Some(element),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(element: &Element) -> String {
        if element.children.is_empty() {
            return format!("{}={}", element.name, element.value);
        }
        let children: Vec<String> = element.children.iter().map(shape).collect();
        format!("{}({})", element.name, children.join(" "))
    }

    fn sgml(text: &str) -> Result<String, Malformed> {
        build(text, 1, Syntax::Sgml).map(|root| shape(&root))
    }

    #[test]
    fn values_without_end_tags_are_read() {
        assert_eq!(
            sgml("<OFX><STATUS><CODE>0<SEVERITY>INFO</STATUS></OFX>").unwrap(),
            "OFX(STATUS(CODE=0 SEVERITY=INFO))"
        );
        assert_eq!(
            sgml("<ofx><Status><code>0</code></STATUS></OFX>").unwrap(),
            "OFX(STATUS(CODE=0))"
        );
    }

    #[test]
    fn empty_values_without_end_tags_do_not_swallow_what_follows() {
        assert_eq!(
            sgml("<OFX><STMTTRN><NAME><MEMO>x<CHECKNUM></STMTTRN><FI><ORG>y</FI></OFX>").unwrap(),
            "OFX(STMTTRN(NAME= MEMO=x CHECKNUM=) FI(ORG=y))"
        );
    }

    #[test]
    fn an_aggregate_that_does_not_end_is_refused() {
        let refused =
            sgml("<OFX>\n<STMTTRN>\n<FITID>1\n<STMTTRN>\n<FITID>2\n</STMTTRN>\n</OFX>").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "line 7: STMTTRN, opened in line 2, is not closed"
        );
        let refused = sgml("<OFX>\n<STMTRS>\n<CURDEF>USD").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "line 3: the file ends, but CURDEF is still open"
        );
    }

    #[test]
    fn xml_is_strict() {
        let xml = |text| build(text, 1, Syntax::Xml);
        assert!(xml("<OFX><NAME>a</NAME><MEMO/></OFX>").is_ok());
        assert!(xml("<OFX><NAME>a<MEMO>b</MEMO></NAME></OFX>").is_err());
        assert!(xml("<OFX><NAME>a</OFX>").is_err());
        assert!(xml("<OFX>a<NAME>b</NAME></OFX>").is_err());
    }

    #[test]
    fn stray_things_are_refused_with_the_line() {
        assert_eq!(sgml("<OFX>\n</FI></OFX>").unwrap_err().line, 2);
        assert_eq!(sgml("<OFX></OFX>\n<OFX></OFX>").unwrap_err().line, 2);
        assert_eq!(sgml("<OFX><FI></FI>\nx</OFX>").unwrap_err().line, 1);
        assert!(sgml("").is_err());
    }

    #[test]
    fn depth_is_bounded() {
        assert!(
            sgml(&"<A>".repeat(1_000_000))
                .unwrap_err()
                .reason
                .contains("nested")
        );
    }

    #[test]
    fn cdata_and_references_are_values() {
        assert_eq!(
            sgml("<OFX><NAME><![CDATA[A & B <c>  ]]></NAME><MEMO>A&amp;B</OFX>").unwrap(),
            "OFX(NAME=A & B <c> MEMO=A&B)"
        );
    }
}
