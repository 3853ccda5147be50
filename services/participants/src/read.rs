//! Whose consents: the query that every endpoint here takes, and the reads that they share.

use domain::{AccountSummary, Client, ConsentGrant, ConsentId, UserId};
use http::{Code, FdxError};
use serde::Deserialize;
use store::{StoreError, Tx, TxError};

use crate::{
    consent::{Held, UserConsent},
    error::{Refusal, orphan},
    history::HistoryEntry,
};

/// The consumer whom the application signed in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OfUser {
    /// As the bank names them.
    pub(crate) user_id: UserId,
}

/// A query string that did not read is 400, and nothing of it is repeated.
pub(crate) fn query<T>(query: Result<actix_web::web::Query<T>, actix_web::Error>) -> Result<T, FdxError> {
    query.map(actix_web::web::Query::into_inner).map_err(|_| {
        FdxError::new(Code::InvalidInput).debug("a query parameter is missing, unknown or of the wrong form")
    })
}

/// One consent of that consumer with its history, in wire form and with its version.
pub(crate) fn consent(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    user_id: &UserId,
    now: domain::Instant,
) -> Result<(i32, UserConsent), TxError<Refusal>> {
    let grant = store::grants::find(tx, consent_id)?
        .filter(|grant| grant.user_id == *user_id)
        .ok_or(TxError::Refused(Refusal::NotFound))?;
    Ok(in_full(tx, &grant, now)?)
}

/// A grant with its recipient, its accounts by name and its history.
pub(crate) fn in_full(
    tx: &mut Tx<'_>,
    grant: &ConsentGrant,
    now: domain::Instant,
) -> Result<(i32, UserConsent), StoreError> {
    let client = store::clients::find(tx, &grant.client_id)?.ok_or_else(orphan)?;
    let held = held(tx, &grant.user_id)?;
    let history = store::history::list(tx, grant.id)?
        .into_iter()
        .map(HistoryEntry::from)
        .collect();
    Ok((
        grant.version,
        UserConsent::new(grant, &client, &held, now).with_history(history),
    ))
}

/// The accounts that a consumer holds today.
pub(crate) fn held(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Held, StoreError> {
    let accounts = store::holders::list_accounts(tx, user_id)?;
    Ok(accounts
        .into_iter()
        .map(|(id, entity)| (id.clone(), AccountSummary::of(id, &entity)))
        .collect())
}

/// The clients of some grants, asked for together.
pub(crate) fn clients(tx: &mut Tx<'_>, grants: &[ConsentGrant]) -> Result<Vec<Client>, StoreError> {
    let mut ids: Vec<_> = grants.iter().map(|grant| &grant.client_id).collect();
    ids.sort();
    ids.dedup();
    store::clients::find_many(tx, ids)
}
