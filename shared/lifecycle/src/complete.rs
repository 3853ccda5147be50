//! The browser comes back with a decision: the grant and its code are created, or the recipient is told no.

mod replace;

use std::collections::BTreeSet;

use chrono::Duration;
use domain::{
    AccountId, ClientId, ClientStatus, ConsentGrant, ConsentId, ConsentState, DataCluster, IdentityClaims,
    Instant, ResourceId, Scopes, UserId,
    consent::{Authentication, GrantedAccount},
    id::RequestId,
    policy::ConsentPolicy,
};
use serde::{Deserialize, Serialize};
use store::{
    StoreError, Tx, TxError,
    codes::NewCode,
    resources::{Resource, ResourceState},
};
use uuid::Uuid;

use crate::{
    decide::{self, Approval, Decision, request_of},
    identity,
    ledger::{self, Actor, Change, Circumstance, TooLate},
    request::AuthorizationRequest,
};

/// What the tokens of a grant need to know of the request that made it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenContext {
    /// Goes into the id_token of the code's redemption.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub nonce: Option<String>,
    /// Whether the token response repeats `authorization_details`.
    #[serde(default)]
    pub had_authorization_details: bool,
    /// What they asked for: the token response says how the grant differs from it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub asked: BTreeSet<DataCluster>,
    /// What of the consumer the id_token tells, because the request asked for it there.
    #[serde(skip_serializing_if = "IdentityClaims::is_empty", default)]
    pub claims: IdentityClaims,
    /// The authentication that the id_token is about, where it is another than that of the grant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authentication: Option<Authentication>,
}

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
            (answer.map(|replaced| (approval, replaced)), (Some(user_id), None))
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
            let grant = grant(tx, with, &resource, &request, (approval, replaced.as_ref()))?;
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

/// Whether the policy and the grant that is to be replaced, locked, allow one more; gives that grant.
fn may_be_granted(
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
fn reject(
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

fn grant(
    tx: &mut Tx<'_>,
    with: &Complete<'_>,
    resource: &Resource,
    request: &AuthorizationRequest,
    (approval, replaced): (Approval, Option<&ConsentGrant>),
) -> Result<ConsentGrant, StoreError> {
    let request = &request.clone().allowing(approval.identity_scopes.as_ref());
    let mut accounts = approval.accounts;
    let needed = await_holders(tx, &approval.user_id, &mut accounts)?;
    let grant = ConsentGrant {
        id: with.consent_id,
        client_id: resource.client_id.clone(),
        user_id: approval.user_id,
        stored_state: ConsentState::Active,
        created_at: with.now,
        updated_at: with.now,
        expires_at: with.now + Duration::days(request.terms.duration_days.into()),
        consumed_from: None,
        terms: request.terms,
        scopes: granted_scopes(&request.scope, &accounts),
        accounts,
        authentication: approval.authentication,
        version: 1,
        supersedes: replaced.map(|replaced| replaced.id),
        superseded_by: None,
    };
    store::grants::insert(tx, &grant, &approval.evidence)?;
    store::approvals::insert(tx, grant.id, &grant.user_id, &needed, with.now)?;
    let told = approval.claims.only(request.identity_claims());
    identify(tx, &grant, request, &told)?;
    let in_id_token = identity::read(tx, &grant.user_id, told, request.claims.for_id_token())?;
    let context = TokenContext {
        nonce: request.nonce.clone(),
        had_authorization_details: request.had_authorization_details,
        asked: if request.had_authorization_details {
            request.data_clusters()
        } else {
            BTreeSet::new()
        },
        claims: in_id_token,
        authentication: None,
    };
    issue_code(tx, &grant, request, with.code_hash, &context, with.now)?;
    let circumstance = Circumstance {
        actor: Actor::Consumer,
        channel: "authorize",
        reason: None,
        at: with.now,
        event_id: with.event_id,
    };
    let change = if grant.is_partially_authorized() {
        Change::PartiallyGranted
    } else {
        Change::Granted
    };
    ledger::record(tx, &grant, change, &circumstance)?;
    for refused in &resource.refused_decisions {
        let attempted = format!("{} at {}", refused.decision, ledger::instant(refused.at));
        let late = (attempted.as_str(), TooLate::AlreadyDecided);
        let circumstance = Circumstance {
            channel: decide::CHANNEL,
            ..circumstance.clone()
        };
        ledger::refuse(tx, grant.id, late, &circumstance)?;
    }
    Ok(grant)
}

/// Counts for each account the other holders whose approval it needs; gives all whose approval counts, the grantor among
/// them, as (account, holder).
fn await_holders(
    tx: &mut Tx<'_>,
    grantor: &UserId,
    accounts: &mut [GrantedAccount],
) -> Result<Vec<(AccountId, UserId)>, StoreError> {
    if accounts.is_empty() {
        return Ok(vec![]);
    }
    let ids: Vec<_> = accounts.iter().map(|account| &account.account_id).collect();
    let needed = store::holders::list_approving(tx, grantor, &ids)?;
    for account in accounts {
        let others = needed
            .iter()
            .filter(|(id, user_id)| *id == account.account_id && user_id != grantor);
        account.awaiting = u16::try_from(others.count()).unwrap_or(u16::MAX);
    }
    Ok(needed)
}

/// Keeps what was asked about the consumer by name, and what was told: nothing where nothing was asked.
fn identify(
    tx: &mut Tx<'_>,
    grant: &ConsentGrant,
    request: &AuthorizationRequest,
    told: &IdentityClaims,
) -> Result<(), StoreError> {
    if request.identity_claims().is_empty() {
        return Ok(());
    }
    store::identities::insert(tx, grant.id, &request.claims, told)
}

/// Writes a code of that grant.
pub(crate) fn issue_code(
    tx: &mut Tx<'_>,
    grant: &ConsentGrant,
    request: &AuthorizationRequest,
    code_hash: [u8; 32],
    context: &TokenContext,
    now: Instant,
) -> Result<(), StoreError> {
    store::codes::insert(
        tx,
        &NewCode {
            code_hash,
            consent_id: grant.id,
            client_id: grant.client_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            code_challenge: request.code_challenge.clone(),
            dpop_jkt: request.dpop_jkt.clone(),
            context: serde_json::to_value(context).map_err(|_| StoreError::Corrupt {
                table: "authorization_codes",
                column: "context",
            })?,
            issued_at: now,
            expires_at: now + Duration::seconds(request.code_seconds.into()),
        },
    )
}

/// The scopes that were asked, without those of clusters that no account was given (O21).
pub(crate) fn granted_scopes(asked: &Scopes, accounts: &[GrantedAccount]) -> Scopes {
    let given: BTreeSet<DataCluster> = accounts
        .iter()
        .flat_map(|account| account.data_clusters.iter().copied())
        .collect();
    asked
        .iter()
        .filter(|scope| scope.cluster().is_none_or(|cluster| given.contains(&cluster)))
        .collect()
}

fn decision_of(resource: &Resource) -> Result<Decision, StoreError> {
    serde_json::from_value(resource.decision.clone().unwrap_or_default()).map_err(|_| StoreError::Corrupt {
        table: "authentication_resources",
        column: "decision",
    })
}
