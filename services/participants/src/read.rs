//! Whose consents: the query that every endpoint here takes, and the reads that they share.

use actix_web::{HttpRequest, web};
use domain::{
    AccountSummary, ConsentId, Instant, Scope, UserId,
    identity::{self, Topic},
};
use http::{Code, FdxError, LogFields};
use serde::Deserialize;
use store::{StoreError, Tx, TxError, user_consents::Page};

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

/// One consent as that consumer may see it, with its recipient, its accounts by name, its last read and its history, in wire form
/// and with its version.
pub(crate) fn consent(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    user_id: &UserId,
    now: Instant,
) -> Result<(i32, UserConsent), TxError<Refusal>> {
    let not_found = || TxError::Refused(Refusal::NotFound);
    let (shown, page) = store::user_consents::find(tx, consent_id, user_id)?.ok_or_else(not_found)?;
    let (told, access) = store::user_consents::story(tx, &shown, now, HISTORY)?;
    let removed = shown.removed;
    // Nor is it theirs when their approval was of an account that was taken out.
    let seen = Seen::new(shown.grant, shown.approvals, user_id).ok_or_else(not_found)?;
    let recipient = page
        .recipients
        .get(&seen.grant.client_id)
        .ok_or_else(|| TxError::Store(orphan()))?;
    let held = held(&page);
    let removed: Vec<_> = removed
        .into_iter()
        .filter(|(account_id, _)| seen.may_see(account_id))
        .collect();
    let history = told.into_iter().map(HistoryEntry::from).collect();
    let last_read = access.and_then(|access| LastRead::new(&access, &seen));
    let consent = UserConsent::new(&seen, recipient, &held, now);
    Ok((
        seen.grant.version,
        consent.in_full(history, &removed, &held, (last_read, topics(tx, &seen)?)),
    ))
}

/// What the recipient may learn of the consumer: of whoever granted it, and nobody else's to see. Without `openid` it has no
/// userinfo and no id_token to learn it from.
fn topics(tx: &mut Tx<'_>, seen: &Seen) -> Result<Vec<Topic>, StoreError> {
    if seen.role != Role::Grantor || !seen.grant.scopes.contains(Scope::OpenId) {
        return Ok(vec![]);
    }
    let asked = store::identities::find(tx, seen.grant.id)?.asked;
    let mut names = identity::claims_of_scopes(&seen.grant.scopes);
    names.extend(asked.for_userinfo());
    names.extend(asked.for_id_token());
    Ok(identity::topics(names))
}

/// The accounts that a consumer holds today, by name.
pub(crate) fn held(page: &Page) -> Held {
    page.held
        .iter()
        .map(|(id, entity)| (id.clone(), AccountSummary::of(id.clone(), entity)))
        .collect()
}
