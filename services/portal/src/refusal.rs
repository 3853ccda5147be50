//! Why a page is not shown, and the error page that is shown instead.

use actix_web::http::StatusCode;
use http::Code;
use store::{StoreError, TxError};

use crate::api::ApiError;

/// What keeps a page from being shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The request was never made, has lapsed, or was answered.
    Gone,
    /// In the dashboard: there is no such page, or it is another consumer's.
    Absent,
    /// Somebody decided before, perhaps in another window.
    Decided,
    /// The form is not one that this browser was given, or is too old.
    Forged,
    /// Nobody is signed in to the dashboard: no error, but a way to its sign-in page.
    SignedOut,
    /// The connection has ended meanwhile.
    Ended,
    /// Too many people sign in at once.
    Busy,
    /// The platform does not answer.
    Unavailable,
    /// We failed.
    Internal,
}

impl Refusal {
    /// Status and OAuth code.
    pub(crate) const fn code(self) -> (StatusCode, &'static str) {
        match self {
            Self::Gone | Self::Absent => (StatusCode::NOT_FOUND, Code::InvalidRequest.oauth()),
            Self::Decided | Self::Ended => (StatusCode::CONFLICT, Code::InvalidRequest.oauth()),
            Self::Forged | Self::SignedOut => (StatusCode::FORBIDDEN, Code::InvalidRequest.oauth()),
            Self::Busy | Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable.oauth()),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal.oauth()),
        }
    }

    /// The same outside the consent application, where there is no request that could have lapsed.
    pub(crate) const fn in_dashboard(self) -> Self {
        match self {
            Self::Gone => Self::Absent,
            other => other,
        }
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::NotFound => Self::Gone,
            ApiError::Conflict | ApiError::Stale => Self::Decided,
            ApiError::Invalid => Self::Forged,
            ApiError::Unavailable => Self::Unavailable,
            ApiError::Refused => Self::Internal,
        }
    }
}

impl From<TxError<std::convert::Infallible>> for Refusal {
    fn from(error: TxError<std::convert::Infallible>) -> Self {
        match error {
            TxError::Refused(never) => match never {},
            TxError::Store(StoreError::Unavailable) => Self::Unavailable,
            // The store has logged the cause.
            TxError::Store(StoreError::Failed(_) | StoreError::Corrupt { .. }) => Self::Internal,
        }
    }
}
