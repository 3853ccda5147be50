//! Consents as one consumer sees them, each with all that is shown of it.
//!
//! Whoever looks at consents asks for the same things: the grants, their accounts and approvals, who the recipients are, what the
//! consumer's accounts are called. They come by one statement, here for one consent and in [`crate::consent_lists`] for a page,
//! as rows of the same form. What happened to a consent and who last read under it comes by a second one, [`story`]: it is told the
//! span of the consent's life, so that of the partitions by month it opens those alone in which there can be a row; and of
//! accesses the one month in which the newest lies, where a row tells it.

use std::collections::BTreeMap;

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{AccountId, ClientId, ConsentGrant, ConsentId, Instant, UserId, client::ClientMetadata};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{
    Tx,
    accesses::{self, Access},
    approvals::Approval,
    convert::Table,
    error::StoreError,
    grants::{self, GrantSql},
    spans::Span,
    statement::statement,
};

/// One consent.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its place in a list: when it was granted.
    pub listed_at: Instant,
    /// The grant, whoever granted it.
    pub grant: ConsentGrant,
    /// What the holders of its joint accounts say, in the order of the accounts.
    pub approvals: Vec<Approval>,
    /// The accounts that were taken out of it, and when; none in a list.
    pub removed: Vec<(AccountId, Instant)>,
    /// When it was last changed, if its row tells; see [`story`].
    told_until: Option<Instant>,
    /// The month of its newest access, its first instant, if a row tells it.
    read_in: Option<Instant>,
}

/// Consents, and what they have in common.
#[derive(Clone, Default)]
pub struct Page {
    /// In their order.
    pub consents: Vec<Shown>,
    /// Their recipients.
    pub recipients: BTreeMap<ClientId, ClientMetadata>,
    /// The accounts that the consumer holds today, with their entities as stored.
    pub held: BTreeMap<AccountId, serde_json::Value>,
}

/// What happened to a consent: a row of history without what the hashes are made of.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Told {
    /// Counts from 1.
    pub sequence: i32,
    /// When.
    pub happened_at: Instant,
    /// What.
    pub action: String,
    /// Who.
    pub actor: String,
    /// Through what.
    pub channel: String,
    /// Why.
    pub reason: Option<String>,
}

/// The columns of one consent: its place, the grant, JSON texts of its approvals and of the accounts taken out, when it was last
/// changed, the month in which it was last read, its recipient's registration, the consumer's accounts.
pub(crate) type ShownSql = (
    Timestamptz,
    GrantSql,
    (
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Timestamptz>,
        Nullable<Timestamptz>,
    ),
    (Nullable<Jsonb>, Nullable<Text>),
);

/// As they come.
pub(crate) type Row = (
    Instant,
    grants::Row,
    (Option<String>, Option<String>, Option<Instant>, Option<Instant>),
    (Option<serde_json::Value>, Option<String>),
);

statement! {
    /// What does not concern the consumer is not found, and nothing of it is read.
    Find -> ShownSql ;
    "SELECT g.created_at, g.consent_id, g.client_id, g.user_id, g.state, g.hold_until, g.ended_at, g.ended_by, g.ended_reason,
         g.created_at, g.updated_at, g.expires_at, g.consumed_from, g.duration_type, g.duration_days, g.lookback_days,
         g.scope, g.authentication, g.version, g.supersedes, g.superseded_by,
         coalesce(accounts.living, '[]'),
         (SELECT json_agg(json_build_array(v.account_id, v.user_id, v.approved_at, v.withdrawn_at) ORDER BY a.position, v.user_id)
             FROM consent_approvals v JOIN consent_accounts a USING (consent_id, account_id)
             WHERE v.consent_id = g.consent_id AND a.removed_at IS NULL)::text,
         accounts.removed,
         CASE WHEN g.refused_changes = 0 AND g.superseded_by IS NULL THEN g.updated_at END,
         (SELECT r.month FROM consent_last_reads r WHERE r.consent_id = g.consent_id),
         (SELECT c.metadata FROM clients c WHERE c.client_id = g.client_id),
         (SELECT json_object_agg(h.account_id, a.entity)
             FROM (SELECT account_id FROM account_holders WHERE user_id = ask.user_id LIMIT 200) h
             JOIN accounts a USING (account_id))::text
     FROM (SELECT " (consent_id: SqlUuid = Uuid) "::uuid AS consent_id, " (user_id: Text = &'a str) "::text AS user_id) ask
     JOIN consent_grants g ON g.consent_id = ask.consent_id
     LEFT JOIN LATERAL (
         SELECT jsonb_agg(jsonb_build_object('account_id', a.account_id, 'data_clusters', a.data_clusters,
                 'nickname', a.nickname, 'awaiting', a.awaiting) ORDER BY a.position) FILTER (WHERE a.removed_at IS NULL) AS living,
             (json_agg(json_build_array(a.account_id, a.removed_at) ORDER BY a.position)
                 FILTER (WHERE a.removed_at IS NOT NULL))::text AS removed
         FROM consent_accounts a WHERE a.consent_id = g.consent_id) accounts ON true
     WHERE g.user_id = ask.user_id
        OR EXISTS (SELECT FROM consent_approvals v WHERE v.consent_id = g.consent_id AND v.user_id = ask.user_id)"
}

statement! {
    /// The newest rows of history, oldest first, as JSON text; and the newest access. The ends of the spans stand in the text as
    /// binds, not as columns of another row: only so does Postgres know before it begins which partitions it need not open.
    Story -> (Nullable<Text>, Nullable<accesses::RowSql>) ;
    "SELECT told.rows, last.* FROM (SELECT " (consent_id: SqlUuid = Uuid) "::uuid AS consent_id, "
    (from: Timestamptz = Instant) "::timestamptz AS begins, " (told_until: Timestamptz = Instant) "::timestamptz AS told_until, "
    (read_from: Timestamptz = Instant) "::timestamptz AS read_from, " (read_until: Timestamptz = Instant) "::timestamptz AS read_until) span
     LEFT JOIN LATERAL (
         SELECT json_agg(json_build_array(h.sequence, h.happened_at, h.action, h.actor, h.channel, h.reason)
             ORDER BY h.sequence)::text AS rows
         FROM (SELECT sequence, happened_at, action, actor, channel, reason FROM consent_history
               WHERE consent_id = span.consent_id AND happened_at >= span.begins AND happened_at < span.told_until
               ORDER BY sequence DESC LIMIT " (limit: Integer = i32) ") h) told ON true
     LEFT JOIN LATERAL (
         SELECT a.consent_id, a.accessed_at, a.access_id, a.client_id, a.token_id, a.operation, a.account_ids,
             a.data_clusters, a.attended, a.interaction_id
         FROM consent_accesses a
         WHERE a.consent_id = span.consent_id AND a.accessed_at >= span.read_from AND a.accessed_at < span.read_until
         ORDER BY a.accessed_at DESC, a.access_id DESC LIMIT 1) last ON true"
}

/// The consent of that id as a page of one; `None` when there is none, or it does not concern the consumer.
///
/// # Errors
/// [`StoreError`].
pub fn find(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    user_id: &UserId,
) -> Result<Option<(Shown, Page)>, StoreError> {
    let row = Find::new(consent_id.uuid(), user_id.as_str())
        .get_result::<Row>(tx.connection)
        .optional()?;
    let mut page = page(row.into_iter().collect())?;
    Ok(page.consents.pop().map(|shown| (shown, page)))
}

/// What happened to a consent, the newest `limit` rows, oldest first; and the last read under it.
///
/// A row of history has the instant of the change of the grant's row, `updated_at`, unless it tells a change that was refused or
/// the renewal after its end, which leave that as it was: then there is no end to look for it but now. The newest access lies in
/// the month that its row tells; where there is none, the consent was never read, or was last read before such rows were written.
///
/// # Errors
/// [`StoreError`].
pub fn story(
    tx: &mut Tx<'_>,
    shown: &Shown,
    now: Instant,
    limit: i32,
) -> Result<(Vec<Told>, Option<Access>), StoreError> {
    let grant = &shown.grant;
    let told = Span::of_history(grant, shown.told_until.unwrap_or(now));
    let read = shown
        .read_in
        .map_or_else(|| Span::of_accesses(grant, now), Span::month);
    let (told, access) = Story::new(
        grant.id.uuid(),
        told.from,
        told.until,
        read.from,
        read.until,
        limit,
    )
    .get_result::<(Option<String>, Option<accesses::Row>)>(tx.connection)?;
    Ok((
        list("consent_history", "rows", told)?,
        access.map(accesses::access).transpose()?,
    ))
}

/// What the rows hold.
pub(crate) fn page(rows: Vec<Row>) -> Result<Page, StoreError> {
    let mut page = Page::default();
    for (listed_at, row, (approvals, removed, told_until, read_in), (metadata, held)) in rows {
        let grant = grants::grant(row)?;
        if let Some(metadata) = metadata {
            let metadata = Table("clients").json("metadata", metadata)?;
            page.recipients.insert(grant.client_id.clone(), metadata);
        }
        if let Some(held) = held {
            page.held = parsed("accounts", "entity", &held)?;
        }
        let approvals = list("consent_approvals", "user_id", approvals)?
            .into_iter()
            .map(|(account_id, user_id, approved_at, withdrawn_at)| Approval {
                account_id,
                user_id,
                approved_at,
                withdrawn_at,
            })
            .collect();
        page.consents.push(Shown {
            listed_at,
            grant,
            approvals,
            removed: list("consent_accounts", "removed_at", removed)?,
            told_until,
            read_in,
        });
    }
    Ok(page)
}

/// A JSON text of a list, which is none where there is nothing in it.
fn list<T: DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    json: Option<String>,
) -> Result<Vec<T>, StoreError> {
    json.map_or(Ok(vec![]), |json| parsed(table, column, &json))
}

fn parsed<T: DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    json: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|_| Table(table).corrupt(column))
}
