//! `GET /fdx/auth/v1/authorize/{resourceId}/continue`: the browser comes back from the consent application.
//!
//! Only the browser that began may come: its cookie is compared with the hash in the row. The grant, its code and the
//! end of the request are one transaction; then the recipient is answered in the mode that it asked for.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    get, web,
};
use domain::{ConsentId, ResourceId, profile::ResponseType};
use http::{App, Code, LogFields, OAuthError};
use jose::MintedSecret;
use lifecycle::{
    AuthorizationRequest,
    complete::{Complete, CompleteError, Completed, NotGranted},
};
use store::TxError;

use crate::{
    authorize::cookie_name,
    page,
    response::{Destination, IdToken, sign_id_token},
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
    let code_hash = code.hash();
    let event_id = domain::id::random_uuid(app.random());
    let replaced_event_id = domain::id::random_uuid(app.random());
    let policy = app.policy.clone();
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
            lifecycle::complete::complete(tx, &with)
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
            let (code, description) = match refusal {
                NotGranted::Rejected => (Code::AccessDenied, "the consumer did not consent"),
                NotGranted::TooMany => (
                    Code::AccessDenied,
                    "the consumer has too many consents with the recipient",
                ),
                NotGranted::NotReplaceable => (
                    Code::InvalidGrantId,
                    "the consent that was to be replaced cannot be replaced any more",
                ),
            };
            let known = client(app, &client_id).await?;
            let error = OAuthError::new(code, description);
            destination(&known.client, &asked).error(app, error, now)?
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
        };
        parameters.push(("id_token", sign_id_token(app, &known.client, &about, now)?));
    }
    destination(&known.client, request).success(app, parameters, now)
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

fn destination<'a>(client: &'a domain::Client, request: &'a AuthorizationRequest) -> Destination<'a> {
    Destination {
        client,
        redirect_uri: &request.redirect_uri,
        mode: request.response_mode,
        state: request.state.as_deref(),
    }
}
