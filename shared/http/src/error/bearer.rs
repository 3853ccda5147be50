//! The refusals of a protected resource of the authorization server itself: as those of an FDX API, in OAuth's words
//! (RFC6750-3.1, OIDC Core 5.3.3).

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};

use super::{Code, FdxError, OAuthErrorBody};

/// A refusal of a token.
#[derive(Debug, Clone)]
pub struct BearerError(FdxError);

impl BearerError {
    fn word(&self) -> &'static str {
        match (self.0.challenge(), self.0.code()) {
            // Without any token there is nothing wrong with one; the body says what to do.
            (Some(""), _) => "invalid_token",
            (Some(error), _) => error,
            (None, Code::AuthenticationFailed) => "invalid_token",
            (None, Code::Forbidden | Code::CustomerNotAuthorized) => "access_denied",
            (None, Code::Internal) => Code::Internal.oauth(),
            (None, Code::Unavailable) => Code::Unavailable.oauth(),
            (None, _) => "invalid_request",
        }
    }
}

impl<E: Into<FdxError>> From<E> for BearerError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for BearerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl ResponseError for BearerError {
    fn status_code(&self) -> StatusCode {
        self.0.code().status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((CACHE_CONTROL, "no-store"));
        for challenge in self.0.www_authenticate() {
            response.append_header((WWW_AUTHENTICATE, challenge));
        }
        if self.0.code() == Code::Unavailable {
            response.insert_header((RETRY_AFTER, "1"));
        }
        response.json(OAuthErrorBody::new(self.word(), self.0.code().message()))
    }
}
