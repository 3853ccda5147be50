//! `GET /fdx/auth/v1/authorize/{resourceId}/continue`: the browser comes back from the consent application.
//!
//! Only the browser that began may come: its cookie is compared with the hash in the row. The grant, its code and the
//! end of the request are one transaction; then the recipient is answered in the mode that it asked for.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    get, web,
};
use domain::{ClientId, ConsentId, ResourceId, UserId, profile::ResponseType};
use http::{App, Code, KnownClient, LogFields, OAuthError};
use jose::MintedSecret;
use lifecycle::{
    AuthorizationRequest,
    complete::{Complete, CompleteError, Completed, NotGranted},
};
use store::{StoreError, TxError};

use crate::{
    authorize::cookie_name,
    page,
    response::{Destination, IdToken, sign_id_token},
    session::Session,
};

/// Finish an authorization.
#[utoipa::path(
    tag = "authorization",
    params(("resourceId" = String, Path, description = "The authentication resource")),
    responses(
        (status = 303, description = "Back to the recipient"),
        (status = 400, description = "A page that holds the error code in the element error-code"),
    )
)]
#[get("/fdx/auth/v1/authorize/{resourceId}/continue")]
pub(crate) async fn resume(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
) -> HttpResponse {
    match complete(&app, &request, &path).await {
        Ok(response) => response,
        Err(error) => page::error(error),
    }
}

async fn complete(
    app: &web::Data<App>,
    request: &HttpRequest,
    resource_id: &str,
) -> Result<HttpResponse, OAuthError> {
    let now = app.now();
    let gone =
        OAuthError::invalid_request("there is no such authorization in this browser, or its time is over");
    let resource_id: ResourceId = resource_id.parse().map_err(|_| gone)?;
    let cookie = request.cookie(&cookie_name(resource_id)).ok_or(gone)?;
    let browser_hash = jose::secret::hash(cookie.value());
    let consent_id = ConsentId::mint(app.random());
    let code = MintedSecret::mint("", app.random());
    let (code_hash, event_id) = (code.hash(), domain::id::random_uuid(app.random()));
    let replaced_event_id = domain::id::random_uuid(app.random());
    let (policy, judge) = (app.policy.clone(), app.clone());
    let completed = app
        .store
        .tx("complete", move |tx| {
            let with = Complete {
                resource_id,
                browser_hash: &browser_hash,
                consent_id,
                code_hash,
                event_id,
                replaced_event_id,
                policy: &policy,
                now,
            };
            lifecycle::complete::complete(tx, &with, |tx, request, client_id, user_id| {
                is_asked_for(&judge, tx, request, client_id, user_id)
            })
        })
        .await
        .map_err(|error| match error {
            TxError::Refused(CompleteError::NotFound) => gone,
            TxError::Refused(CompleteError::Undecided) => {
                OAuthError::invalid_request("the consent application has not decided yet")
            }
            TxError::Store(error) => error.into(),
        })?;
    let mut response = match completed {
        Completed::Granted {
            request: asked,
            grant,
        } => {
            LogFields::update(request, |fields| fields.consent_id = Some(grant.id));
            granted(app, &asked, &grant, code.expose(), now).await?
        }
        Completed::Refused {
            request: asked,
            client_id,
            refusal,
        } => {
            let known = client(app, &client_id).await?;
            destination(&known, &asked).error(app, told(refusal), now)?
        }
    };
    let mut spent = Cookie::build(cookie_name(resource_id), "")
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish();
    spent.make_removal();
    // A cookie that cannot be removed opens nothing any more.
    let _ = response.add_cookie(&spent);
    Ok(response)
}

/// What the recipient is told when there is no grant.
fn told(refusal: NotGranted) -> OAuthError {
    match refusal {
        NotGranted::Rejected => OAuthError::new(Code::AccessDenied, "the consumer did not consent"),
        NotGranted::TooMany => OAuthError::new(
            Code::AccessDenied,
            "the consumer has too many consents with the recipient",
        ),
        NotGranted::NotReplaceable => OAuthError::new(
            Code::InvalidGrantId,
            "the consent that was to be replaced cannot be replaced any more",
        ),
        NotGranted::Another => OAuthError::new(Code::LoginRequired, "another consumer signed in"),
        NotGranted::Authentication => OAuthError::new(
            Code::UnmetAuthenticationRequirements,
            "the consumer was not authenticated as the request demands",
        ),
    }
}

/// Whether a request that names subjects names that consumer, as its client knows them.
fn is_asked_for(
    app: &App,
    tx: &mut store::Tx<'_>,
    request: &AuthorizationRequest,
    client_id: &ClientId,
    user_id: &UserId,
) -> Result<bool, StoreError> {
    if request.subjects.is_empty() {
        return Ok(true);
    }
    let subject =
        store::clients::find(tx, client_id)?.and_then(|client| app.subject(&client.sector(), user_id).ok());
    Ok(subject.is_some_and(|subject| request.is_about(&subject)))
}

async fn granted(
    app: &web::Data<App>,
    request: &AuthorizationRequest,
    grant: &domain::ConsentGrant,
    code: &str,
    now: domain::Instant,
) -> Result<HttpResponse, OAuthError> {
    let known = client(app, &grant.client_id).await?;
    let mut parameters = vec![("code", code.to_owned())];
    if request.response_type == ResponseType::CodeIdToken {
        let about = IdToken {
            user_id: &grant.user_id,
            authentication: &grant.authentication,
            nonce: request.nonce.as_deref(),
            code: Some(code),
            state: request.state.as_deref(),
            access_token: None,
            claims: None,
        };
        parameters.push(("id_token", sign_id_token(app, &known, &about, now)?));
    }
    let mut response = destination(&known, request).success(app, parameters, now)?;
    if known.client.profile().rules().remembers_consumers {
        let session = Session::begin(grant.user_id.clone(), grant.authentication.clone(), now);
        // L01: whoever was signed in before is no longer.
        response
            .add_cookie(&session.cookie(app)?)
            .map_err(|_| OAuthError::new(Code::Internal, "internal error"))?;
    }
    Ok(response)
}

async fn client(
    app: &web::Data<App>,
    client_id: &domain::ClientId,
) -> Result<std::sync::Arc<http::KnownClient>, OAuthError> {
    app.clients
        .remembered(&app.store, client_id)
        .await?
        .ok_or(OAuthError::new(Code::Internal, "internal error"))
}

fn destination<'a>(known: &'a KnownClient, request: &'a AuthorizationRequest) -> Destination<'a> {
    Destination {
        known,
        redirect_uri: &request.redirect_uri,
        mode: request.response_mode,
        state: request.state.as_deref(),
    }
}
