//! A request that was pushed before: found by its `request_uri`. All other parameters are ignored (R02, RFC9126-4).

use actix_web::web;
use domain::{ClientStatus, Instant};
use http::{App, Code, OAuthError, OAuthForm};
use lifecycle::AuthorizationRequest;

use super::{Stopped, Waiting, tell};
use crate::par::REQUEST_URI_PREFIX;

const fn invalid(description: &'static str) -> OAuthError {
    OAuthError::new(Code::InvalidRequestUri, description)
}

/// Finds the request, if it may still be decided.
pub(super) async fn find(
    app: &web::Data<App>,
    parameters: &OAuthForm,
    now: Instant,
) -> Result<Waiting, Stopped> {
    if parameters.has("request") {
        return Err(OAuthError::invalid_request("request and request_uri exclude each other").into());
    }
    let client_id: domain::ClientId = parameters
        .required("client_id", "client_id is required")?
        .parse()
        .map_err(|_| OAuthError::invalid_request("client_id is not one"))?;
    // R05: only references that we gave out; nothing is ever fetched.
    let reference = parameters
        .get("request_uri")
        .and_then(|uri| uri.strip_prefix(REQUEST_URI_PREFIX))
        .ok_or(invalid("request_uri is not one of this server"))?;
    let hash = jose::secret::hash(reference);
    let found = app
        .store
        .once::<_, std::convert::Infallible, _>("find_request", move |tx| {
            let stored = store::requests::find_by_uri(tx, &hash)?;
            Ok(stored)
        })
        .await
        .map_err(OAuthError::from)?;
    // P01: another client's request is no request.
    let stored = found
        .filter(|stored| stored.client_id == client_id)
        .ok_or(invalid("request_uri is unknown, or another client's"))?;
    let known = app
        .clients
        .load(&app.store, &client_id)
        .await
        .map_err(OAuthError::from)?
        .filter(|known| known.client.status == ClientStatus::Approved)
        .ok_or(OAuthError::new(
            Code::UnauthorizedClient,
            "the client may not ask for consents",
        ))?;
    let request: AuthorizationRequest = serde_json::from_value(stored.parameters)
        .map_err(|_| OAuthError::new(Code::Internal, "internal error"))?;
    // The URI was registered when the request was pushed; it may have been taken back since.
    if !known
        .client
        .metadata
        .redirect_uris
        .contains(&request.redirect_uri)
    {
        return Err(OAuthError::invalid_request("redirect_uri is not registered").into());
    }
    // P02, P03.
    if stored.completed {
        return Err(tell(
            app,
            &known,
            &request,
            invalid("request_uri was used before"),
            now,
        ));
    }
    if now >= stored.expires_at {
        return Err(tell(
            app,
            &known,
            &request,
            invalid("request_uri has expired"),
            now,
        ));
    }
    Ok(Waiting {
        request_id: stored.request_id,
        known,
        request,
    })
}
