//! A new grant: its row, its accounts and whose approval they await, who the consumer is, its code, its history.

use std::collections::BTreeSet;

use chrono::Duration;
use domain::{
    AccountId, ConsentGrant, ConsentState, DataCluster, IdentityClaims, Scopes, UserId,
    consent::GrantedAccount,
};
use store::{StoreError, Tx, resources::Resource};

use super::{
    Complete,
    code::{TokenContext, issue_code},
};
use crate::{
    decide::{self, Approval},
    identity,
    ledger::{self, Actor, Change, Circumstance, TooLate},
    request::AuthorizationRequest,
};

/// Writes the grant that was approved and all that comes with it; `replaced` is the one whose place it takes.
pub(super) fn grant(
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
