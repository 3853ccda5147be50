//! The OAuth body: `{"error", "error_description"}` (RFC6749-5.2).

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use store::{StoreError, TxError};

use super::Code;

/// A refusal on an OAuth endpoint. The description is a constant of ours: ASCII without quote and backslash, and never
/// anything that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OAuthError {
    code: Code,
    description: &'static str,
    status: StatusCode,
}

impl OAuthError {
    /// A refusal.
    pub const fn new(code: Code, description: &'static str) -> Self {
        Self {
            code,
            description,
            status: code.status(),
        }
    }

    /// The client was not proven. 401 (RFC6749-5.2).
    pub const fn invalid_client(description: &'static str) -> Self {
        Self::new(Code::InvalidClient, description)
    }

    /// The request is not one.
    pub const fn invalid_request(description: &'static str) -> Self {
        Self::new(Code::InvalidRequest, description)
    }

    /// The code or refresh token gives nothing.
    pub const fn invalid_grant(description: &'static str) -> Self {
        Self::new(Code::InvalidGrant, description)
    }

    /// With 400 whatever the table says: the pushed request endpoint answers nothing else (RFC9126-2.3).
    #[must_use]
    pub fn as_bad_request(mut self) -> Self {
        if !self.status.is_server_error() && ![413, 429].contains(&self.status.as_u16()) {
            self.status = StatusCode::BAD_REQUEST;
        }
        self
    }

    /// The `error` on the wire.
    pub const fn error(&self) -> &'static str {
        self.code.oauth()
    }

    /// Its code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The `error_description` on the wire.
    pub const fn description(&self) -> &'static str {
        self.description
    }
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable => Self::new(Code::Unavailable, "try again later"),
            StoreError::Failed(_) | StoreError::Corrupt { .. } => {
                tracing::error!(%error, cause = ?std::error::Error::source(&error), "the store failed");
                Self::new(Code::Internal, "internal error")
            }
        }
    }
}

impl<E: Into<OAuthError>> From<TxError<E>> for OAuthError {
    fn from(error: TxError<E>) -> Self {
        match error {
            TxError::Refused(error) => error.into(),
            TxError::Store(error) => error.into(),
        }
    }
}

impl From<std::convert::Infallible> for OAuthError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.oauth(), self.description)
    }
}

impl std::error::Error for OAuthError {}

/// The body of a refusal.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct OAuthErrorBody {
    /// A registered code.
    error: &'static str,
    /// For the developer.
    error_description: &'static str,
}

impl OAuthErrorBody {
    pub(super) const fn new(error: &'static str, error_description: &'static str) -> Self {
        Self {
            error,
            error_description,
        }
    }
}

impl ResponseError for OAuthError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((PRAGMA, "no-cache"));
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC9110-15.5.2: a 401 names a way to authenticate; RFC6749-5.2 names Basic as that of OAuth.
            response.insert_header((WWW_AUTHENTICATE, "Basic realm=\"token\""));
        }
        if matches!(self.code, Code::Unavailable | Code::TooMany) {
            response.insert_header((RETRY_AFTER, "1"));
        }
        response.json(OAuthErrorBody {
            error: self.code.oauth(),
            error_description: self.description,
        })
    }
}
