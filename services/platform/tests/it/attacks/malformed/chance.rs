//! Input of nothing but chance, and input that is good but for one turn.

use domain::Random;
use serde_json::{Value, json};
use testkit::chance::SeededRandom;

/// Texts that somebody has tripped over before.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b",
    "\u{feff}",
    "\u{202e}abc",
    "\u{fffd}",
    "e\u{301}",
    "🦀",
    "\r\nX-Injected: 1",
    "%",
    "%00",
    "%zz",
    "%25%30%30",
    "'",
    "' OR 1=1 --",
    "\"",
    "\\",
    "\\u0000",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "..%2f..%2f",
    ";",
    "a;b=c",
    "-1",
    "0",
    "1e400",
    "NaN",
    "null",
    "true",
    "[]",
    "{}",
    "{",
    "9223372036854775808",
    "18446744073709551616",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "+002026-01-01",
    "2026-01-01T25:61:61Z",
    "00000000-0000-0000-0000-000000000000",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    "urn:ietf:params:oauth:request_uri:",
    "..",
    "a.b.c",
    "e30.e30.e30",
    "eyJhbGciOiJub25lIn0.e30.",
    "https://evil.example/",
    "javascript:alert(1)",
    "S256",
    "plain",
    "openid openid",
    "code id_token token",
];

/// Makes input of nothing but chance.
pub(super) struct Chance(pub(super) SeededRandom);

impl Chance {
    pub(super) fn below(&self, bound: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) >> 1).unwrap() % bound
    }

    pub(super) fn one<'a, T>(&self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }

    pub(super) fn text(&self) -> String {
        match self.below(12) {
            0 => "a".repeat(self.below(9_000)),
            1 => "[".repeat(self.below(400)),
            2 => format!("{0}{0}", self.one(TEXTS)),
            _ => (*self.one(TEXTS)).to_owned(),
        }
    }

    pub(super) fn json(&self, depth: usize) -> Value {
        match self.below(if depth == 0 { 6 } else { 8 }) {
            0 => Value::Null,
            1 => Value::Bool(self.below(2) == 0),
            2 => json!(*self.one(&[0, -1, 1, i64::MIN, i64::MAX])),
            3 => json!(*self.one(&[1e300, -0.5, 1e-300])),
            4 | 5 => self.text().into(),
            6 => (0..self.below(4)).map(|_| self.json(depth - 1)).collect(),
            _ => (0..self.below(4))
                .map(|_| (self.text(), self.json(depth - 1)))
                .collect(),
        }
    }

    /// The same value with one thing in it turned.
    pub(super) fn turned(&self, value: &Value) -> Value {
        match value {
            Value::Object(members) if !members.is_empty() && self.below(5) > 0 => {
                let mut members = members.clone();
                let name = self.one(&members.keys().cloned().collect::<Vec<_>>()).clone();
                match self.below(6) {
                    0 => {
                        members.remove(&name);
                    }
                    1 => {
                        members.insert(self.text(), self.json(2));
                    }
                    _ => {
                        let turned = self.turned(&members[&name]);
                        members.insert(name, turned);
                    }
                }
                members.into()
            }
            Value::Array(items) if !items.is_empty() && self.below(5) > 0 => {
                let mut items = items.clone();
                let at = self.below(items.len());
                items[at] = self.turned(&items[at]);
                items.into()
            }
            _ => self.json(3),
        }
    }

    /// Bytes that are a body of that kind, or nearly.
    pub(super) fn bytes(&self, good: &Value) -> Vec<u8> {
        let text = match self.below(6) {
            0 => self.text(),
            1 => good.to_string().replacen('{', "{\"status\":1,\"status\":2,", 1),
            _ => self.turned(good).to_string(),
        };
        let mut bytes = text.into_bytes();
        match self.below(8) {
            0 => bytes.truncate(self.below(bytes.len() + 1)),
            1 => bytes.push(0xff),
            2 => bytes.insert(0, 0xef),
            _ => {}
        }
        bytes
    }

    /// A JWT with one character changed, a part taken away or added, or another text in place of a part.
    pub(super) fn jwt(&self, good: &str) -> String {
        let mut parts: Vec<String> = good.split('.').map(str::to_owned).collect();
        let at = self.below(parts.len());
        match self.below(6) {
            0 => {
                parts.remove(at);
            }
            1 => parts.push(parts[at].clone()),
            2 => parts[at] = self.text(),
            3 => parts[at].truncate(self.below(20)),
            _ => {
                let cut = self.below(parts[at].len().max(1));
                let replaced: String = parts[at]
                    .char_indices()
                    .map(|(index, letter)| {
                        if index == cut {
                            *self.one(&['A', '=', '+', '-', 'é'])
                        } else {
                            letter
                        }
                    })
                    .collect();
                parts[at] = replaced;
            }
        }
        parts.join(".")
    }
}
