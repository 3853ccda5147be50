//! `client_credentials` (RFC6749-4.4): a client acts for itself. One combined statement; the token is signed while its row is
//! committed, and leaves only then.

use domain::{
    Scope, Scopes,
    profile::{Audience, Rules},
};
use http::{Binding, Code, OAuthError};
use store::issue::{Issue, Issued};

use super::{Asked, access_token};
use crate::{
    client_authentication::{REPLAYED, changed},
    token::TokenResponse,
};

/// Gives a token without consumer and without refresh token.
pub(crate) async fn client_credentials(asked: &Asked<'_>) -> Result<TokenResponse, OAuthError> {
    let client = &asked.authenticated.known.client;
    if client.profile().rules().audience == Audience::Userinfo {
        return Err(OAuthError::new(
            Code::UnauthorizedClient,
            "the client gets tokens for consumers alone",
        ));
    }
    let binding = asked
        .authenticated
        .sender(asked.app, asked.request, asked.now)
        .await?;
    let scopes = permitted(asked.scope()?, client.scopes(), client.profile().rules())?;
    let token = access_token::plan(asked.app, asked.authenticated, asked.now);
    let issue = Issue {
        client: asked.authenticated.proven(),
        token_id: token.token_id,
        issued_at: token.issued_at,
        expires_at: token.expires_at,
    };
    let committed = asked.app.store.combined().issue(issue);
    let contents = access_token::Contents {
        token,
        scopes: &scopes,
        grant: None,
        binding: binding.as_ref(),
        accounts: None,
    };
    let access_token = access_token::sign(asked.app, asked.authenticated, &contents, asked.now)?;
    match committed.await? {
        Issued::Issued => {}
        Issued::ClientChanged => return Err(changed(asked.app, asked.authenticated)),
        Issued::Replayed => return Err(REPLAYED),
    }
    Ok(TokenResponse {
        access_token,
        token_type: Binding::token_type(binding.as_ref()),
        expires_in: (token.expires_at - token.issued_at).num_seconds(),
        scope: scopes.to_string(),
        refresh_token: None,
        refresh_expires_in: None,
        id_token: None,
        grant_id: None,
        authorization_details: None,
    })
}

/// The scopes that are given: those asked, or all that the client may have. A recipient gets no data by them: what a
/// consumer's consent opens, no token without one does (T13).
fn permitted(asked: Option<Scopes>, registered: &Scopes, rules: &Rules) -> Result<Scopes, OAuthError> {
    let asked = asked.unwrap_or_else(|| registered.clone());
    if !registered.contains_all(&asked) {
        return Err(OAuthError::new(
            Code::InvalidScope,
            "a scope is not registered for the client",
        ));
    }
    let identity = |scope: &Scope| !matches!(scope, Scope::OpenId | Scope::OfflineAccess);
    let scopes: Scopes = if rules.serves_consumers {
        asked.iter().filter(identity).collect()
    } else {
        asked
    };
    Ok(scopes)
}
