//! Receipts: one change of a consent, signed, for whoever it concerns to keep. `docs/receipts.md` has the claims.
//!
//! A receipt is made of a row of history when it is asked for, and signed with a key that is published then. The consumer's
//! tells the row as it is, with its place in the chain of hashes. The recipient's tells what the recipient may know: the
//! consumer by the name that this recipient knows them by, and the accounts that it may read. The chain is not in it, since
//! whoever has the hash of a row and all of the row but the bank's name of the consumer could guess that.

use domain::{Client, ConsentGrant, ConsentId, Instant, id::random_uuid};
use jose::Algorithm;
use lifecycle::ledger::canonical;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use store::history::HistoryRow;

use crate::{
    App, Code, FdxError, limits,
    paging::{self, List, NextPage},
};

/// The type in the header (RFC8725-3.11): a receipt is nothing else, and nothing else is a receipt.
pub const TYPE: &str = "consent-receipt+jwt";

/// The action of rows that changed nothing: a recipient hears of what happened, not of what was tried.
const REFUSED: &str = "REFUSED";

/// What of a row's content a recipient may know, beside accounts and consumer.
const SHOWN_TO_RECIPIENTS: [&str; 15] = [
    "clientId",
    "state",
    "holdUntil",
    "endedAt",
    "endedBy",
    "endedReason",
    "createdAt",
    "updatedAt",
    "expiresAt",
    "durationType",
    "durationDays",
    "lookbackDays",
    "scope",
    "supersedes",
    "supersededBy",
];

/// One receipt in a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Which change of the consent, counted from 1.
    sequence: i32,
    /// What was done, such as GRANTED.
    action: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    happened_time: Instant,
    /// The receipt itself: a compact JWS.
    receipt: String,
}

/// A page of receipts, oldest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Receipts {
    receipts: Vec<Receipt>,
    page: NextPage,
}

/// For whom a receipt is.
#[derive(Debug, Clone, Copy)]
pub enum Reader<'a> {
    /// The consumer who granted.
    Consumer,
    /// The recipient.
    Recipient(&'a Client),
}

/// Which page of receipts is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ReceiptQuery {
    /// 1 to 100; 100 when absent.
    pub limit: Option<u16>,
    /// From the page before.
    #[serde(rename = "pageKey")]
    pub page_key: Option<String>,
}

/// The rows that a page is made of: those after `after`, `limit` of them and one more, which tells whether there is another
/// page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptWindow {
    /// Sequence of the last row of the page before; 0 at the beginning.
    pub after: i32,
    /// Most receipts.
    pub limit: u16,
}

impl ReceiptWindow {
    /// Reads the query of a list of that consent's receipts.
    ///
    /// # Errors
    /// 400.
    pub fn of(app: &App, consent_id: ConsentId, query: &ReceiptQuery) -> Result<Self, FdxError> {
        let limit = paging::limit(query.limit, limits::PAGE_MOST)?;
        let after = list(app, consent_id)
            .position(query.page_key.as_deref())?
            .unwrap_or(0);
        Ok(Self { after, limit })
    }

    /// How many rows to read.
    pub fn rows(self) -> i32 {
        paging::rows(self.limit)
    }
}

/// What a cursor is good for (N05).
fn list(app: &App, consent_id: ConsentId) -> List<'_> {
    List {
        app,
        context: format!("receipts {consent_id}"),
    }
}

impl Receipts {
    /// Signs a receipt of each row for that reader.
    ///
    /// # Errors
    /// 500 when nothing can be signed.
    pub fn sign(
        app: &App,
        grant: &ConsentGrant,
        mut rows: Vec<HistoryRow>,
        window: ReceiptWindow,
        (reader, now): (Reader<'_>, Instant),
    ) -> Result<Self, FdxError> {
        let is_more = paging::cut(&mut rows, window.limit);
        let last = rows.last().filter(|_| is_more).map(|row| row.sequence);
        let page = list(app, grant.id).next(last.as_ref())?;
        let shown = |row: &HistoryRow| match reader {
            Reader::Consumer => true,
            Reader::Recipient(_) => row.action != REFUSED,
        };
        let receipts = rows
            .into_iter()
            .filter(shown)
            .map(|row| sign(app, grant, row, (reader, now)))
            .collect::<Result<_, _>>()?;
        Ok(Self { receipts, page })
    }
}

fn sign(
    app: &App,
    grant: &ConsentGrant,
    row: HistoryRow,
    (reader, now): (Reader<'_>, Instant),
) -> Result<Receipt, FdxError> {
    let (algorithm, parties) = match reader {
        Reader::Consumer => (
            Algorithm::Es256,
            json!({
                "sub": grant.user_id,
                "content": row.content,
                "contentHash": jose::base64url(&row.content_hash),
                "previousHash": jose::base64url(&row.previous_hash),
                "rowHash": jose::base64url(&row.row_hash),
            }),
        ),
        Reader::Recipient(client) => {
            let subject = app
                .subject(&client.sector(), &grant.user_id)
                .map_err(|_| Code::Internal)?;
            let content = shown_to_recipients(&row.content);
            let hash = jose::base64url(jose::sha256(canonical(&content)));
            let registered = client.metadata.id_token_signed_response_alg.as_deref();
            (
                registered
                    .and_then(Algorithm::from_name)
                    .unwrap_or(Algorithm::Es256),
                json!({"sub": subject, "aud": client.client_id, "content": content, "contentHash": hash}),
            )
        }
    };
    let mut claims = json!({
        "iss": app.endpoints.issuer,
        "iat": now.timestamp(),
        "jti": random_uuid(app.random()),
        "consentId": grant.id,
        "sequence": row.sequence,
        "action": row.action,
        "actor": row.actor,
        "channel": row.channel,
        "happenedAt": lifecycle::ledger::instant(row.happened_at),
    });
    if let (Some(claims), Value::Object(parties)) = (claims.as_object_mut(), parties) {
        claims.extend(parties);
        claims.extend(row.reason.map(|reason| ("reason".to_owned(), reason.into())));
    }
    let receipt = app
        .keys
        .ring()
        .sign(algorithm, TYPE, &claims, now)
        .map_err(|_| Code::Internal)?;
    Ok(Receipt {
        sequence: row.sequence,
        action: row.action,
        happened_time: row.happened_at,
        receipt,
    })
}

/// The content of a row as a recipient may know it: with the accounts that it could read then, and without names, approvals
/// and evidence.
fn shown_to_recipients(content: &Value) -> Value {
    let mut shown: Map<String, Value> = SHOWN_TO_RECIPIENTS
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), content.get(name)?.clone())))
        .collect();
    let is_served =
        |account: &&Value| account.get("awaiting").is_none() && account.get("removedAt").is_none();
    let accounts: Vec<Value> = content
        .get("accounts")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(is_served)
        .map(|account| {
            json!({"accountId": account.get("accountId"), "dataClusters": account.get("dataClusters")})
        })
        .collect();
    shown.insert("accounts".to_owned(), accounts.into());
    Value::Object(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_not_told_what_is_the_consumers_and_the_banks() {
        let content = json!({
            "clientId": "c", "userId": "bank-user-1", "state": "ACTIVE", "version": 2, "evidenceHash": "x",
            "authentication": {"authenticatedAt": "2026-11-22T12:00:00Z"}, "refusedChanges": 1,
            "accounts": [
                {"accountId": "a", "dataClusters": ["BILLS"], "nickname": "Rent"},
                {"accountId": "b", "dataClusters": ["BILLS"], "awaiting": 1, "approvals": [{"userId": "bob"}]},
                {"accountId": "c", "dataClusters": ["BILLS"], "removedAt": "2026-11-22T12:00:00Z"},
            ],
        });
        assert_eq!(
            shown_to_recipients(&content),
            json!({"clientId": "c", "state": "ACTIVE", "accounts": [{"accountId": "a", "dataClusters": ["BILLS"]}]})
        );
    }
}
