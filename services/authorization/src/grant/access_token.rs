//! Access tokens: JWTs (RFC 9068) of at most 1.5 kB, bound to the client's certificate or key.

use chrono::{Duration, DurationRound};
use domain::{AccountId, ConsentId, Instant, Scopes, TokenId, profile::Audience};
use http::{App, Binding, Code, OAuthError};
use jose::Algorithm;
use serde::Serialize;
use store::codes::NewAccessToken;

use crate::client_authentication::Authenticated;

/// What a new access token says.
pub(super) struct Contents<'a> {
    pub(super) token: NewAccessToken,
    pub(super) scopes: &'a Scopes,
    /// The grant, and its consumer as this recipient knows them; none for a client's own token.
    pub(super) grant: Option<(ConsentId, String)>,
    pub(super) binding: Option<&'a Binding>,
    /// The only accounts of the grant that it opens; `None` for all.
    pub(super) accounts: Option<&'a [AccountId]>,
}

/// RFC9068-2.2, RFC8705-3.1, and the claims that FDX recipients know (`fdxConsentId`, `azp`).
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: String,
    exp: i64,
    iat: i64,
    jti: TokenId,
    client_id: &'a str,
    azp: &'a str,
    scope: String,
    #[serde(rename = "fdxConsentId", skip_serializing_if = "Option::is_none")]
    consent_id: Option<ConsentId>,
    #[serde(rename = "fdxAccounts", skip_serializing_if = "Option::is_none")]
    accounts: Option<&'a [AccountId]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<&'a Binding>,
}

/// The id and life of a token that is about to be written. Whole seconds, as its claims say them.
pub(super) fn plan(app: &App, authenticated: &Authenticated, now: Instant) -> NewAccessToken {
    let issued_at = now.duration_trunc(Duration::seconds(1)).unwrap_or(now);
    let seconds = authenticated.known.client.profile().rules().access_token_seconds;
    NewAccessToken {
        token_id: TokenId::mint(now, app.random()),
        issued_at,
        expires_at: issued_at + Duration::seconds(seconds.into()),
    }
}

/// Signs a token. It leaves only when its row is committed.
pub(super) fn sign(
    app: &App,
    authenticated: &Authenticated,
    contents: &Contents<'_>,
    now: Instant,
) -> Result<String, OAuthError> {
    let client = &authenticated.known.client;
    let client_id = client.client_id.as_str();
    let audience = match client.profile().rules().audience {
        Audience::Fdx => app.endpoints.fdx_audience(),
        Audience::Userinfo => app.endpoints.userinfo_audience(),
        Audience::Solution => app.endpoints.solution_audience(),
    };
    let claims = Claims {
        iss: &app.endpoints.issuer,
        sub: contents.grant.as_ref().map_or(client_id, |(_, subject)| subject),
        aud: audience,
        exp: contents.token.expires_at.timestamp(),
        iat: contents.token.issued_at.timestamp(),
        jti: contents.token.token_id,
        client_id,
        azp: client_id,
        scope: contents.scopes.to_string(),
        consent_id: contents.grant.as_ref().map(|(consent_id, _)| *consent_id),
        accounts: contents.accounts,
        cnf: contents.binding,
    };
    let algorithm = client
        .metadata
        .access_token_signed_response_alg
        .as_deref()
        .and_then(Algorithm::from_name)
        .unwrap_or(Algorithm::Es256);
    app.keys
        .ring()
        .sign(algorithm, "at+jwt", &claims, now)
        .map_err(|_| OAuthError::new(Code::Internal, "internal error"))
}
