//! The consumer's dashboard: what they share, who read it, and the ways to end it.

pub(crate) mod accesses;
pub(crate) mod approval;
pub(crate) mod code;
pub(crate) mod code_page;
pub(crate) mod connection;
pub(crate) mod connections;
pub(crate) mod pause;
pub(crate) mod receipt;
pub(crate) mod receipt_file;
pub(crate) mod remove;
pub(crate) mod resume;
pub(crate) mod sign_in;
pub(crate) mod sign_in_page;
pub(crate) mod sign_out;
pub(crate) mod stop;
pub(crate) mod stop_all;

use actix_web::{HttpResponse, get};
use domain::ConsentId;

use crate::{
    api::{ApiError, Change, UserConsent},
    csrf,
    form::Form,
    html,
    page::{DONE, Frame, Person},
    refusal::Refusal,
    session::{Place, Session, SignedIn, Standing},
    sign_in::still_stands,
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
    /// Whoever is signed in, with the password and second factor that are still theirs.
    ///
    /// # Errors
    /// [`Refusal::SignedOut`].
    async fn of(visit: &Visit) -> Result<Self, Refusal> {
        let session = session(visit).ok_or(Refusal::SignedOut)?;
        let user = session.user().cloned().ok_or(Refusal::SignedOut)?;
        if !still_stands(visit, &user).await? {
            return Err(Refusal::SignedOut);
        }
        let csrf = csrf::token(&visit.portal, &session, Place::Dashboard, visit.random())?;
        Ok(Self { session, user, csrf })
    }

    /// The same, when the form came from a page of theirs.
    ///
    /// # Errors
    /// [`Refusal::SignedOut`], [`Refusal::Forged`].
    async fn of_form(visit: &Visit, form: &Form) -> Result<Self, Refusal> {
        let dashboard = Self::of(visit).await?;
        csrf::check(
            &visit.portal,
            &visit.request,
            form,
            &dashboard.session,
            Place::Dashboard,
        )?;
        Ok(dashboard)
    }

    /// A connection of theirs.
    ///
    /// # Errors
    /// [`Refusal::Gone`] for one of another, and for one that never was.
    async fn consent(&self, visit: &Visit, consent_id: &str) -> Result<UserConsent, Refusal> {
        let consent_id: ConsentId = consent_id.parse().map_err(|_| Refusal::Gone)?;
        Ok(visit.portal.api.consent(consent_id, &self.user.user_id).await?)
    }

    /// The receipt of a change of theirs, by consent and sequence as the address has them: a compact JWS.
    ///
    /// # Errors
    /// [`Refusal::Gone`] for one of another, also where both hold an account of the connection, and for one that never was.
    async fn receipt(&self, visit: &Visit, (consent_id, sequence): (&str, &str)) -> Result<String, Refusal> {
        let consent_id: ConsentId = consent_id.parse().map_err(|_| Refusal::Gone)?;
        let sequence = sequence.parse().map_err(|_| Refusal::Gone)?;
        let user_id = &self.user.user_id;
        Ok(visit.portal.api.receipt(consent_id, user_id, sequence).await?)
    }

    /// What is around their pages.
    fn frame(&self, visit: &Visit) -> Frame {
        visit.frame(Some(Person {
            name: self.user.display_name.clone(),
            sign_out: Some(self.csrf.clone()),
        }))
    }
}

fn session(visit: &Visit) -> Option<Session> {
    Session::of(
        &visit.request,
        &visit.portal.sessions,
        Place::Dashboard,
        visit.now,
    )
}

/// The session of someone who has proven their password and not their second factor.
fn half_signed_in(visit: &Visit) -> Result<(Session, SignedIn), Refusal> {
    let session = session(visit).ok_or(Refusal::SignedOut)?;
    match session.standing.clone() {
        Standing::PasswordProven(user) => Ok((session, user)),
        Standing::Anonymous | Standing::SignedIn(_) => Err(Refusal::SignedOut),
    }
}

/// Changes a connection at the wish of a form, and shows what came of it.
async fn change(
    visit: &Visit,
    form: &Form,
    consent_id: &str,
    change: Change<'_>,
    done: &'static str,
) -> Result<HttpResponse, Refusal> {
    let dashboard = Dashboard::of_form(visit, form).await?;
    change_of(visit, &dashboard, consent_id, change, done).await
}

async fn change_of(
    visit: &Visit,
    dashboard: &Dashboard,
    consent_id: &str,
    change: Change<'_>,
    done: &'static str,
) -> Result<HttpResponse, Refusal> {
    let consent_id: ConsentId = consent_id.parse().map_err(|_| Refusal::Gone)?;
    let user_id = &dashboard.user.user_id;
    let page = format!("/portal/connections/{consent_id}");
    match visit.portal.api.change(consent_id, user_id, change).await {
        Ok(_) => Ok(html::see_other(&format!("{page}?{DONE}={done}"), [])),
        // It ended meanwhile; or it is as they want it already, and the page says so.
        Err(ApiError::Conflict) => {
            let consent = visit.portal.api.consent(consent_id, user_id).await?;
            if consent.ended_time.is_some() {
                return Err(Refusal::Ended);
            }
            Ok(html::see_other(&page, []))
        }
        Err(error) => Err(error.into()),
    }
}

/// What a page says that was just done.
fn done(visit: &Visit) -> Option<&'static str> {
    (visit.text().done)(&visit.query(DONE)?)
}
