//! A consumer who is signed in comes again for what they have agreed to: another code for the grant that lives, and no
//! question. Only where a client's profile remembers consumers, which none does that reads accounts (O23).

use domain::{ClientId, ConsentGrant, Instant, UserId, consent::Authentication, id::RequestId};
use store::{Tx, TxError};

use crate::{
    complete::{TokenContext, issue_code},
    identity,
    request::AuthorizationRequest,
};

/// Grants that are looked through, newest first.
const MOST: i32 = 20;

/// Who comes again, and with what.
#[derive(Debug, Clone)]
pub struct Again<'a> {
    /// The request that is answered.
    pub request_id: RequestId,
    /// The same, verified.
    pub request: &'a AuthorizationRequest,
    /// Who asks.
    pub client_id: &'a ClientId,
    /// Who is signed in.
    pub user_id: &'a UserId,
    /// How they were authenticated.
    pub authentication: &'a Authentication,
    /// SHA-256 of the code.
    pub code_hash: [u8; 32],
    /// The instant.
    pub now: Instant,
}

/// Why there is no answer without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AgainError {
    /// No living grant of this consumer and client holds all that is asked.
    #[error("the consumer has not agreed to this")]
    NotAgreed,
    /// The request was answered before.
    #[error("the request was used before")]
    Spent,
}

/// Writes a code for the newest living grant that covers the request, and spends the request. One transaction.
///
/// # Errors
/// [`AgainError`]; then nothing was written.
pub fn again(tx: &mut Tx<'_>, with: &Again<'_>) -> Result<ConsentGrant, TxError<AgainError>> {
    let refuse = |error| TxError::Refused(error);
    // Accounts are chosen anew each time, whatever was chosen before.
    if with.request.consent_request.is_some() {
        return Err(refuse(AgainError::NotAgreed));
    }
    let asked = with.request.identity_claims();
    let living = store::identities::list_living(tx, with.user_id, with.client_id, with.now, MOST)?;
    let covers = |agreed: &&store::identities::Agreed| {
        agreed.scopes.contains_all(&with.request.scope)
            && asked.iter().all(|name| agreed.names().contains(name))
    };
    let agreed = living.iter().find(covers).ok_or(refuse(AgainError::NotAgreed))?;
    // Locked, so that a revocation that commits first is seen.
    let grant = store::grants::lock(tx, agreed.consent_id)?
        .filter(|grant| grant.state_at(with.now) == domain::ConsentState::Active)
        .ok_or(refuse(AgainError::NotAgreed))?;
    if !store::requests::complete(tx, with.request_id, with.now)? {
        return Err(refuse(AgainError::Spent));
    }
    let told = agreed.told.clone();
    let claims = identity::read(tx, with.user_id, told, with.request.claims.for_id_token())?;
    let context = TokenContext {
        nonce: with.request.nonce.clone(),
        had_authorization_details: false,
        asked: with.request.data_clusters(),
        claims,
        authentication: Some(with.authentication.clone()),
    };
    issue_code(tx, &grant, with.request, with.code_hash, &context, with.now)?;
    Ok(grant)
}
