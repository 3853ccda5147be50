//! Forms come from our own pages (L02, L03).
//!
//! Three fences, each enough against most browsers: session cookies are `SameSite=Lax`; a browser that says where a
//! request comes from (`Sec-Fetch-Site`) must say "from here"; and every form carries a token bound to the session of
//! its browser at its place, which no other site can read or make.

use actix_web::HttpRequest;

use crate::{
    form::Form,
    portal::Portal,
    refusal::Refusal,
    session::{Place, Session},
};

/// The name of the hidden field.
pub(crate) const FIELD: &str = "csrf";

/// A token for the forms of a page; a new one each time, all of them good for the session's life.
pub(crate) fn token(
    portal: &Portal,
    session: &Session,
    place: Place,
    random: &dyn domain::Random,
) -> Result<String, Refusal> {
    portal
        .forms
        .seal(&(), &session.form_context(place), random)
        .map_err(|_| Refusal::Internal)
}

/// That a form was sent by the browser that was given it, from a page of ours.
///
/// # Errors
/// [`Refusal::Forged`].
pub(crate) fn check(
    portal: &Portal,
    request: &HttpRequest,
    form: &Form,
    session: &Session,
    place: Place,
) -> Result<(), Refusal> {
    let from_here = match request.headers().get("sec-fetch-site") {
        // An older browser does not say.
        None => true,
        // "none": typed or reloaded by the person themselves.
        Some(value) => matches!(value.as_bytes(), b"same-origin" | b"none"),
    };
    let ours = form
        .get(FIELD)
        .and_then(|token| portal.forms.open::<()>(token, &session.form_context(place)))
        .is_some();
    if from_here && ours {
        Ok(())
    } else {
        Err(Refusal::Forged)
    }
}
