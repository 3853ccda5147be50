//! Sessions: sealed into a cookie, so that any replica can read them and none needs to remember.
//!
//! There is one session a *place*: one for the dashboard, and one for every authentication resource. Signing in at one
//! place signs in nowhere else, so each consent is decided by someone who has just proven who they are. A session begins
//! without a user, to bind forms to the browser; signing in replaces it by another with another id (L01).
//!
//! What is sealed cannot be taken back before it expires, so lives are short; a dashboard session also ends with the
//! password that it was opened with.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration as CookieDuration},
};
use chrono::Duration;
use domain::{Instant, Random, ResourceId, UserId};
use serde::{Deserialize, Serialize};

use crate::{refusal::Refusal, sealed::Seal};

/// Where a session counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The decision of one resource.
    Consent(ResourceId),
    /// The consumer's dashboard.
    Dashboard,
}

/// One browser at one place.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// 128 random bits.
    pub(crate) id: String,
    /// Who signed in, if anybody has.
    pub(crate) user: Option<SignedIn>,
    expires_at: Instant,
}

/// A consumer who proved who they are.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignedIn {
    /// As the bank names them.
    pub(crate) user_id: UserId,
    /// What they typed.
    pub(crate) username: String,
    /// How pages greet them.
    pub(crate) display_name: String,
    /// When they proved it.
    pub(crate) authenticated_at: Instant,
    /// Which password they proved it with: changes when the password does (L11).
    pub(crate) credential: String,
}

impl Place {
    /// The `__Host-` cookie of the place: only this host, only TLS, the whole host (L16).
    fn cookie_name(self) -> String {
        match self {
            Self::Consent(resource_id) => format!("__Host-consent-{resource_id}"),
            Self::Dashboard => "__Host-portal".to_owned(),
        }
    }

    /// How long a session lasts from its making.
    fn life(self) -> Duration {
        match self {
            // As long as a resource can be decided.
            Self::Consent(_) => Duration::minutes(5),
            Self::Dashboard => Duration::minutes(30),
        }
    }
}

impl Session {
    /// A new session. The life of an anonymous one is that of the place too.
    pub(crate) fn begin(place: Place, user: Option<SignedIn>, now: Instant, random: &dyn Random) -> Self {
        let mut id = [0; 16];
        random.fill(&mut id);
        Self {
            id: jose::base64url(id),
            user,
            expires_at: now + place.life(),
        }
    }

    /// The session of this browser at that place; nothing when it has none, or its time is over.
    pub(crate) fn of(request: &HttpRequest, seal: &Seal, place: Place, now: Instant) -> Option<Self> {
        let name = place.cookie_name();
        let cookie = request.cookie(&name)?;
        seal.open::<Self>(cookie.value(), &name)
            .filter(|session| now < session.expires_at)
    }

    /// The cookie that keeps it.
    pub(crate) fn cookie(
        &self,
        seal: &Seal,
        place: Place,
        random: &dyn Random,
    ) -> Result<Cookie<'static>, Refusal> {
        let name = place.cookie_name();
        let value = seal.seal(self, &name, random).map_err(|_| Refusal::Internal)?;
        Ok(cookie(name, value, place.life()))
    }

    /// What a form of this session is bound to.
    pub(crate) fn form_context(&self, place: Place) -> String {
        format!("{} {}", place.cookie_name(), self.id)
    }
}

/// The cookie that ends the session of a place.
pub(crate) fn ended(place: Place) -> Cookie<'static> {
    cookie(place.cookie_name(), String::new(), Duration::zero())
}

/// Every cookie of ours. `Lax`, since a browser arrives here from the recipient's site; nothing is changed by a GET.
pub(crate) fn cookie(name: String, value: String, life: Duration) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(CookieDuration::seconds(life.num_seconds()))
        .finish()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::sealed::tests::seal;

    fn now() -> Instant {
        Instant::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn place(last: u8) -> Place {
        Place::Consent(
            format!("00000000-0000-4000-8000-0000000000{last:02}")
                .parse()
                .unwrap(),
        )
    }

    fn request(cookie: Cookie<'static>) -> HttpRequest {
        TestRequest::default().cookie(cookie).to_http_request()
    }

    #[test]
    fn l16_a_cookie_is_for_this_host_and_tls_alone() {
        let session = Session::begin(Place::Dashboard, None, now(), &jose::SystemRandom);
        let cookie = session
            .cookie(&seal(), Place::Dashboard, &jose::SystemRandom)
            .unwrap()
            .to_string();
        for flag in ["__Host-portal=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(cookie.contains(flag), "{flag}");
        }
        assert!(!cookie.contains("Domain"));
    }

    #[test]
    fn a_session_counts_at_its_place_and_in_its_time() {
        let session = Session::begin(place(1), None, now(), &jose::SystemRandom);
        let cookie = session.cookie(&seal(), place(1), &jose::SystemRandom).unwrap();
        let found = |place, at| Session::of(&request(cookie.clone()), &seal(), place, at).is_some();
        assert!(found(place(1), now()));
        assert!(!found(place(1), now() + Duration::minutes(5)));
        assert!(!found(place(2), now()));
        assert!(!found(Place::Dashboard, now()));

        let mut moved = cookie.clone();
        moved.set_name(place(2).cookie_name());
        assert!(Session::of(&request(moved), &seal(), place(2), now()).is_none());
    }
}
