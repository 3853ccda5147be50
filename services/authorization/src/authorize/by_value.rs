//! A request in the URL itself: a signed object (FAPI1-ADV-5.2.2-10), or the parameters as they are (OIDC Core 3.1.2.1),
//! for clients whose profile permits it.

use actix_web::web;
use chrono::Duration;
use domain::{
    ClientStatus, Instant,
    id::RequestId,
    profile::{ResponseMode, ResponseType, Rules},
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
    if known.client.metadata.pushes_requests() {
        let error = OAuthError::invalid_request("the authorization request must be pushed");
        return Err(outer.stop(app, &known, error, now));
    }
    let inner = match parameters.get("request") {
        Some(object) => match request::verify_request_object(app, &known, object, now) {
            Ok(claims) => Parameters::of_claims(&claims),
            Err(error) => return Err(outer.stop(app, &known, error, now)),
        },
        None if request::must_be_signed(&known.client) => {
            let error = OAuthError::invalid_request("a signed request object is required");
            return Err(outer.stop(app, &known, error, now));
        }
        None => Parameters::of_form(parameters),
    };
    let asked = Asked {
        client: &known.client,
        parameters: &inner,
        pushed: false,
        proven_key: None,
        policy: &app.policy,
        subject_of: &|hint| request::subject_of_hint(app, &known.client, hint, now),
    };
    let request = match request::check(&asked) {
        (_, Ok(request)) => request,
        (draft, Err(error)) => return Err(outer.with(draft, &inner).stop(app, &known, error, now)),
    };
    if let Err(error) = request::replaceable(app, &client_id, &request).await {
        return Err(super::tell(app, &known, &request, error, now));
    }
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
        pushed: false,
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
            known,
            request,
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
        let mode = asked_mode(parameters.get("response_type"), parameters.get("response_mode"))
            .unwrap_or_else(|| mode_of_a_code(known.client.profile().rules()));
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

    /// What the parameters that count say, and what the checks of them established, counts more than the URL.
    fn with(mut self, draft: Draft, counted: &Parameters) -> Self {
        if let Some(redirect_uri) = draft.redirect_uri {
            self.redirect_uri = Some(redirect_uri);
            self.state = draft.state;
        } else {
            // The redirect URI that counts is not a registered one: one outside a signed object must not replace it.
            self.redirect_uri = None;
        }
        let text = |name| counted.text(name).ok().flatten();
        self.mode = match draft.response {
            Some((_, mode)) => mode,
            // A pair that is refused is still how the client means to be told.
            None => asked_mode(text("response_type"), text("response_mode")).unwrap_or(ResponseMode::Query),
        };
        self
    }

    fn stop(self, app: &App, known: &KnownClient, error: OAuthError, now: Instant) -> Stopped {
        let Some(redirect_uri) = &self.redirect_uri else {
            return Stopped::Page(error);
        };
        let destination = Destination {
            known,
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

/// The response mode of an error, as far as the parameters name it; `None` for a code without a mode.
fn asked_mode(response_type: Option<&str>, response_mode: Option<&str>) -> Option<ResponseMode> {
    match (response_type, response_mode) {
        (_, Some("jwt" | "query.jwt")) => Some(ResponseMode::Jwt),
        (Some("code id_token" | "id_token code"), _) => Some(ResponseMode::Fragment),
        _ => None,
    }
}

/// How a client of this profile gets a code when the URL does not say it: the mode may stand in the request object
/// alone, which is not proven. A FAPI 1.0 client that asks for a code reads JARM and nothing else (FAPI1-ADV-5.2.2-2).
fn mode_of_a_code(rules: &Rules) -> ResponseMode {
    let code = |(response_type, _): &&(ResponseType, ResponseMode)| *response_type == ResponseType::Code;
    rules
        .responses
        .iter()
        .find(code)
        .map_or(ResponseMode::Query, |(_, mode)| *mode)
}

#[cfg(test)]
mod tests {
    use domain::Profile;

    use super::*;

    #[test]
    fn an_error_comes_in_the_mode_that_the_client_reads() {
        assert_eq!(asked_mode(Some("code"), Some("jwt")), Some(ResponseMode::Jwt));
        assert_eq!(
            asked_mode(Some("id_token code"), None),
            Some(ResponseMode::Fragment)
        );
        assert_eq!(asked_mode(Some("code"), None), None);
        assert_eq!(mode_of_a_code(Profile::Fapi1Advanced.rules()), ResponseMode::Jwt);
        assert_eq!(
            mode_of_a_code(Profile::Fapi2Security.rules()),
            ResponseMode::Query
        );
    }
}
