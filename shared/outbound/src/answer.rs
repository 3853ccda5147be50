//! What comes of a call. Nothing of it is ever given to whoever named the address (S08): a log of deliveries gets a word of
//! [`Failure::as_str`] or a status.

use std::error::Error as _;

use reqwest::header::RETRY_AFTER;

use crate::{RetryAfter, limits, target::CheckError};

/// An answer, read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// When to ask again, if it says so in a way that can be read.
    pub retry_after: Option<RetryAfter>,
    /// At most [`limits::LONGEST_ANSWER`] bytes.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The name resolves to nothing, or to an address that may not be called.
    #[error("the host's addresses may not be called, or there are none")]
    Address,
    /// No connection: refused, reset, or TLS failed.
    #[error("no connection")]
    Connection,
    /// Not done in time.
    #[error("not answered in time")]
    Timeout,
    /// The answer is longer than we read.
    #[error("the answer is too long")]
    TooLong,
    /// What came is no HTTP, or broke off.
    #[error("no whole answer")]
    Broken,
}

impl Failure {
    /// One word, for logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Connection => "connection",
            Self::Timeout => "timeout",
            Self::TooLong => "too_long",
            Self::Broken => "broken",
        }
    }
}

/// Reads the answer to its end, or to where it is too long.
pub(crate) async fn read(mut response: reqwest::Response) -> Result<Answer, Failure> {
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| RetryAfter::read(value.to_str().ok()?));
    let announced = response.content_length().unwrap_or_default();
    if announced > limits::LONGEST_ANSWER as u64 {
        return Err(Failure::TooLong);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > limits::LONGEST_ANSWER {
            return Err(Failure::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status,
        retry_after,
        body,
    })
}

/// Which failure that is.
pub(crate) fn failure(error: &reqwest::Error) -> Failure {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<CheckError>() {
            return Failure::Address;
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        Failure::Timeout
    } else if error.is_connect() {
        Failure::Connection
    } else {
        Failure::Broken
    }
}
