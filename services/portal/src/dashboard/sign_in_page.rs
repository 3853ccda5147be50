//! `GET /portal/sign-in`.

use actix_web::{HttpResponse, get, http::StatusCode};

use crate::{
    csrf,
    html::{self, Forms},
    page::SignIn,
    refusal::Refusal,
    session::{Place, Session},
    visit::Visit,
};

/// The page.
#[get("/portal/sign-in")]
pub(crate) async fn show(visit: Visit) -> HttpResponse {
    visit.answer(page(&visit))
}

fn page(visit: &Visit) -> Result<HttpResponse, Refusal> {
    let place = Place::Dashboard;
    let session = Session::anonymous(
        &visit.request,
        &visit.portal.sessions,
        place,
        visit.now,
        visit.random(),
    );
    let token = csrf::token(&visit.portal, &session, place, visit.random())?;
    let mut response = html::page(
        StatusCode::OK,
        Forms::Here,
        &SignIn::to_dashboard(visit.frame(None), token),
    )?;
    html::keep(
        &mut response,
        &session.cookie(&visit.portal.sessions, place, visit.random())?,
    )?;
    Ok(response)
}
