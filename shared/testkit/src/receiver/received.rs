//! What a receiver was sent, and what it did with it.

use std::time::Instant;

use serde_json::Value;

/// One request, as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// Common name of the certificate that the caller presented; one that the receiver's authority did not issue is refused.
    pub caller: Option<String>,
    /// When it was read to its end.
    pub at: Instant,
    /// What was answered.
    pub reaction: Reaction,
}

impl Received {
    /// The one header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice");
        value
    }

    /// The body, as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether it is a challenge, and which.
    pub fn challenge(&self) -> Option<String> {
        let body = serde_json::from_slice::<Value>(&self.body).ok()?;
        Some(body.get("challenge")?.as_str()?.to_owned())
    }
}

/// What a receiver does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// Answers a challenge with itself, and everything else with 204.
    Take,
    /// Answers this status with an empty body.
    Status(u16),
    /// Answers these very bytes, head and body, and closes.
    Raw(Vec<u8>),
    /// Says nothing until the caller goes away.
    Hang,
    /// Closes without an answer.
    Cut,
}

/// A line a request.
pub(super) fn summary(seen: &[Received]) -> Vec<String> {
    let line = |one: &Received| {
        format!(
            "{} {} {:?}",
            one.path,
            String::from_utf8_lossy(&one.body),
            one.reaction
        )
    };
    seen.iter().map(line).collect()
}
