//! `POST /portal/consent/decision?resourceId=`: allow or deny, once.

use actix_web::{HttpResponse, http::StatusCode, post};
use domain::ResourceId;

use crate::{
    api::{Approval, Resource},
    consent::{self, TERMS_VERSION},
    csrf,
    form::Form,
    html::{self, Forms},
    page::Decision,
    refusal::Refusal,
    session::{Place, Session, SignedIn},
    visit::Visit,
};

/// The decision.
#[post("/portal/consent/decision")]
pub(crate) async fn submit(mut visit: Visit, form: Form) -> HttpResponse {
    let outcome = decide(&mut visit, &form).await;
    visit.answer(outcome)
}

async fn decide(visit: &mut Visit, form: &Form) -> Result<HttpResponse, Refusal> {
    let resource_id = consent::resource_id(visit)?;
    let place = Place::Consent(resource_id);
    let Some((session, user)) = consent::signed_in(visit, place) else {
        return Ok(consent::sign_in_first(resource_id));
    };
    csrf::check(&visit.portal, &visit.request, form, &session, place)?;
    // The version that the consumer saw: what changed since is not decided by this.
    let etag = form.get("etag").ok_or(Refusal::Forged)?;
    let outcome = match form.get("decision") {
        Some("allow") => {
            let resource = match consent::ask(visit, resource_id).await? {
                Ok(resource) => resource,
                Err(onwards) => return Ok(onwards),
            };
            let accounts: Vec<_> = form.all("account").collect();
            if accounts.is_empty() && !resource.consent_request.data_clusters.is_empty() {
                return none_chosen(visit, &resource, &session, &user).await;
            }
            let approval = Approval {
                user: &user,
                tells_the_name: resource.asks_for_the_name(),
                accounts,
                terms_and_conditions_version: TERMS_VERSION,
                acknowledged_at: visit.now,
            };
            visit.portal.api.approve(resource_id, etag, &approval).await
        }
        Some("deny") => {
            visit
                .portal
                .api
                .reject(resource_id, etag, "denied by the consumer")
                .await
        }
        _ => return Err(Refusal::Forged),
    };
    consent::decided(visit, resource_id, outcome).await
}

async fn none_chosen(
    visit: &Visit,
    resource: &Resource,
    session: &Session,
    user: &SignedIn,
) -> Result<HttpResponse, Refusal> {
    let resource_id: ResourceId = resource.resource_id;
    let accounts = visit
        .portal
        .api
        .eligible_accounts(resource_id, &user.user_id)
        .await?;
    let token = csrf::token(
        &visit.portal,
        session,
        Place::Consent(resource_id),
        visit.random(),
    )?;
    let page = Decision::new(visit.text(), resource, &accounts, user, token, visit.now).none_chosen();
    html::page(StatusCode::UNPROCESSABLE_ENTITY, Forms::AndOnwards, &page)
}
