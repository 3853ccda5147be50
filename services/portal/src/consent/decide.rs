//! `POST /portal/consent/decision?resourceId=`: allow or deny, once; or show what would be shared.

use actix_web::{HttpResponse, http::StatusCode, post};
use domain::ResourceId;

use crate::{
    api::{Account, Approval, Resource},
    consent::{
        self, TERMS_VERSION,
        choice::{self, Choice},
    },
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
    match form.get("decision") {
        Some("allow") => allow(visit, form, &session, &user, resource_id).await,
        Some("deny") => {
            let etag = version(form)?;
            let outcome = visit
                .portal
                .api
                .reject(resource_id, etag, "denied by the consumer")
                .await;
            consent::decided(visit, resource_id, outcome).await
        }
        Some("preview") => preview(visit, form, &session, &user, resource_id).await,
        _ => Err(Refusal::Forged),
    }
}

/// The version that the consumer saw: what changed since is not decided by this.
fn version(form: &Form) -> Result<&str, Refusal> {
    form.get("etag").ok_or(Refusal::Forged)
}

async fn allow(
    visit: &mut Visit,
    form: &Form,
    session: &Session,
    user: &SignedIn,
    resource_id: ResourceId,
) -> Result<HttpResponse, Refusal> {
    let resource = match consent::ask(visit, resource_id).await? {
        Ok(resource) => resource,
        Err(onwards) => return Ok(onwards),
    };
    let (page, offered) = page(visit, &resource, session, user).await?;
    let choices = choice::read(form, &offered)?;
    let needs_accounts = !resource.consent_request.data_clusters.is_empty();
    if let Some(problem) = choice::problem(&choices).filter(|_| needs_accounts) {
        return refused(&page.refused(&choices, problem));
    }
    let approval = Approval {
        user,
        tells_the_name: resource.asks_for_the_name(),
        accounts: choices.iter().filter_map(Choice::chosen).collect(),
        terms_and_conditions_version: TERMS_VERSION,
        acknowledged_at: visit.now,
    };
    let outcome = visit
        .portal
        .api
        .approve(resource_id, version(form)?, &approval)
        .await;
    consent::decided(visit, resource_id, outcome).await
}

/// The same page, with what would leave of what is chosen. Decides nothing.
async fn preview(
    visit: &mut Visit,
    form: &Form,
    session: &Session,
    user: &SignedIn,
    resource_id: ResourceId,
) -> Result<HttpResponse, Refusal> {
    let resource = match consent::ask(visit, resource_id).await? {
        Ok(resource) => resource,
        Err(onwards) => return Ok(onwards),
    };
    let (page, offered) = page(visit, &resource, session, user).await?;
    let choices = choice::read(form, &offered)?;
    if let Some(problem) = choice::problem(&choices) {
        return refused(&page.refused(&choices, problem));
    }
    let chosen: Vec<_> = choices.iter().filter_map(Choice::chosen).collect();
    let preview = visit
        .portal
        .api
        .preview(resource_id, &user.user_id, &chosen)
        .await?;
    html::page(
        StatusCode::OK,
        Forms::AndOnwards,
        &page.previewing(&choices, preview),
    )
}

fn refused(page: &Decision) -> Result<HttpResponse, Refusal> {
    html::page(StatusCode::UNPROCESSABLE_ENTITY, Forms::AndOnwards, page)
}

/// The page that the form came from, and the accounts on it.
async fn page(
    visit: &Visit,
    resource: &Resource,
    session: &Session,
    user: &SignedIn,
) -> Result<(Decision, Vec<Account>), Refusal> {
    let resource_id = resource.resource_id;
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
    let page = Decision::new(consent::frame(visit, user), resource, &accounts, token, visit.now);
    Ok((page, accounts))
}
