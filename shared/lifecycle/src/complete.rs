//! The browser comes back with a decision: the grant and its code are created, or the recipient is told no.

mod code;
mod grant;
mod not_granted;
mod replace;

use domain::{
    ClientId, ClientStatus, ConsentGrant, ConsentId, Instant, ResourceId, UserId, id::RequestId,
    policy::ConsentPolicy,
};
use store::{
    StoreError, Tx, TxError,
    resources::{Resource, ResourceState},
};
use uuid::Uuid;

use self::not_granted::{may_be_granted, reject};
use crate::{
    decide::{Decision, request_of},
    request::AuthorizationRequest,
};

pub use self::{code::TokenContext, not_granted::NotGranted};
pub(crate) use self::{code::issue_code, grant::granted_scopes};

/// A completion, with everything that it will write.
#[derive(Debug, Clone)]
pub struct Complete<'a> {
    /// The resource.
    pub resource_id: ResourceId,
    /// SHA-256 of the cookie of the browser that is here now.
    pub browser_hash: &'a [u8; 32],
    /// The id of the grant if there will be one; else of what history says in its place.
    pub consent_id: ConsentId,
    /// SHA-256 of the code if there will be one.
    pub code_hash: [u8; 32],
    /// The id of the event.
    pub event_id: Uuid,
    /// The id of the event about the grant that this one replaces.
    pub replaced_event_id: Uuid,
    /// The bank's policy.
    pub policy: &'a ConsentPolicy,
    /// The instant.
    pub now: Instant,
}

/// What the recipient is told.
#[derive(Debug, Clone)]
pub enum Completed {
    /// The grant is committed, and its code with it.
    Granted {
        /// The request that is answered.
        request: Box<AuthorizationRequest>,
        /// The new grant.
        grant: Box<ConsentGrant>,
    },
    /// There is no grant.
    Refused {
        /// The request that is answered.
        request: Box<AuthorizationRequest>,
        /// Who asked.
        client_id: ClientId,
        /// Why.
        refusal: NotGranted,
    },
}

/// Why there is nothing to tell the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CompleteError {
    /// No such resource in this browser, or its time is over, or it was completed.
    #[error("there is no such authorization in this browser, or its time is over")]
    NotFound,
    /// The consent application has not decided.
    #[error("the authorization is not decided yet")]
    Undecided,
}

/// Completes an authorization, once: resource, request, grant, accounts, code, history and event in one transaction.
/// `is_asked_for` tells whether a recipient's request is about that consumer.
///
/// # Errors
/// [`CompleteError`].
pub fn complete(
    tx: &mut Tx<'_>,
    with: &Complete<'_>,
    is_asked_for: impl Fn(&mut Tx<'_>, &AuthorizationRequest, &ClientId, &UserId) -> Result<bool, StoreError>,
) -> Result<Completed, TxError<CompleteError>> {
    let not_found = || TxError::Refused(CompleteError::NotFound);
    let resource = store::resources::find(tx, with.resource_id)?
        .filter(|resource| jose::secret::equal(&resource.browser_hash, with.browser_hash))
        .filter(|resource| with.now < resource.expires_at && !resource.request_completed)
        .ok_or_else(not_found)?;
    let decision = match resource.state {
        ResourceState::Lodged => return Err(TxError::Refused(CompleteError::Undecided)),
        ResourceState::Completed => return Err(not_found()),
        ResourceState::Approved | ResourceState::Rejected => decision_of(&resource)?,
    };
    let request = request_of(&resource)?;
    // Disabled or withdrawn since it was asked: no answer goes there any more (C08, U09).
    let stands = store::clients::find(tx, &resource.client_id)?.is_some_and(|client| {
        client.status == ClientStatus::Approved
            && client.metadata.redirect_uris.contains(&request.redirect_uri)
    });
    if !stands {
        return Err(not_found());
    }
    let (answer, rejected) = match decision {
        Decision::Rejected { reason } => (Err(NotGranted::Rejected), (None, reason)),
        Decision::Approved(approval) => {
            let user_id = approval.user_id.clone();
            let answer = if !is_asked_for(tx, &request, &resource.client_id, &user_id)? {
                Err(NotGranted::Another)
            } else if !request.is_met_by(&approval.authentication) {
                Err(NotGranted::Authentication)
            } else {
                may_be_granted(tx, with, &resource, &request, &user_id)?
            };
            (
                answer.map(|replaced| (*approval, replaced)),
                (Some(user_id), None),
            )
        }
    };
    let granted = answer.is_ok().then_some(with.consent_id);
    spend(tx, resource.request_id, with.resource_id, granted, with.now)?;
    let request = Box::new(request);
    Ok(match answer {
        Err(refusal) => {
            reject(tx, with, &resource, refusal, rejected)?;
            Completed::Refused {
                request,
                client_id: resource.client_id,
                refusal,
            }
        }
        Ok((approval, replaced)) => {
            let grant = grant::grant(tx, with, &resource, &request, (approval, replaced.as_ref()))?;
            if let Some(replaced) = replaced {
                replace::end(tx, with, &replaced)?;
            }
            Completed::Granted {
                request,
                grant: Box::new(grant),
            }
        }
    })
}

/// Both the request and the resource are spent by this call, or it refuses.
fn spend(
    tx: &mut Tx<'_>,
    request_id: RequestId,
    resource_id: ResourceId,
    consent_id: Option<ConsentId>,
    now: Instant,
) -> Result<(), TxError<CompleteError>> {
    let spent = store::requests::complete(tx, request_id, now)?
        && store::resources::complete(tx, resource_id, consent_id, now)?;
    if spent {
        Ok(())
    } else {
        Err(TxError::Refused(CompleteError::NotFound))
    }
}

fn decision_of(resource: &Resource) -> Result<Decision, StoreError> {
    serde_json::from_value(resource.decision.clone().unwrap_or_default()).map_err(|_| StoreError::Corrupt {
        table: "authentication_resources",
        column: "decision",
    })
}
