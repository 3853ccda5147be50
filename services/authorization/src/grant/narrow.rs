//! A refresh may ask for less than was granted, by `scope` (RFC6749-6) and by `authorization_details` (RFC9396-6): this one
//! access token then opens less, and the grant stays what it is.
//!
//! Data clusters are scopes on the token, so they are narrowed for all accounts alike; accounts are named in it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AccountId, DataCluster, Scopes,
    authorization_details::{AuthorizationDetails, Wanted as Details},
    consent::{GrantedAccount, Terms},
};
use http::{Code, OAuthError};
use store::codes::Given;

use super::Asked;

/// Most bytes of account ids in a token, which keeps it under 1.5 kB.
const MOST_BYTES: usize = 400;

/// What a request wants of its grant.
pub(super) struct Wanted {
    scope: Option<Scopes>,
    details: Option<Details>,
}

/// What a token is given.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Narrowed {
    pub(super) scopes: Scopes,
    /// With what of each the token opens.
    pub(super) accounts: Vec<GrantedAccount>,
    /// The accounts by name, when they are not all of the grant.
    pub(super) only: Option<Vec<AccountId>>,
}

const fn beyond(description: &'static str) -> OAuthError {
    OAuthError::new(Code::InvalidAuthorizationDetails, description)
}

const NOT_GRANTED: OAuthError = beyond("authorization_details go beyond what was granted");

impl Wanted {
    /// Reads the two parameters.
    pub(super) fn of(asked: &Asked<'_>) -> Result<Self, OAuthError> {
        let malformed = beyond("authorization_details is not an array of one fdx_v1.0 consent request");
        let details = asked
            .form
            .get("authorization_details")
            .map(|text| {
                let json =
                    jose::json::parse(text.as_bytes(), http::limits::FORM_BYTES).map_err(|_| malformed)?;
                AuthorizationDetails::wanted(json).map_err(|_| malformed)
            })
            .transpose()?;
        Ok(Self {
            scope: asked.scope()?,
            details,
        })
    }

    /// What the grant gives of it. What was withdrawn from the client since is not given any more (F11).
    pub(super) fn applied_to(&self, given: &Given, registered: &Scopes) -> Result<Narrowed, OAuthError> {
        let granted = given.scopes.intersection(registered);
        let asked = match &self.scope {
            Some(scope) if !granted.contains_all(scope) => {
                return Err(OAuthError::new(Code::InvalidScope, "a scope was not granted"));
            }
            Some(scope) => scope.clone(),
            None => granted,
        };
        let Some(details) = &self.details else {
            let accounts = within(&given.accounts, &asked.clusters());
            return Ok(Narrowed {
                scopes: asked,
                accounts,
                only: None,
            });
        };
        let wanted = wanted(details, given)?;
        let clusters: BTreeSet<DataCluster> = wanted.values().flatten().copied().collect();
        let scopes: Scopes = asked
            .iter()
            .filter(|scope| scope.cluster().is_none_or(|cluster| clusters.contains(&cluster)))
            .collect();
        // O21: the two say the same, or the recipient gets something else than it thinks.
        if scopes.clusters() != clusters || (self.scope.is_some() && scopes != asked) {
            let mismatch = "the scopes and the data clusters of authorization_details do not match";
            return Err(OAuthError::new(Code::InvalidScope, mismatch));
        }
        let mut accounts = within(&given.accounts, &clusters);
        accounts.retain(|account| wanted.contains_key(&account.account_id));
        let alike = accounts
            .iter()
            .all(|account| wanted.get(&account.account_id) == Some(&account.data_clusters));
        if !alike {
            return Err(beyond("data clusters are narrowed for all accounts alike"));
        }
        let only: Vec<AccountId> = accounts
            .iter()
            .map(|account| account.account_id.clone())
            .collect();
        let all = only.len() == given.accounts.len();
        if !all && only.iter().map(|id| id.as_str().len() + 3).sum::<usize>() > MOST_BYTES {
            return Err(beyond(
                "so many accounts do not fit into a token: name all, or fewer",
            ));
        }
        Ok(Narrowed {
            scopes,
            accounts,
            only: (!all).then_some(only),
        })
    }
}

/// What of which account is wanted, all of it granted.
fn wanted(
    details: &Details,
    given: &Given,
) -> Result<BTreeMap<AccountId, BTreeSet<DataCluster>>, OAuthError> {
    if !has_terms(details, &given.terms) || details.consent_id.is_some_and(|id| id != given.consent_id) {
        return Err(beyond("only accounts and data clusters can be narrowed"));
    }
    let mut wanted: BTreeMap<AccountId, BTreeSet<DataCluster>> = BTreeMap::new();
    for (account_id, clusters) in &details.resources {
        let mut found = BTreeSet::new();
        for account in &given.accounts {
            let is_meant = account_id.as_ref().is_none_or(|id| *id == account.account_id);
            let granted: BTreeSet<_> = account.data_clusters.intersection(clusters).copied().collect();
            if is_meant && !granted.is_empty() {
                found.extend(granted.iter().copied());
                wanted
                    .entry(account.account_id.clone())
                    .or_default()
                    .extend(granted);
            }
        }
        if found != *clusters {
            return Err(NOT_GRANTED);
        }
    }
    Ok(wanted)
}

/// Whether lengths that are named are those that were agreed.
fn has_terms(details: &Details, terms: &Terms) -> bool {
    let same = |named: Option<u16>, agreed: u16| named.is_none_or(|named| named == agreed);
    details
        .duration_type
        .is_none_or(|named| named == terms.duration_type)
        && same(details.duration_period, terms.duration_days)
        && same(details.lookback_period, terms.lookback_days)
}

/// The accounts with these clusters alone, without those of which nothing is left.
fn within(accounts: &[GrantedAccount], clusters: &BTreeSet<DataCluster>) -> Vec<GrantedAccount> {
    accounts
        .iter()
        .cloned()
        .filter_map(|mut account| {
            account.data_clusters.retain(|cluster| clusters.contains(cluster));
            (!account.data_clusters.is_empty()).then_some(account)
        })
        .collect()
}

#[cfg(test)]
mod tests;
