//! The FDX body: `{"code", "message", "debugMessage"}`; also what the two solution APIs answer.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use lifecycle::Refusal;
use store::{StoreError, TxError};

use super::Code;

/// The challenges that are not of the Bearer scheme.
const DPOP_CHALLENGES: [&str; 2] = ["invalid_dpop_proof", "use_dpop_nonce"];

/// RFC6750-3 wants at least one attribute of a challenge, also where there is no error to name.
const REALM: &str = "fdx";

/// A refusal on an FDX API.
#[derive(Debug, Clone)]
pub struct FdxError {
    code: Code,
    debug: Option<String>,
    /// The `error` of a `WWW-Authenticate` challenge (RFC6750-3.1).
    challenge: Option<&'static str>,
}

impl FdxError {
    /// A refusal with the table's words.
    pub const fn new(code: Code) -> Self {
        let challenge = match code {
            Code::AuthenticationFailed => Some("invalid_token"),
            _ => None,
        };
        Self {
            code,
            debug: None,
            challenge,
        }
    }

    /// With words for the developer who called (FDX `debugMessage`). Never echo input, nor a cause of ours.
    #[must_use]
    pub fn debug(mut self, message: impl Into<String>) -> Self {
        self.debug = Some(message.into());
        self
    }

    /// The token is good and its scope is not.
    pub const fn insufficient_scope() -> Self {
        Self {
            code: Code::Forbidden,
            debug: None,
            challenge: Some("insufficient_scope"),
        }
    }

    /// No token was sent: the challenge names no error (RFC6750-3.1).
    pub const fn no_token() -> Self {
        Self {
            code: Code::AuthenticationFailed,
            debug: None,
            challenge: Some(""),
        }
    }

    /// The token is bound to a key, and the request does not prove that key (RFC9449-7.1).
    pub const fn invalid_dpop_proof() -> Self {
        Self {
            code: Code::AuthenticationFailed,
            debug: None,
            challenge: Some("invalid_dpop_proof"),
        }
    }

    /// The proof of the key needs a nonce of ours, which comes with this answer (RFC9449-9).
    pub const fn use_dpop_nonce() -> Self {
        Self {
            code: Code::AuthenticationFailed,
            debug: None,
            challenge: Some("use_dpop_nonce"),
        }
    }

    /// The `error` of its challenge; empty where a challenge names none.
    pub(super) const fn challenge(&self) -> Option<&'static str> {
        self.challenge
    }

    /// The `WWW-Authenticate` headers (RFC6750-3, RFC9449-7.1): one for each scheme that would do.
    pub(super) fn www_authenticate(&self) -> Vec<String> {
        let algorithms = crate::dpop::ALGORITHMS.join(" ");
        match self.challenge {
            None => vec![],
            Some("") => vec![
                format!("Bearer realm=\"{REALM}\""),
                format!("DPoP realm=\"{REALM}\", algs=\"{algorithms}\""),
            ],
            Some(error) if DPOP_CHALLENGES.contains(&error) => {
                vec![format!("DPoP error=\"{error}\", algs=\"{algorithms}\"")]
            }
            Some(error) => vec![
                format!("Bearer realm=\"{REALM}\", error=\"{error}\""),
                format!("DPoP realm=\"{REALM}\", error=\"{error}\", algs=\"{algorithms}\""),
            ],
        }
    }

    /// Its code.
    pub const fn code(&self) -> Code {
        self.code
    }
}

impl From<Code> for FdxError {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<Refusal> for FdxError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid => Self::new(Code::AuthenticationFailed),
            Refusal::OnHold => Self::new(Code::CustomerNotAuthorized),
        }
    }
}

impl From<StoreError> for FdxError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable => Self::new(Code::Unavailable),
            StoreError::Failed(_) | StoreError::Corrupt { .. } => {
                tracing::error!(%error, cause = ?std::error::Error::source(&error), "the store failed");
                Self::new(Code::Internal)
            }
        }
    }
}

impl<E: Into<FdxError>> From<TxError<E>> for FdxError {
    fn from(error: TxError<E>) -> Self {
        match error {
            TxError::Refused(error) => error.into(),
            TxError::Store(error) => error.into(),
        }
    }
}

impl From<std::convert::Infallible> for FdxError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl fmt::Display for FdxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.message())
    }
}

/// FDX `Error`, the body of every refusal.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Error)]
pub struct ErrorBody {
    /// FDX error code, a string of digits.
    code: &'static str,
    /// May be shown to a person.
    message: &'static str,
    /// For the developer.
    #[serde(skip_serializing_if = "Option::is_none")]
    debug_message: Option<String>,
}

impl ResponseError for FdxError {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.code.status());
        response.insert_header((CACHE_CONTROL, "no-store"));
        for challenge in self.www_authenticate() {
            response.append_header((WWW_AUTHENTICATE, challenge));
        }
        if matches!(self.code, Code::Unavailable | Code::TooMany) {
            response.insert_header((RETRY_AFTER, "1"));
        }
        response.json(ErrorBody {
            code: self.code.fdx(),
            message: self.code.message(),
            debug_message: self.debug.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_belongs_to_an_api() {
        for code in Code::ALL {
            assert!(code.fdx() != "-" || code.oauth() != "-", "{code:?}");
            assert_eq!(code.fdx() == "-", code.message().is_empty(), "{code:?}");
        }
    }
}
