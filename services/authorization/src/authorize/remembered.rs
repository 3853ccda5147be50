//! A consumer who is signed in and has agreed before is answered at once, where the client's profile remembers consumers;
//! and `prompt=none` ends here either way (OIDC Core 3.1.2.1, 3.1.2.6).

use actix_web::{HttpRequest, HttpResponse, web};
use domain::Instant;
use http::{App, Code, LogFields, OAuthError};
use jose::MintedSecret;
use lifecycle::{
    again::{Again, AgainError, again},
    request::Prompt,
};
use store::TxError;

use super::{Stopped, Waiting, tell};
use crate::{response::Destination, session::Session};

/// The answer that needs no page; `None` when a page must be shown.
///
/// # Errors
/// With `prompt=none`, what the recipient is told instead of a page.
pub(super) async fn answer(
    app: &web::Data<App>,
    request: &HttpRequest,
    waiting: &Waiting,
    now: Instant,
) -> Result<Option<HttpResponse>, Stopped> {
    let asked = &waiting.request;
    if !waiting.known.client.profile().rules().remembers_consumers || asked.prompt == Prompt::Always {
        return Ok(None);
    }
    let refusal = match signed_in(app, request, waiting, now) {
        None => OAuthError::new(Code::LoginRequired, "the consumer is not signed in"),
        Some(session) => match code(app, request, waiting, session, now).await? {
            Some(response) => return Ok(Some(response)),
            None => OAuthError::new(Code::ConsentRequired, "the consumer has not agreed to this"),
        },
    };
    match asked.prompt {
        Prompt::Never => Err(tell(app, &waiting.known, asked, refusal, now)),
        Prompt::Needed | Prompt::Always => Ok(None),
    }
}

/// The session of this browser, if its consumer is one whom the request is about, authenticated as it demands.
fn signed_in(app: &App, request: &HttpRequest, waiting: &Waiting, now: Instant) -> Option<Session> {
    let asked = &waiting.request;
    let session = Session::of(app, request, now)?;
    let subject = app
        .subject(&waiting.known.client.sector(), &session.user_id)
        .ok()?;
    let age = now - session.authentication.authenticated_at;
    let fresh = asked
        .max_age
        .is_none_or(|most| age <= chrono::Duration::seconds(most.into()));
    (fresh && asked.is_about(&subject) && asked.is_met_by(&session.authentication)).then_some(session)
}

/// A code for what the consumer agreed to before; `None` when there is no such thing.
async fn code(
    app: &web::Data<App>,
    request: &HttpRequest,
    waiting: &Waiting,
    session: Session,
    now: Instant,
) -> Result<Option<HttpResponse>, Stopped> {
    let code = MintedSecret::mint("", app.random());
    let (code_hash, request_id) = (code.hash(), waiting.request_id);
    let (asked, client_id) = (waiting.request.clone(), waiting.known.client.client_id.clone());
    let outcome = app
        .store
        .tx("authorize_again", move |tx| {
            let with = Again {
                request_id,
                request: &asked,
                client_id: &client_id,
                user_id: &session.user_id,
                authentication: &session.authentication,
                code_hash,
                now,
            };
            again(tx, &with)
        })
        .await;
    let grant = match outcome {
        Ok(grant) => grant,
        Err(TxError::Refused(AgainError::NotAgreed)) => return Ok(None),
        Err(TxError::Refused(AgainError::Spent)) => {
            let error = OAuthError::new(Code::InvalidRequestUri, "request_uri was used before");
            return Err(tell(app, &waiting.known, &waiting.request, error, now));
        }
        Err(TxError::Store(error)) => return Err(OAuthError::from(error).into()),
    };
    LogFields::update(request, |fields| fields.consent_id = Some(grant.id));
    let destination = Destination {
        known: &waiting.known,
        redirect_uri: &waiting.request.redirect_uri,
        mode: waiting.request.response_mode,
        state: waiting.request.state.as_deref(),
    };
    let parameters = vec![("code", code.expose().to_owned())];
    Ok(Some(destination.success(app, parameters, now)?))
}
