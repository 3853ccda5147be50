//! A signed request object in the authorization request itself: FAPI 1.0 clients only (FAPI1-ADV-5.2.2-10).

use actix_web::web;
use chrono::Duration;
use domain::{
    ClientStatus, Instant,
    id::RequestId,
    profile::{Pushing, ResponseMode},
};
use http::{App, Code, KnownClient, OAuthError, OAuthForm, limits};
use jose::MintedSecret;
use lifecycle::request::REQUEST_URI_SECONDS;
use store::{
    issue::ProvenClient,
    requests::{Kept, NewRequest},
};

use super::{Stopped, Waiting};
use crate::{
    request::{self, Asked, Draft, Parameters},
    response::Destination,
};

/// Verifies the request and keeps it, as if it had been pushed.
pub(super) async fn keep(
    app: &web::Data<App>,
    parameters: &OAuthForm,
    now: Instant,
) -> Result<Waiting, Stopped> {
    let client_id: domain::ClientId = parameters
        .required("client_id", "client_id is required")?
        .parse()
        .map_err(|_| OAuthError::invalid_request("client_id is not one"))?;
    let known = app
        .clients
        .load(&app.store, &client_id)
        .await
        .map_err(OAuthError::from)?
        .filter(|known| known.client.status == ClientStatus::Approved)
        .ok_or(OAuthError::invalid_request("the client is unknown"))?;
    let outer = Outer::of(&known, parameters);
    if known.client.profile().rules().pushing == Pushing::Required {
        let error = OAuthError::invalid_request("the authorization request must be pushed");
        return Err(outer.stop(app, &known, error, now));
    }
    let Some(object) = parameters.get("request") else {
        let error = OAuthError::invalid_request("a signed request object is required");
        return Err(outer.stop(app, &known, error, now));
    };
    let claims = match request::verify_request_object(app, &known, object, now) {
        Ok(claims) => claims,
        Err(error) => return Err(outer.stop(app, &known, error, now)),
    };
    let inner = Parameters::of_claims(&claims);
    let asked = Asked {
        client: &known.client,
        parameters: &inner,
        pushed: false,
        proven_key: None,
        policy: &app.policy,
    };
    let request = match request::check(&asked) {
        (_, Ok(request)) => request,
        (draft, Err(error)) => return Err(outer.with(draft).stop(app, &known, error, now)),
    };
    let new = NewRequest {
        client: ProvenClient {
            client_id: client_id.clone(),
            version: known.client.version,
            spend: None,
        },
        request_id: RequestId::mint(now, app.random()),
        // Nobody ever learns it: this request cannot be referred to.
        request_uri_hash: MintedSecret::mint("", app.random()).hash(),
        parameters: serde_json::to_value(&request)
            .map_err(|_| OAuthError::new(Code::Internal, "internal error"))?,
        created_at: now,
        expires_at: now + Duration::seconds(REQUEST_URI_SECONDS),
        most_waiting: limits::WAITING_REQUESTS,
    };
    let request_id = new.request_id;
    let kept = app
        .store
        .once::<_, std::convert::Infallible, _>("keep_request", move |tx| {
            Ok(store::requests::keep(tx, &new)?)
        })
        .await
        .map_err(OAuthError::from)?;
    match kept {
        Kept::Kept => Ok(Waiting {
            request_id,
            client_id,
        }),
        Kept::TooMany => Err(OAuthError::new(Code::TooMany, "too many requests of this client wait").into()),
        Kept::ClientChanged | Kept::Replayed => {
            Err(OAuthError::new(Code::Unavailable, "try again later").into())
        }
    }
}

/// What stands in the URL beside the request object. It decides nothing, but where to tell an error: the redirect URI
/// is used only if it is registered.
struct Outer {
    redirect_uri: Option<String>,
    mode: ResponseMode,
    state: Option<String>,
}

impl Outer {
    fn of(known: &KnownClient, parameters: &OAuthForm) -> Self {
        let redirect_uri = parameters
            .get("redirect_uri")
            .filter(|uri| {
                known
                    .client
                    .metadata
                    .redirect_uris
                    .iter()
                    .any(|registered| registered == uri)
            })
            .map(str::to_owned);
        let mode = match (parameters.get("response_type"), parameters.get("response_mode")) {
            (_, Some("jwt")) => ResponseMode::Jwt,
            (Some("code id_token" | "id_token code"), _) => ResponseMode::Fragment,
            _ => ResponseMode::Query,
        };
        let state = parameters
            .get("state")
            .filter(|state| state.len() <= limits::STATE_BYTES)
            .map(str::to_owned);
        Self {
            redirect_uri,
            mode,
            state,
        }
    }

    /// What the checks of the signed parameters established counts more than the URL.
    fn with(mut self, draft: Draft) -> Self {
        if let Some(redirect_uri) = draft.redirect_uri {
            self.redirect_uri = Some(redirect_uri);
            self.state = draft.state;
        } else {
            // The signed redirect URI is not a registered one: the one outside must not replace it.
            self.redirect_uri = None;
        }
        if let Some((_, mode)) = draft.response {
            self.mode = mode;
        }
        self
    }

    fn stop(self, app: &App, known: &KnownClient, error: OAuthError, now: Instant) -> Stopped {
        let Some(redirect_uri) = &self.redirect_uri else {
            return Stopped::Page(error);
        };
        let destination = Destination {
            client: &known.client,
            redirect_uri,
            mode: self.mode,
            state: self.state.as_deref(),
        };
        match destination.error(app, error, now) {
            Ok(response) => Stopped::Sent(response),
            Err(error) => Stopped::Page(error),
        }
    }
}
