//! The consumer's dashboard: what they share, and the ways to end it.

pub(crate) mod connection;
pub(crate) mod connections;
pub(crate) mod pause;
pub(crate) mod resume;
pub(crate) mod sign_in;
pub(crate) mod sign_in_page;
pub(crate) mod sign_out;
pub(crate) mod stop;

use actix_web::{HttpResponse, get};
use domain::ConsentId;

use crate::{
    api::{ApiError, Change},
    csrf,
    form::Form,
    html,
    page::{Frame, Person},
    refusal::Refusal,
    session::{Place, Session, SignedIn},
    sign_in::still_stands,
    text::Text,
    visit::Visit,
};

/// `GET /portal`: its one spelling has a slash.
#[get("/portal")]
pub(crate) async fn root() -> HttpResponse {
    html::see_other("/portal/", [])
}

/// A consumer in their dashboard.
struct Dashboard {
    session: Session,
    user: SignedIn,
    /// For every form of this answer.
    csrf: String,
}

impl Dashboard {
    /// Whoever is signed in, with the password that is still theirs.
    ///
    /// # Errors
    /// [`Refusal::SignedOut`].
    async fn of(visit: &Visit) -> Result<Self, Refusal> {
        let session = Session::of(
            &visit.request,
            &visit.portal.sessions,
            Place::Dashboard,
            visit.now,
        )
        .ok_or(Refusal::SignedOut)?;
        let user = session.user.clone().ok_or(Refusal::SignedOut)?;
        if !still_stands(visit, &user).await? {
            return Err(Refusal::SignedOut);
        }
        let csrf = csrf::token(&visit.portal, &session, Place::Dashboard, visit.random())?;
        Ok(Self { session, user, csrf })
    }

    /// What is around their pages.
    fn frame(&self, text: &'static Text) -> Frame {
        let person = Person {
            name: self.user.display_name.clone(),
            sign_out: Some(self.csrf.clone()),
        };
        Frame::new(text, Some(person))
    }
}

/// Changes a connection at the wish of a form, and shows what came of it.
async fn change(
    visit: &Visit,
    form: &Form,
    consent_id: &str,
    change: Change,
    done: &'static str,
) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of(visit).await?;
    csrf::check(
        &visit.portal,
        &visit.request,
        form,
        &dashboard.session,
        Place::Dashboard,
    )?;
    let consent_id: ConsentId = consent_id.parse().map_err(|_| Refusal::Gone)?;
    visit
        .portal
        .api
        .change(consent_id, &dashboard.user.user_id, change)
        .await
        .map_err(|error| match error {
            ApiError::Conflict => Refusal::Ended,
            error => error.into(),
        })?;
    Ok(html::see_other(
        &format!("/portal/connections/{consent_id}?done={done}"),
        [],
    ))
}

/// What a page says that was just done.
fn done(visit: &Visit) -> Option<&'static str> {
    let text = visit.text();
    match visit.query("done")?.as_str() {
        "stopped" => Some(text.done_stopped),
        "paused" => Some(text.done_paused),
        "resumed" => Some(text.done_resumed),
        _ => None,
    }
}
