//! Why an authorization that the consumer has decided gives no grant, and how that is written down.

use domain::{ConsentGrant, UserId};
use store::{StoreError, Tx, resources::Resource};

use super::{Complete, replace};
use crate::{
    ledger::{self, Actor, Circumstance},
    request::AuthorizationRequest,
};

/// Why an authorization that was completed has no grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotGranted {
    /// The consumer said no.
    Rejected,
    /// The consumer shares with this recipient as often as the policy allows.
    TooMany,
    /// The grant that it was to replace is another consumer's, or was replaced meanwhile.
    NotReplaceable,
    /// The consumer is another than the recipient asked for (OIDC Core 5.5.1).
    Another,
    /// The authentication is not of a class that the recipient insisted on (OIDC Core 5.5.1.1).
    Authentication,
}

impl NotGranted {
    /// The reason in history.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "REJECTED",
            Self::TooMany => "TOO_MANY_CONSENTS",
            Self::NotReplaceable => "NOT_REPLACEABLE",
            Self::Another => "ANOTHER_CONSUMER",
            Self::Authentication => "UNMET_AUTHENTICATION_REQUIREMENTS",
        }
    }
}

/// Whether the policy and the grant that is to be replaced, locked, allow one more; gives that grant.
pub(super) fn may_be_granted(
    tx: &mut Tx<'_>,
    with: &Complete<'_>,
    resource: &Resource,
    request: &AuthorizationRequest,
    user_id: &UserId,
) -> Result<Result<Option<ConsentGrant>, NotGranted>, StoreError> {
    let replaced = match request.replaces {
        None => None,
        Some(consent_id) => match replace::lock(tx, consent_id, &resource.client_id, user_id)? {
            None => return Ok(Err(NotGranted::NotReplaceable)),
            replaced => replaced,
        },
    };
    // What reads no account is a sign-in, and somebody may sign in as often as they like.
    if request.consent_request.is_none() {
        return Ok(Ok(replaced));
    }
    let replaced_id = replaced.as_ref().map(|replaced| replaced.id);
    let living = store::grants::count_living(tx, user_id, &resource.client_id, with.now, replaced_id)?;
    Ok(if living >= i64::from(with.policy.consents_per_user_and_client) {
        Err(NotGranted::TooMany)
    } else {
        Ok(replaced)
    })
}

/// Writes down that there is no grant, and why.
pub(super) fn reject(
    tx: &mut Tx<'_>,
    with: &Complete<'_>,
    resource: &Resource,
    refusal: NotGranted,
    (user_id, reason): (Option<UserId>, Option<String>),
) -> Result<(), StoreError> {
    let circumstance = Circumstance {
        actor: match refusal {
            NotGranted::Rejected => Actor::Consumer,
            NotGranted::TooMany
            | NotGranted::NotReplaceable
            | NotGranted::Another
            | NotGranted::Authentication => Actor::System,
        },
        channel: "authorize",
        reason: reason.or_else(|| Some(refusal.as_str().into())),
        at: with.now,
        event_id: with.event_id,
    };
    let parties = (&resource.client_id, user_id.as_ref());
    ledger::reject(tx, with.consent_id, parties, &circumstance)
}
