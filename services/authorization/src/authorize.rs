//! `GET` and `POST /fdx/auth/v1/authorize`: the browser arrives, the decision is lodged, the browser is sent to the
//! bank's consent application.
//!
//! Nothing is spent here: a page that is reloaded lodges another decision, and the first one that is completed spends
//! the request.

mod by_value;
mod pushed;
mod remembered;

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration as CookieDuration},
    get,
    http::header::{CACHE_CONTROL, LOCATION},
    post, web,
};
use domain::{Instant, ResourceId, id::RequestId};
use http::{App, Code, KnownClient, OAuthError, OAuthForm};
use jose::MintedSecret;
use lifecycle::{AuthorizationRequest, request::DECISION_MINUTES};

use crate::{page, response::Destination};

/// What stopped an authorization request, and whether the recipient may be told.
pub(crate) enum Stopped {
    /// Its redirect URI is not proven: the person in front of the browser reads a page (U09).
    Page(OAuthError),
    /// The answer that goes to the recipient through the browser.
    Sent(HttpResponse),
}

impl From<OAuthError> for Stopped {
    fn from(error: OAuthError) -> Self {
        Self::Page(error)
    }
}

/// A request that is kept and may be decided.
struct Waiting {
    request_id: RequestId,
    known: Arc<KnownClient>,
    request: AuthorizationRequest,
}

/// Begin an authorization.
///
/// `client_id` with `request_uri` from the pushed request endpoint; or with `request`, or with the parameters themselves (those of
/// the pushed request endpoint), for clients of a profile that permits it.
#[utoipa::path(
    tag = "authorization",
    params(
        ("client_id" = String, Query, description = "The client"),
        ("request_uri" = Option<String>, Query, description = "From the pushed request endpoint"),
        ("request" = Option<String>, Query, description = "A signed request object by value"),
    ),
    responses(
        (status = 303, description = "To the bank's consent application, or back with an error"),
        (status = 400, description = "A page that holds the error code in the element error-code"),
    )
)]
#[get("/fdx/auth/v1/authorize")]
pub(crate) async fn authorize(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let parameters = OAuthForm::parse(request.query_string().as_bytes());
    answer(&app, &request, parameters).await
}

/// Begin an authorization, by a form (OIDC Core 3.1.2.1).
#[utoipa::path(
    tag = "authorization",
    request_body(content = crate::forms::AuthorizationForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "To the bank's consent application, or back with an error"),
        (status = 400, description = "A page that holds the error code in the element error-code"),
    )
)]
#[post("/fdx/auth/v1/authorize")]
pub(crate) async fn authorize_by_post(
    app: web::Data<App>,
    request: HttpRequest,
    form: Result<OAuthForm, OAuthError>,
) -> HttpResponse {
    answer(&app, &request, form).await
}

async fn answer(
    app: &web::Data<App>,
    request: &HttpRequest,
    parameters: Result<OAuthForm, OAuthError>,
) -> HttpResponse {
    let now = app.now();
    let outcome = async {
        let parameters = parameters?;
        let waiting = if parameters.has("request_uri") {
            pushed::find(app, &parameters, now).await?
        } else {
            by_value::keep(app, &parameters, now).await?
        };
        match remembered::answer(app, request, &waiting, now).await? {
            Some(response) => Ok(response),
            None => Ok::<_, Stopped>(lodge(app, &waiting, now).await?),
        }
    };
    match outcome.await {
        Ok(response) | Err(Stopped::Sent(response)) => response,
        Err(Stopped::Page(error)) => page::error(error),
    }
}

/// The name of the cookie that binds a decision to this browser. One for each, so that two that run side by side in
/// one browser do not disturb each other.
pub(crate) fn cookie_name(resource_id: ResourceId) -> String {
    format!("__Host-authorize-{}", resource_id.uuid().simple())
}

/// Lodges the decision and sends the browser to where it is taken.
async fn lodge(app: &web::Data<App>, waiting: &Waiting, now: Instant) -> Result<HttpResponse, OAuthError> {
    let resource_id = ResourceId::mint(app.random());
    let browser = MintedSecret::mint("", app.random());
    let browser_hash = browser.hash();
    let (request_id, client_id) = (waiting.request_id, waiting.known.client.client_id.clone());
    let lodged = app
        .store
        .once::<_, std::convert::Infallible, _>("lodge", move |tx| {
            let expires_at = AuthorizationRequest::decide_by(now);
            Ok(store::resources::lodge(
                tx,
                resource_id,
                request_id,
                &client_id,
                &browser_hash,
                now,
                expires_at,
            )?)
        })
        .await?;
    if !lodged {
        return Err(OAuthError::new(
            Code::TooMany,
            "this authorization was begun too often",
        ));
    }
    // L03, L16. Lax: the consent application may be on another site, and sends the browser back here by a link.
    let cookie = Cookie::build(cookie_name(resource_id), browser.expose().to_owned())
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(CookieDuration::minutes(DECISION_MINUTES))
        .finish();
    let separator = if app.consent_application_url.contains('?') {
        '&'
    } else {
        '?'
    };
    let location = format!(
        "{}{separator}resourceId={resource_id}",
        app.consent_application_url
    );
    Ok(HttpResponse::SeeOther()
        .cookie(cookie)
        .insert_header((LOCATION, location))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish())
}

/// Sends an error to the recipient, whose redirect URI is proven.
fn tell(
    app: &App,
    known: &KnownClient,
    request: &AuthorizationRequest,
    error: OAuthError,
    now: Instant,
) -> Stopped {
    let destination = Destination {
        known,
        redirect_uri: &request.redirect_uri,
        mode: request.response_mode,
        state: request.state.as_deref(),
    };
    match destination.error(app, error, now) {
        Ok(response) => Stopped::Sent(response),
        Err(error) => Stopped::Page(error),
    }
}
