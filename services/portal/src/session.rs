//! Sessions: sealed into a cookie, so that any replica can read them and none needs to remember.
//!
//! There is one session a *place*: one for the dashboard, and one for every authentication resource. Signing in at one
//! place signs in nowhere else, so each consent is decided by someone who has just proven who they are. A session begins
//! without a user, to bind forms to the browser; each step of signing in replaces it by another with another id (L01).
//! How far a consumer has come is told by [`Standing`], and only the last of its variants opens anything (L08).
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
    /// How far its consumer has come.
    pub(crate) standing: Standing,
    expires_at: Instant,
}

/// How far a browser's consumer has come in proving who they are.
///
/// ```text
/// Anonymous ──password──▶ SignedIn                    who has no second factor
///     └──────password──▶ PasswordProven ──code──▶ SignedIn
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Standing {
    /// Nobody has proven anything.
    Anonymous,
    /// They have a second factor, and have yet to show it. Opens nothing.
    PasswordProven(SignedIn),
    /// They are who they say.
    SignedIn(SignedIn),
}

/// How a consumer proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Proof {
    /// By a password.
    Password,
    /// By a password and a one-time code.
    PasswordAndCode,
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
    /// How.
    pub(crate) proof: Proof,
    /// Which password and second factor they have: changes when one of them does (L11).
    pub(crate) credential: String,
}

impl Proof {
    /// The methods (RFC 8176).
    pub(crate) const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["pwd"],
            Self::PasswordAndCode => &["pwd", "otp", "mfa"],
        }
    }
}

impl Standing {
    /// How long a session lasts from its making.
    fn life(&self, place: Place) -> Duration {
        match (self, place) {
            // As long as a resource can be decided; and no half of a sign-in waits longer (L09).
            (_, Place::Consent(_)) | (Self::PasswordProven(_), Place::Dashboard) => Duration::minutes(5),
            (Self::Anonymous | Self::SignedIn(_), Place::Dashboard) => Duration::minutes(30),
        }
    }
}

impl Place {
    /// The `__Host-` cookie of the place: only this host, only TLS, the whole host (L16).
    fn cookie_name(self) -> String {
        match self {
            Self::Consent(resource_id) => format!("__Host-consent-{resource_id}"),
            Self::Dashboard => "__Host-portal".to_owned(),
        }
    }
}

impl Session {
    /// A new session.
    pub(crate) fn begin(place: Place, standing: Standing, now: Instant, random: &dyn Random) -> Self {
        let mut id = [0; 16];
        random.fill(&mut id);
        Self {
            id: jose::base64url(id),
            expires_at: now + standing.life(place),
            standing,
        }
    }

    /// The session in which sign-in begins: the one that this browser has if nobody has proven anything in it, so that a
    /// reload or a second window does not spoil the first; else a new one.
    pub(crate) fn anonymous(
        request: &HttpRequest,
        seal: &Seal,
        place: Place,
        now: Instant,
        random: &dyn Random,
    ) -> Self {
        Self::of(request, seal, place, now)
            .filter(|session| session.standing == Standing::Anonymous)
            .unwrap_or_else(|| Self::begin(place, Standing::Anonymous, now, random))
    }

    /// Who signed in, if anybody has.
    pub(crate) fn user(&self) -> Option<&SignedIn> {
        match &self.standing {
            Standing::SignedIn(user) => Some(user),
            Standing::Anonymous | Standing::PasswordProven(_) => None,
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
        Ok(cookie(name, value, self.standing.life(place)))
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
        let session = Session::begin(Place::Dashboard, Standing::Anonymous, now(), &jose::SystemRandom);
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
        let session = Session::begin(place(1), Standing::Anonymous, now(), &jose::SystemRandom);
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
