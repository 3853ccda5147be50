//! Authorization requests: from parameters to a proven [`AuthorizationRequest`].
//!
//! [`CHECKS`] is the protocol on one screen. Each check reads parameters and adds what it established to the draft; a
//! later check may rely on what an earlier one established. As soon as `redirect_uri` stands, an error may be told to
//! the recipient there; before, to nobody but the caller (U09).

mod claims;
mod client_id;
mod consent;
mod dpop;
mod draft;
mod grant_management;
mod hints;
mod nonce;
mod object;
mod parameters;
mod pkce;
mod prompt;
mod redirect_uri;
mod response;
mod scope;
mod state;

use domain::{Client, Instant, policy::ConsentPolicy};
use http::{App, OAuthError};
use lifecycle::AuthorizationRequest;

pub(crate) use draft::Draft;
pub(crate) use grant_management::{ACTIONS as GRANT_MANAGEMENT_ACTIONS, replaceable};
pub(crate) use object::{must_be_signed, verify as verify_request_object};
pub(crate) use parameters::Parameters;

/// What the checks look at.
pub(crate) struct Asked<'a> {
    /// The client; proven for a pushed request, and for one by value proven by the signature of its request object.
    pub(crate) client: &'a Client,
    /// The parameters that count: those of the form, or the claims of the request object and nothing else (R02).
    pub(crate) parameters: &'a Parameters,
    /// Whether the request was pushed.
    pub(crate) pushed: bool,
    /// Thumbprint of the key that was proven beside a pushed request.
    pub(crate) proven_key: Option<&'a str>,
    /// What the bank allows.
    pub(crate) policy: &'a ConsentPolicy,
    /// Whom an `id_token_hint` is about, if it is an id_token that we gave to this client.
    pub(crate) subject_of: &'a dyn Fn(&str) -> Option<String>,
}

/// Whom an `id_token_hint` is about: its signature is ours and it was given to this client. When does not matter (OIDC
/// Core 3.1.2.2).
pub(crate) fn subject_of_hint(app: &App, client: &Client, hint: &str, now: Instant) -> Option<String> {
    let claims = app.keys.verify_id_token_hint(hint, now).ok()?;
    let ours = claims.required_str("iss").ok()? == app.endpoints.issuer;
    let the_clients = claims.audience().ok()?.contains(&client.client_id.as_str());
    let subject = claims.required_str("sub").ok()?.to_owned();
    (ours && the_clients).then_some(subject)
}

type Check = fn(&Asked<'_>, &mut Draft) -> Result<(), OAuthError>;

/// In order.
const CHECKS: &[Check] = &[
    client_id::agrees,
    redirect_uri::registered,
    state::bounded,
    response::permitted,
    scope::permitted,
    nonce::present_where_due,
    pkce::s256,
    dpop::agrees,
    prompt::understood,
    claims::understood,
    consent::understood,
    grant_management::understood,
    hints::noted,
];

/// Runs every check. On an error the draft tells what was established before it.
pub(crate) fn check(asked: &Asked<'_>) -> (Draft, Result<AuthorizationRequest, OAuthError>) {
    let mut draft = Draft::default();
    for check in CHECKS {
        if let Err(error) = check(asked, &mut draft) {
            return (draft, Err(error));
        }
    }
    let request = draft.clone().finish();
    (draft, request)
}

#[cfg(test)]
mod tests;
