//! Who is signed in in a browser, for clients whose profile remembers consumers.
//!
//! Nothing is kept here: the browser has a sealed cookie, which any replica opens. It is set when an authorization of such
//! a client completes, ends soon, and opens nothing by itself: what a consumer has agreed to is looked up each time.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration as CookieDuration},
};
use chrono::Duration;
use domain::{Instant, UserId, consent::Authentication};
use http::{App, Code, OAuthError};
use serde::{Deserialize, Serialize};

/// The cookie: only this host, only TLS, the whole host (L16).
const NAME: &str = "__Host-session";

/// Minutes from the end of an authorization. Then the consumer signs in again.
const MINUTES: i64 = 30;

/// Longest cookie that is looked at.
const LONGEST: usize = 4096;

/// A consumer who signed in through the bank's consent application.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Who.
    pub(crate) user_id: UserId,
    /// How and when.
    pub(crate) authentication: Authentication,
    expires_at: Instant,
}

impl Session {
    /// The session that begins with an authorization.
    pub(crate) fn begin(user_id: UserId, authentication: Authentication, now: Instant) -> Self {
        Self {
            user_id,
            authentication,
            expires_at: now + Duration::minutes(MINUTES),
        }
    }

    /// The session of a browser; nothing when it has none, or its time is over.
    pub(crate) fn of(app: &App, request: &HttpRequest, now: Instant) -> Option<Self> {
        let cookie = request.cookie(NAME)?;
        let sealed = Some(cookie.value()).filter(|value| value.len() <= LONGEST)?;
        let plain = app
            .sessions
            .open(&jose::from_base64url(sealed)?, NAME.as_bytes())
            .ok()?;
        serde_json::from_slice::<Self>(&plain)
            .ok()
            .filter(|session| now < session.expires_at)
    }

    /// The cookie that keeps it. Lax: the browser comes from the recipient's site, by a link.
    pub(crate) fn cookie(&self, app: &App) -> Result<Cookie<'static>, OAuthError> {
        let internal = OAuthError::new(Code::Internal, "internal error");
        let plain = serde_json::to_vec(self).map_err(|_| internal)?;
        let sealed = app
            .sessions
            .seal(&plain, NAME.as_bytes(), app.random())
            .map_err(|_| internal)?;
        Ok(Cookie::build(NAME, jose::base64url(sealed))
            .path("/")
            .secure(true)
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(CookieDuration::minutes(MINUTES))
            .finish())
    }
}
