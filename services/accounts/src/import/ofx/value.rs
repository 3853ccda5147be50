//! Values of elements, typed; what is there and wrong is refused with its line.

use domain::fdx::{Amount, CurrencyCode, DateString, Timestamp};

use super::{time, tree::Element};
use crate::import::Malformed;

impl Element {
    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The child of that name, which must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&Self, Malformed> {
        self.child(name)
            .ok_or_else(|| Malformed::new(self.line, format!("{} has no {name}", self.name)))
    }

    /// All children of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The value of a child, blanks in a row made one; `None` when absent or empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let value = &self.child(name)?.value;
        let words: Vec<&str> = value.split_whitespace().collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// The value of a child, which must be there and not empty.
    pub(crate) fn required_text(&self, name: &str) -> Result<String, Malformed> {
        self.text(name)
            .ok_or_else(|| Malformed::new(self.line, format!("{} has no {name}", self.name)))
    }

    /// The value of a child as a number. OFX lets the decimal separator be a point or a comma.
    pub(crate) fn amount(&self, name: &str) -> Result<Option<Amount>, Malformed> {
        let Some(child) = self.child(name).filter(|child| !child.value.is_empty()) else {
            return Ok(None);
        };
        let amount = if child.value.contains('.') {
            child.value.parse()
        } else {
            child.value.replacen(',', ".", 1).parse()
        };
        amount
            .map(Some)
            .map_err(|error: domain::fdx::AmountError| Malformed::new(child.line, format!("{name} {error}")))
    }

    /// The value of a child as a number, which must be there.
    pub(crate) fn required_amount(&self, name: &str) -> Result<Amount, Malformed> {
        self.amount(name)?
            .ok_or_else(|| Malformed::new(self.line, format!("{} has no {name}", self.name)))
    }

    /// The value of a child as a time. Zeros say that there is none.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Timestamp>, Malformed> {
        let Some(child) = self.child(name) else {
            return Ok(None);
        };
        if child.value.bytes().all(|byte| byte == b'0') {
            return Ok(None);
        }
        time::read(&child.value)
            .map(Some)
            .ok_or_else(|| Malformed::new(child.line, format!("{name} is not a date of OFX")))
    }

    /// The value of a child as a time, which must be there.
    pub(crate) fn required_time(&self, name: &str) -> Result<Timestamp, Malformed> {
        self.time(name)?
            .ok_or_else(|| Malformed::new(self.line, format!("{} has no {name}", self.name)))
    }

    /// The day of a time. Days have no zone, so the one written is taken, not its instant's in UTC.
    pub(crate) fn day(&self, name: &str) -> Result<Option<DateString>, Malformed> {
        if self.time(name)?.is_none() {
            return Ok(None);
        }
        let digits = self.child(name).and_then(|child| child.value.trim().get(..8));
        let day = digits.and_then(|digits| chrono::NaiveDate::parse_from_str(digits, "%Y%m%d").ok());
        Ok(day.map(DateString::from))
    }

    /// The value of a child as `Y` or `N`.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.child(name)?.value.as_str() {
            "Y" | "y" => Some(true),
            "N" | "n" => Some(false),
            _ => None,
        }
    }

    /// The currency in a child, which must be there.
    pub(crate) fn required_currency(&self, name: &str) -> Result<CurrencyCode, Malformed> {
        let code = self.required_text(name)?.to_ascii_uppercase();
        if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Ok(CurrencyCode::from(code.as_str()));
        }
        let line = self.child(name).map_or(self.line, |child| child.line);
        Err(Malformed::new(line, format!("{name} is not a currency")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::ofx::{header::Syntax, tree::build};

    fn element(body: &str) -> Element {
        build(&format!("<X>\n{body}</X>"), 1, Syntax::Sgml).unwrap()
    }

    #[test]
    fn numbers_have_a_point_or_a_comma() {
        let values = element("<A>-6.60<B>-6,60<C>1,234.56<D>1.234,56<E><F>ten");
        assert_eq!(values.amount("A").unwrap(), values.amount("B").unwrap());
        assert_eq!(
            values.amount("C").unwrap_err().to_string(),
            "line 2: C is not a decimal number"
        );
        assert!(values.amount("D").is_err() && values.amount("F").is_err());
        assert_eq!(values.amount("E"), Ok(None));
        assert_eq!(
            values.required_amount("E").unwrap_err().to_string(),
            "line 1: X has no E"
        );
    }

    #[test]
    fn a_day_is_the_one_that_is_written() {
        let values = element("<A>20260101233000[-8:PST]<B>00000000<C>soon");
        assert_eq!(values.day("A").unwrap().unwrap().to_string(), "2026-01-01");
        assert_eq!(values.day("B").unwrap(), None);
        assert!(values.day("C").is_err());
    }

    #[test]
    fn blanks_in_a_row_are_one() {
        assert_eq!(element("<A> a \t b ").text("A").unwrap(), "a b");
        assert_eq!(element("<A>").text("A"), None);
    }
}
