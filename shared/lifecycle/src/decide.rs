//! The bank's consent application decides an authentication resource for the consumer: allow or deny.
//!
//! A decision narrows what was asked and never widens it: see [`check_accounts`].

mod check;
mod too_late;

use domain::{
    IdentityClaims, Instant, ResourceId, Scopes, UserId,
    consent::{Authentication, GrantedAccount},
};
use serde::{Deserialize, Serialize};
use store::{
    StoreError, Tx, TxError,
    resources::{Resource, ResourceState},
};

use self::{check::check, too_late::too_late};
use crate::request::AuthorizationRequest;

pub use self::check::{MOST_ACCOUNTS, check_accounts};

/// The channel of decisions in history.
pub(crate) const CHANNEL: &str = "external-auth";

/// What the consumer decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decision {
    /// Share.
    Approved(Box<Approval>),
    /// Do not.
    Rejected {
        /// Why, for the bank's records.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    },
}

/// Who shares what, and how the bank knows that it was they.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub user_id: UserId,
    /// How and when they were authenticated.
    pub authentication: Authentication,
    /// Which accounts, with what of each.
    pub accounts: Vec<GrantedAccount>,
    /// Of the scopes that open claims, or by whose claims were asked by name, those that the consumer allows; all when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub identity_scopes: Option<Scopes>,
    /// What the application tells of who they are.
    #[serde(skip_serializing_if = "IdentityClaims::is_empty", default)]
    pub claims: IdentityClaims,
    /// What else the application reports: version of the terms, instant of the acknowledgement.
    #[serde(default)]
    pub evidence: serde_json::Value,
}

/// Why a decision is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// No such resource, or it has lapsed.
    #[error("no such resource, or its time is over")]
    NotFound,
    /// Somebody decided before.
    #[error("the resource is already decided")]
    AlreadyDecided,
    /// The caller has seen another version.
    #[error("the resource was changed since it was read")]
    Stale,
    /// More than was asked, or an account twice, or none.
    #[error("the decision goes beyond what was asked: {0}")]
    Beyond(&'static str),
    /// An account that is not this consumer's.
    #[error("an account is not held by that user")]
    NotHeld,
    /// The grant that it is to replace is another consumer's.
    #[error("the consent that is to be replaced is not one of that user")]
    NotReplaceable,
    /// Authenticated in the future, or longer ago than the recipient accepts.
    #[error("the authentication is not one that the request accepts")]
    Authentication,
}

/// Reads a resource that can still be decided or completed.
///
/// # Errors
/// [`DecideError::NotFound`] when there is none, or it has lapsed.
pub fn find(
    tx: &mut Tx<'_>,
    resource_id: ResourceId,
    now: Instant,
) -> Result<Resource, TxError<DecideError>> {
    Some(find_in_time(tx, resource_id, now)?)
        .filter(|resource| !resource.request_completed)
        .ok_or(TxError::Refused(DecideError::NotFound))
}

/// Reads a resource that waits for a decision, or was decided and has not lapsed.
///
/// # Errors
/// [`DecideError::NotFound`] when there is none, or it has lapsed.
pub fn find_in_time(
    tx: &mut Tx<'_>,
    resource_id: ResourceId,
    now: Instant,
) -> Result<Resource, TxError<DecideError>> {
    store::resources::find(tx, resource_id)?
        .filter(|resource| now < resource.expires_at)
        .ok_or(TxError::Refused(DecideError::NotFound))
}

/// The request that a resource is about.
///
/// # Errors
/// [`StoreError::Corrupt`] when the row does not hold one.
pub fn request_of(resource: &Resource) -> Result<AuthorizationRequest, StoreError> {
    serde_json::from_value(resource.parameters.clone()).map_err(|_| StoreError::Corrupt {
        table: "authorization_requests",
        column: "parameters",
    })
}

/// Takes a decision. Of two that race one is taken, and the other is told. Returns the new version.
///
/// # Errors
/// [`DecideError`].
pub fn decide(
    tx: &mut Tx<'_>,
    resource_id: ResourceId,
    version: Option<i32>,
    decision: &Decision,
    now: Instant,
) -> Result<i32, TxError<DecideError>> {
    let resource = find_in_time(tx, resource_id, now)?;
    if resource.state != ResourceState::Lodged || resource.request_completed {
        return Err(too_late(tx, &resource, decision, now)?);
    }
    if version.is_some_and(|version| version != resource.version) {
        return Err(TxError::Refused(DecideError::Stale));
    }
    let state = match decision {
        Decision::Rejected { .. } => ResourceState::Rejected,
        Decision::Approved(approval) => {
            let request = request_of(&resource)?;
            check(approval, &request, resource.created_at, now).map_err(TxError::Refused)?;
            let account_ids: Vec<_> = approval
                .accounts
                .iter()
                .map(|account| &account.account_id)
                .collect();
            if !store::holders::holds_all(tx, &approval.user_id, &account_ids)? {
                return Err(TxError::Refused(DecideError::NotHeld));
            }
            if let Some(replaced) = request.replaces {
                store::grants::find(tx, replaced)?
                    .filter(|replaced| replaced.user_id == approval.user_id)
                    .ok_or(TxError::Refused(DecideError::NotReplaceable))?;
            }
            ResourceState::Approved
        }
    };
    let json = serde_json::to_value(decision).map_err(|_| StoreError::Corrupt {
        table: "authentication_resources",
        column: "decision",
    })?;
    store::resources::decide(tx, resource_id, resource.version, state, &json, now)?
        .ok_or(TxError::Refused(DecideError::AlreadyDecided))
}
