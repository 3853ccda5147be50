//! An answer, and what a test expects of it.

use reqwest::{RequestBuilder, Response, header::HeaderMap};
use serde_json::Value;

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
    /// The body as JSON; null when it is none.
    pub json: Value,
}

impl Answer {
    /// Sends the request and reads the answer.
    ///
    /// # Panics
    /// When there is none.
    pub async fn to(request: RequestBuilder) -> Self {
        Self::read(request.send().await.expect("an answer")).await
    }

    /// Reads the answer.
    ///
    /// # Panics
    /// When its body breaks off.
    pub async fn read(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("the whole body");
        let json = serde_json::from_str(&text).unwrap_or_default();
        Self {
            status,
            headers,
            text,
            json,
        }
    }

    /// A header's value; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("a readable header"))
            .unwrap_or_default()
    }

    /// The body must be JSON text under that name.
    pub fn member(&self, name: &str) -> &str {
        self.json[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name:?} in {} {}", self.status, self.text))
    }

    /// The status must be this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// An OAuth refusal with exactly this status and code (RFC6749-5.2).
    #[track_caller]
    pub fn refused(&self, status: u16, error: &str) {
        self.refused_with(status, &[error]);
    }

    /// An OAuth refusal with exactly this status and one of these codes.
    #[track_caller]
    pub fn refused_with(&self, status: u16, errors: &[&str]) {
        assert_eq!(self.status, status, "{}", self.text);
        let error = self.json["error"].as_str().unwrap_or_default();
        assert!(errors.contains(&error), "{errors:?} expected: {}", self.text);
        assert!(
            self.header("content-type").starts_with("application/json"),
            "{:?}",
            self.headers
        );
        assert!(
            self.header("cache-control").contains("no-store"),
            "{:?}",
            self.headers
        );
        let description = self.json["error_description"].as_str().unwrap_or_default();
        assert!(
            description
                .chars()
                .all(|c| (' '..='~').contains(&c) && c != '"' && c != '\\'),
            "{description}"
        );
        self.gives_nothing();
    }

    /// An FDX refusal with exactly this status and code (fdx-v6 `Error`).
    #[track_caller]
    pub fn refused_by_fdx(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status, self.json["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.text
        );
        assert!(
            self.json["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty()),
            "{}",
            self.text
        );
        assert!(
            self.header("content-type").starts_with("application/json"),
            "{:?}",
            self.headers
        );
        assert_eq!(
            self.header("x-fapi-interaction-id").len(),
            36,
            "{:?}",
            self.headers
        );
        if status == 401 {
            let challenge = self.header("www-authenticate");
            let scheme = challenge.split(' ').next().unwrap_or_default();
            assert!(["Bearer", "DPoP"].contains(&scheme), "{:?}", self.headers);
        }
        self.gives_nothing();
    }

    #[track_caller]
    fn gives_nothing(&self) {
        for name in [
            "access_token",
            "refresh_token",
            "id_token",
            "code_challenge",
            "request_uri",
            "accounts",
        ] {
            assert!(
                self.json.get(name).is_none(),
                "a refusal that gives {name}: {}",
                self.text
            );
        }
    }
}
