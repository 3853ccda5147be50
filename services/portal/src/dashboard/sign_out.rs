//! `POST /portal/sign-out`: the browser forgets its session.

use actix_web::{HttpResponse, post};

use crate::{
    csrf,
    form::Form,
    refusal::Refusal,
    session::{Place, Session},
    visit::Visit,
};

/// The end. What comes of it, and of having been signed out before, is the sign-in page.
#[post("/portal/sign-out")]
pub(crate) async fn submit(visit: Visit, form: Form) -> HttpResponse {
    let session = Session::of(
        &visit.request,
        &visit.portal.sessions,
        Place::Dashboard,
        visit.now,
    );
    let checked = match session {
        Some(session) => csrf::check(&visit.portal, &visit.request, &form, &session, Place::Dashboard),
        None => Ok(()),
    };
    visit.answer(checked.and(Err(Refusal::SignedOut)))
}
