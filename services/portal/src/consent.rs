//! The consent application: sign in (and, for who has one, the second factor), then decide. Every visit begins with
//! sign-in, whoever signed in before.

pub(crate) mod choice;
pub(crate) mod code;
pub(crate) mod code_page;
pub(crate) mod decide;
pub(crate) mod decision_page;
pub(crate) mod deny;
pub(crate) mod sign_in;
pub(crate) mod sign_in_page;

use actix_web::HttpResponse;
use domain::ResourceId;

use crate::{
    api::{ApiError, Resource, ResourceStatus},
    html,
    page::{Frame, Person},
    refusal::Refusal,
    session::{self, Place, Session, SignedIn, Standing},
    visit::Visit,
};

/// Version of the terms on the decision page: a new one whenever what it tells the consumer changes in meaning. Kept
/// with the grant.
const TERMS_VERSION: &str = "2026-11";

/// The resource that a visit is about.
pub(crate) fn resource_id(visit: &Visit) -> Result<ResourceId, Refusal> {
    visit
        .query("resourceId")
        .and_then(|id| id.parse().ok())
        .ok_or(Refusal::Gone)
}

/// What is asked, and the visit in the consumer's language: the recipient may have said which (`ui_locales`).
///
/// A resource that was decided before leads onwards, so that a lost answer or a second click strands nobody.
async fn ask(visit: &mut Visit, resource_id: ResourceId) -> Result<Result<Resource, HttpResponse>, Refusal> {
    let resource = visit.portal.api.resource(resource_id).await?;
    visit.suggest(&resource.ui_locales);
    Ok(match (resource.status, &resource.continue_url) {
        (ResourceStatus::Lodged, _) => Ok(resource),
        (_, Some(url)) => Err(onwards(resource_id, url)),
        (_, None) => return Err(Refusal::Decided),
    })
}

/// The answer to a decision: on to the authorization server, in the browser that began there.
async fn decided(
    visit: &mut Visit,
    resource_id: ResourceId,
    outcome: Result<String, ApiError>,
) -> Result<HttpResponse, Refusal> {
    match outcome {
        Ok(url) => Ok(onwards(resource_id, &url)),
        // Somebody was first, perhaps the same consumer in another window: what they decided holds.
        Err(ApiError::Conflict | ApiError::Stale) => match ask(visit, resource_id).await? {
            Ok(_) => Err(Refusal::Forged),
            Err(onwards) => Ok(onwards),
        },
        Err(error) => Err(error.into()),
    }
}

fn onwards(resource_id: ResourceId, url: &str) -> HttpResponse {
    html::see_other(url, [session::ended(Place::Consent(resource_id))])
}

/// The session of this browser with this resource, and who signed in to it.
fn signed_in(visit: &Visit, place: Place) -> Option<(Session, SignedIn)> {
    let session = Session::of(&visit.request, &visit.portal.sessions, place, visit.now)?;
    let user = session.user()?.clone();
    Some((session, user))
}

/// The session of this browser with this resource, and who has proven their password and not their second factor.
fn half_signed_in(visit: &Visit, place: Place) -> Option<(Session, SignedIn)> {
    let session = Session::of(&visit.request, &visit.portal.sessions, place, visit.now)?;
    match session.standing.clone() {
        Standing::PasswordProven(user) => Some((session, user)),
        Standing::Anonymous | Standing::SignedIn(_) => None,
    }
}

/// What is around the pages of a consumer who signed in. Nobody signs out of one decision: they take it.
fn frame(visit: &Visit, user: &SignedIn) -> Frame {
    visit.frame(Some(Person {
        name: user.display_name.clone(),
        sign_out: None,
    }))
}

/// Back to the sign-in page.
fn sign_in_first(resource_id: ResourceId) -> HttpResponse {
    html::see_other(&format!("/portal/consent?resourceId={resource_id}"), [])
}
