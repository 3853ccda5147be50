//! `POST /fdx/auth/v1/par`: pushed authorization requests (RFC 9126).

use actix_web::{HttpRequest, HttpResponse, http::header::CACHE_CONTROL, post, web};
use chrono::Duration;
use domain::id::RequestId;
use http::{App, Code, OAuthError, OAuthErrorBody, OAuthForm, dpop::ProvenKey, endpoints, limits};
use jose::MintedSecret;
use lifecycle::request::REQUEST_URI_SECONDS;
use serde::Serialize;
use store::requests::{Kept, NewRequest};

use crate::{
    client_authentication::{self, Authenticated, REPLAYED, authenticate},
    request::{self, Asked, Parameters},
};

/// What every `request_uri` of ours begins with (RFC9126-2.2).
pub(crate) const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// The answer to a pushed request.
#[derive(Serialize, utoipa::ToSchema)]
struct Pushed {
    /// To be used once at the authorization endpoint.
    request_uri: String,
    /// Seconds.
    expires_in: i64,
}

/// Push an authorization request.
///
/// The client authenticates by its registered method. The request is a signed request object (`request`), or the
/// parameters themselves for a client that need not sign.
#[utoipa::path(
    tag = "authorization",
    request_body(content = crate::forms::PushedForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 201, description = "The request is kept for a minute", body = Pushed),
        (status = 400, description = "The request is refused", body = OAuthErrorBody),
        (status = 401, description = "The client is not proven", body = OAuthErrorBody),
    )
)]
#[post("/fdx/auth/v1/par")]
pub(crate) async fn push(
    app: web::Data<App>,
    request: HttpRequest,
    form: OAuthForm,
) -> Result<HttpResponse, OAuthError> {
    let now = app.now();
    let mut authenticated = authenticate(&app, &request, &form, endpoints::PAR, now).await?;
    let proven_key = client_authentication::proven_key(&app, &request, now).await?;
    let proven_key = proven_key.as_ref().map(ProvenKey::thumbprint);
    let verified = match verify(&app, &authenticated, &form, proven_key, now) {
        Ok(verified) => verified,
        // It may have registered another key or redirect URI since this process looked: then all is proven again.
        Err(error) => match app
            .clients
            .changed_since(&app.store, &authenticated.known)
            .await?
        {
            Some(_) => {
                authenticated = authenticate(&app, &request, &form, endpoints::PAR, now).await?;
                verify(&app, &authenticated, &form, proven_key, now)
                    .map_err(|error| error.as_bad_request())?
            }
            None => return Err(error.as_bad_request()),
        },
    };
    request::replaceable(&app, &authenticated.known.client.client_id, &verified)
        .await
        .map_err(|error| error.as_bad_request())?;
    let request_uri = MintedSecret::mint("", app.random());
    let new = NewRequest {
        client: authenticated.proven(),
        request_id: RequestId::mint(now, app.random()),
        request_uri_hash: request_uri.hash(),
        parameters: serde_json::to_value(&verified)
            .map_err(|_| OAuthError::new(Code::Internal, "internal error"))?,
        created_at: now,
        expires_at: now + Duration::seconds(REQUEST_URI_SECONDS),
        pushed: true,
        most_waiting: limits::WAITING_REQUESTS,
    };
    let kept = app
        .store
        .once::<_, std::convert::Infallible, _>("keep_request", move |tx| {
            Ok(store::requests::keep(tx, &new)?)
        })
        .await?;
    match kept {
        Kept::Kept => Ok(HttpResponse::Created()
            .insert_header((CACHE_CONTROL, "no-store"))
            .json(Pushed {
                request_uri: format!("{REQUEST_URI_PREFIX}{}", request_uri.expose()),
                expires_in: REQUEST_URI_SECONDS,
            })),
        Kept::ClientChanged => Err(client_authentication::changed(&app, &authenticated)),
        Kept::Replayed => Err(REPLAYED),
        Kept::TooMany => Err(OAuthError::new(
            Code::TooMany,
            "too many authorization requests of this client wait",
        )),
    }
}

/// The request that was pushed, proven.
fn verify(
    app: &App,
    authenticated: &Authenticated,
    form: &OAuthForm,
    proven_key: Option<&str>,
    now: domain::Instant,
) -> Result<lifecycle::AuthorizationRequest, OAuthError> {
    let client = &authenticated.known.client;
    if !client.profile().rules().serves_consumers {
        return Err(OAuthError::new(
            Code::UnauthorizedClient,
            "the client may not ask for consents",
        ));
    }
    // P05, RFC9126-2.1.
    if form.has("request_uri") {
        return Err(OAuthError::invalid_request("request_uri cannot be pushed"));
    }
    let parameters = match form.get("request") {
        Some(object) => {
            if form
                .get("client_id")
                .is_some_and(|id| id != client.client_id.as_str())
            {
                return Err(OAuthError::invalid_request(
                    "client_id is not the client that is authenticated",
                ));
            }
            Parameters::of_claims(&request::verify_request_object(
                app,
                &authenticated.known,
                object,
                now,
            )?)
        }
        None => {
            if request::must_be_signed(client) {
                return Err(OAuthError::invalid_request("a signed request object is required"));
            }
            Parameters::of_form(form)
        }
    };
    let asked = Asked {
        client,
        parameters: &parameters,
        pushed: true,
        proven_key,
        policy: &app.policy,
        subject_of: &|hint| request::subject_of_hint(app, client, hint, now),
    };
    request::check(&asked).1
}
