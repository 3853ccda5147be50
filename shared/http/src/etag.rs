//! ETags of versioned rows, and `If-Match`.

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{IF_MATCH, TryIntoHeaderPair},
};
use std::future::{Ready, ready};

use crate::{Code, FdxError};

/// The strong ETag of a row's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ETag(pub i32);

impl TryIntoHeaderPair for ETag {
    type Error = actix_web::error::HttpError;

    fn try_into_pair(
        self,
    ) -> Result<
        (
            actix_web::http::header::HeaderName,
            actix_web::http::header::HeaderValue,
        ),
        Self::Error,
    > {
        let value = actix_web::http::header::HeaderValue::from_str(&format!("\"{}\"", self.0))?;
        Ok((actix_web::http::header::ETAG, value))
    }
}

/// The version that a change is meant for (RFC9110-13.1.1). Required: a change without it is 428; one that names
/// something that was never an ETag of ours is 412.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i32);

impl FromRequest for IfMatch {
    type Error = FdxError;
    type Future = Ready<Result<Self, FdxError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = request.headers().get(IF_MATCH) else {
            return ready(Err(Code::PreconditionRequired.into()));
        };
        let version = value
            .to_str()
            .ok()
            .and_then(|value| value.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok());
        ready(version.map(Self).ok_or(Code::PreconditionFailed.into()))
    }
}
