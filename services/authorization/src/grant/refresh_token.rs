//! `refresh_token` (RFC6749-6): another access token for a grant that lives. The refresh token stays the same
//! (FAPI2-SP-FINAL-5.3.2.1-9: no rotation where tokens are sender-constrained), and so does the grant: a request that wants
//! less than it ([`super::narrow`]) gets one token with less.

use http::{LogFields, OAuthError};
use store::refresh_tokens::{Refresh, Refreshed};

use super::{
    Asked, access_token,
    authorization_code::{Gives, certificate_of, context_of, tokens},
    narrow::Wanted,
};
use crate::{
    client_authentication::{REPLAYED, changed},
    token::TokenResponse,
};

const REFUSED: OAuthError = OAuthError::invalid_grant(
    "the refresh token is unknown, expired, revoked or not the client's, or its consent has ended or is on hold",
);

/// Gives an access token for a refresh token.
pub(crate) async fn refresh_token(asked: &Asked<'_>) -> Result<TokenResponse, OAuthError> {
    let binding = asked
        .authenticated
        .sender(asked.app, asked.request, asked.now)
        .await?;
    let token = asked
        .form
        .required("refresh_token", "refresh_token is required")?;
    let wanted = Wanted::of(asked)?;
    let access = access_token::plan(asked.app, asked.authenticated, asked.now);
    let refresh = Refresh {
        client: asked.authenticated.proven(),
        token_hash: jose::secret::hash(token),
        thumbprint: certificate_of(binding.as_ref()),
        now: asked.now,
        access,
    };
    let refreshed = asked
        .app
        .store
        .once::<_, std::convert::Infallible, _>("refresh", move |tx| {
            Ok(store::refresh_tokens::refresh(tx, &refresh)?)
        })
        .await?;
    let mut given = match refreshed {
        Refreshed::Given(given) => given,
        Refreshed::ClientChanged => return Err(changed(asked.app, asked.authenticated)),
        Refreshed::Replayed => return Err(REPLAYED),
        Refreshed::Refused => return Err(REFUSED),
    };
    LogFields::update(asked.request, |fields| fields.consent_id = Some(given.consent_id));
    let narrowed = wanted.applied_to(&given, asked.authenticated.known.client.scopes())?;
    given.scopes = narrowed.scopes;
    given.accounts = narrowed.accounts;
    let context = context_of(&given);
    let gives = Gives {
        token: access,
        binding: binding.as_ref(),
        // OIDC Core 12.2: an id_token of a refresh has no nonce.
        nonce: None,
        context: &context,
        accounts: narrowed.only.as_deref(),
    };
    let mut response = tokens(asked, &given, &gives)?;
    response.refresh_token = Some(token.to_owned());
    response.refresh_expires_in = Some((given.grant_expires_at - asked.now).num_seconds());
    if context.had_authorization_details {
        response.authorization_details = Some(domain::authorization_details::granted(
            given.consent_id,
            &given.terms,
            &given.accounts,
            &context.asked,
        ));
    }
    Ok(response)
}
