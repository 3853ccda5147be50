//! Whose consents: the query that every endpoint here takes, and the reads that they share.

use actix_web::{HttpRequest, web};
use domain::{
    AccountSummary, Client, ConsentGrant, ConsentId, Instant, UserId,
    identity::{self, Topic},
};
use http::{Code, FdxError, LogFields};
use serde::Deserialize;
use store::{StoreError, Tx, TxError};

use crate::{
    access::LastRead,
    account::Held,
    consent::UserConsent,
    error::{Refusal, orphan},
    history::HistoryEntry,
    role::{Role, Seen},
};

/// Rows of history that one consent shows.
const HISTORY: i32 = 200;

/// The consumer whom the application signed in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OfUser {
    /// As the bank names them.
    pub(crate) user_id: UserId,
}

/// The same, with a page of a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PageOfUser {
    pub(crate) user_id: UserId,
    pub(crate) limit: Option<u16>,
    pub(crate) page_key: Option<String>,
}

/// A query string that did not read is 400, and nothing of it is repeated.
pub(crate) fn query<T>(query: Result<web::Query<T>, actix_web::Error>) -> Result<T, FdxError> {
    query.map(web::Query::into_inner).map_err(|_| {
        FdxError::new(Code::InvalidInput).debug("a query parameter is missing, unknown or of the wrong form")
    })
}

/// The consent that the path names, in the access log too. What is no id names nothing, and is told as absent.
pub(crate) fn consent_id(request: &HttpRequest, path: &str) -> Result<ConsentId, FdxError> {
    let consent_id = path.parse().map_err(|_| Code::NotFound)?;
    LogFields::update(request, |fields| fields.consent_id = Some(consent_id));
    Ok(consent_id)
}

/// One consent as that consumer may see it, with its history, in wire form and with its version.
pub(crate) fn consent(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    user_id: &UserId,
    now: Instant,
) -> Result<(i32, UserConsent), TxError<Refusal>> {
    let seen = Seen::find(tx, consent_id, user_id)?.ok_or(TxError::Refused(Refusal::NotFound))?;
    Ok(in_full(tx, &seen, user_id, now)?)
}

/// A grant with its recipient, its accounts by name, its last read and its history.
pub(crate) fn in_full(
    tx: &mut Tx<'_>,
    seen: &Seen,
    user_id: &UserId,
    now: Instant,
) -> Result<(i32, UserConsent), StoreError> {
    let grant = &seen.grant;
    let client = store::clients::find(tx, &grant.client_id)?.ok_or_else(orphan)?;
    let held = held(tx, user_id)?;
    let last_read = store::accesses::list(tx, grant.id, None, 1)?;
    let removed: Vec<_> = store::consent_lists::removed_accounts(tx, grant.id)?
        .into_iter()
        .filter(|(account_id, _)| seen.may_see(account_id))
        .collect();
    let history = store::history::list_newest(tx, grant.id, HISTORY)?
        .into_iter()
        .map(HistoryEntry::from)
        .collect();
    let last_read = last_read.first().and_then(|access| LastRead::new(access, seen));
    let consent = UserConsent::new(seen, &client, &held, now);
    Ok((
        grant.version,
        consent.in_full(history, &removed, &held, (last_read, topics(tx, seen)?)),
    ))
}

/// What the recipient may learn of the consumer: of whoever granted it, and nobody else's to see.
fn topics(tx: &mut Tx<'_>, seen: &Seen) -> Result<Vec<Topic>, StoreError> {
    if seen.role != Role::Grantor {
        return Ok(vec![]);
    }
    let asked = store::identities::find(tx, seen.grant.id)?.asked;
    let mut names = identity::claims_of_scopes(&seen.grant.scopes);
    names.extend(asked.for_userinfo());
    names.extend(asked.for_id_token());
    Ok(identity::topics(names))
}

/// The accounts that a consumer holds today.
pub(crate) fn held(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Held, StoreError> {
    let accounts = store::holders::list_accounts(tx, user_id)?;
    Ok(accounts
        .into_iter()
        .map(|held| {
            let id = held.account_id;
            (id.clone(), AccountSummary::of(id, &held.entity))
        })
        .collect())
}

/// The clients of some grants, asked for together.
pub(crate) fn clients(tx: &mut Tx<'_>, grants: &[ConsentGrant]) -> Result<Vec<Client>, StoreError> {
    let mut ids: Vec<_> = grants.iter().map(|grant| &grant.client_id).collect();
    ids.sort();
    ids.dedup();
    store::clients::find_many(tx, ids)
}
