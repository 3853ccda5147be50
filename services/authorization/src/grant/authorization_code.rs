//! `authorization_code` (RFC6749-4.1.3): one conditional update checks and spends the code, and writes the tokens.

use chrono::Duration;
use domain::{AccountId, Scope, consent::UpdateReason};
use http::{Binding, LogFields, OAuthError};
use jose::MintedSecret;
use lifecycle::{
    Actor,
    complete::TokenContext,
    revoke::{Revoke, RevokeError, revoke},
};
use store::{
    TxError,
    codes::{Given, NewAccessToken, NewRefreshToken, Redeem, Redeemed},
};

use super::{Asked, access_token};
use crate::{
    client_authentication::{REPLAYED, changed},
    response::{IdToken, sign_id_token},
    token::TokenResponse,
};

/// One text for everything that does not agree: no oracle for whoever tries codes.
const REFUSED: OAuthError = OAuthError::invalid_grant(
    "the code is unknown, expired, used or not the client's, or the request does not fit it",
);

/// Gives tokens for a code.
pub(crate) async fn authorization_code(asked: &Asked<'_>) -> Result<TokenResponse, OAuthError> {
    let binding = asked
        .authenticated
        .sender(asked.app, asked.request, asked.now)
        .await?;
    let code = asked.form.required("code", "code is required")?;
    let code_challenge = match asked.form.get("code_verifier") {
        Some(verifier) if jose::pkce::is_verifier(verifier) => Some(jose::pkce::s256(verifier)),
        Some(_) => return Err(REFUSED),
        None => None,
    };
    let refresh = MintedSecret::mint("", asked.app.random());
    let access = access_token::plan(asked.app, asked.authenticated, asked.now);
    let redeem = Redeem {
        client: asked.authenticated.proven(),
        code_hash: jose::secret::hash(code),
        redirect_uri: asked.form.get("redirect_uri").map(str::to_owned),
        code_challenge,
        dpop_jkt: match &binding {
            Some(Binding::Key(key)) => Some(key.clone()),
            Some(Binding::Certificate(_)) | None => None,
        },
        now: asked.now,
        access,
        refresh: NewRefreshToken {
            token_hash: refresh.hash(),
            thumbprint: certificate_of(binding.as_ref()),
        },
    };
    let redeemed = asked
        .app
        .store
        .once::<_, std::convert::Infallible, _>("redeem", move |tx| Ok(store::codes::redeem(tx, &redeem)?))
        .await?;
    match redeemed {
        Redeemed::Given(given) => respond(asked, &given, access, binding.as_ref(), &refresh),
        Redeemed::ClientChanged => Err(changed(asked.app, asked.authenticated)),
        Redeemed::Replayed => Err(REPLAYED),
        Redeemed::Refused => Err(REFUSED),
        Redeemed::Reused { consent_id } => {
            end(asked, consent_id).await?;
            Err(REFUSED)
        }
    }
}

/// What the refresh token is bound to beside its client: the certificate (F01). Not a DPoP key, which a client whose
/// authentication proves it may change (RFC9449-5).
pub(super) fn certificate_of(binding: Option<&Binding>) -> Option<String> {
    match binding {
        Some(Binding::Certificate(thumbprint)) => Some(thumbprint.clone()),
        Some(Binding::Key(_)) | None => None,
    }
}

fn respond(
    asked: &Asked<'_>,
    given: &Given,
    token: NewAccessToken,
    binding: Option<&Binding>,
    refresh: &MintedSecret,
) -> Result<TokenResponse, OAuthError> {
    LogFields::update(asked.request, |fields| fields.consent_id = Some(given.consent_id));
    let context = context_of(given);
    let gives = Gives {
        token,
        binding,
        nonce: context.nonce.as_deref(),
        context: &context,
        accounts: None,
    };
    let mut response = tokens(asked, given, &gives)?;
    if given.terms.duration_type != domain::consent::DurationType::OneTime {
        response.refresh_token = Some(refresh.expose().to_owned());
        response.refresh_expires_in = Some((given.grant_expires_at - asked.now).num_seconds());
    }
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

/// What tokens need to know of the request that led to the grant.
pub(super) fn context_of(given: &Given) -> TokenContext {
    serde_json::from_value(given.context.clone()).unwrap_or_default()
}

/// What is given for a code or a refresh token, beside what its row says.
pub(super) struct Gives<'a> {
    pub(super) token: NewAccessToken,
    pub(super) binding: Option<&'a Binding>,
    pub(super) nonce: Option<&'a str>,
    pub(super) context: &'a TokenContext,
    /// The only accounts that it is for; `None` for all of the grant.
    pub(super) accounts: Option<&'a [AccountId]>,
}

/// The access token of a grant, and the id_token that goes with it.
pub(super) fn tokens(
    asked: &Asked<'_>,
    given: &Given,
    gives: &Gives<'_>,
) -> Result<TokenResponse, OAuthError> {
    let (app, known) = (asked.app, &asked.authenticated.known);
    let internal = OAuthError::new(http::Code::Internal, "internal error");
    let subject = app
        .subject(&known.client.sector(), &given.user_id)
        .map_err(|_| internal)?;
    let contents = access_token::Contents {
        token: gives.token,
        scopes: &given.scopes,
        grant: Some((given.consent_id, subject)),
        binding: gives.binding,
        accounts: gives.accounts,
    };
    let access_token = access_token::sign(app, asked.authenticated, &contents, asked.now)?;
    let id_token = if given.scopes.contains(Scope::OpenId) {
        let about = IdToken {
            user_id: &given.user_id,
            // Of whoever came again without being asked: when they signed in, not when they agreed.
            authentication: gives
                .context
                .authentication
                .as_ref()
                .unwrap_or(&given.authentication),
            nonce: gives.nonce,
            code: None,
            state: None,
            access_token: Some(&access_token),
            claims: Some(&gives.context.claims),
        };
        Some(sign_id_token(app, known, &about, asked.now)?)
    } else {
        None
    };
    let token = gives.token;
    let ends_at = token.expires_at.min(given.grant_expires_at);
    Ok(TokenResponse {
        access_token,
        token_type: Binding::token_type(gives.binding),
        expires_in: (ends_at - token.issued_at)
            .max(Duration::seconds(1))
            .num_seconds(),
        scope: given.scopes.to_string(),
        refresh_token: None,
        refresh_expires_in: None,
        id_token,
        grant_id: Some(given.consent_id.to_string()),
        authorization_details: None,
    })
}

/// T02, RFC6749-4.1.2: a code that comes twice was stolen, or its answer was lost; either way nothing that it gave
/// stays good. The grant ends, since without its tokens nobody could use it.
async fn end(asked: &Asked<'_>, consent_id: domain::ConsentId) -> Result<(), OAuthError> {
    let with = Revoke {
        consent_id,
        actor: Actor::System,
        initiator: Actor::System.party(),
        reason: UpdateReason::SecurityEvent,
        channel: "token",
        now: asked.now,
        event_id: domain::id::random_uuid(asked.app.random()),
    };
    let ended = asked
        .app
        .store
        .tx("end_reused", move |tx| revoke(tx, &with, |_| true))
        .await;
    match ended {
        Ok(_) => {
            tracing::warn!(%consent_id, "an authorization code was used twice: its consent is ended");
            Ok(())
        }
        Err(TxError::Refused(RevokeError::AlreadyEnded | RevokeError::NotFound)) => Ok(()),
        Err(TxError::Store(error)) => Err(error.into()),
    }
}
