//! Grants as they stand in the database, whole, in the form that history keeps: what the ledger hashes after a change, and
//! what it is held against when it is verified.
//!
//! Read by one statement from the rows themselves, so that nothing in them can be changed without showing. Left out is what
//! no party decides: `consumed_from` and `tokens_void_before`, the life of tokens.

use diesel::{
    RunQueryDsl,
    sql_types::{Array, Integer, Jsonb, Uuid as SqlUuid},
};
use domain::ConsentId;
use serde_json::Value;
use uuid::Uuid;

use crate::{Tx, error::StoreError, statement::statement};

/// One grant as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Which.
    pub consent_id: ConsentId,
    /// Its row, its accounts and their approvals. Instants are RFC 3339 with microseconds, in UTC; a member without value is
    /// absent.
    pub content: Value,
    /// What the consent application reported of the decision, as it came.
    pub evidence: Value,
}

statement! {
    Of -> (SqlUuid, Jsonb, Jsonb) ;
    "SELECT g.consent_id, jsonb_strip_nulls(jsonb_build_object(
         'clientId', g.client_id, 'userId', g.user_id, 'state', g.state,
         'holdUntil', to_char(g.hold_until AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
         'endedAt', to_char(g.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
         'endedBy', g.ended_by, 'endedReason', g.ended_reason,
         'createdAt', to_char(g.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
         'updatedAt', to_char(g.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
         'expiresAt', to_char(g.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
         'durationType', g.duration_type, 'durationDays', g.duration_days, 'lookbackDays', g.lookback_days,
         'scope', g.scope, 'version', g.version, 'supersedes', g.supersedes, 'supersededBy', g.superseded_by,
         'refusedChanges', nullif(g.refused_changes, 0),
         'authentication', jsonb_build_object('authenticatedAt', g.authentication->'authenticated_at',
             'acr', g.authentication->'acr', 'amr', g.authentication->'amr'),
         'accounts', coalesce((SELECT jsonb_agg(jsonb_build_object('accountId', a.account_id,
                 'dataClusters', a.data_clusters, 'nickname', a.nickname, 'awaiting', nullif(a.awaiting, 0),
                 'removedAt', to_char(a.removed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
                 'approvals', (SELECT jsonb_agg(jsonb_build_object('userId', p.user_id,
                     'approvedAt', to_char(p.approved_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
                     'withdrawnAt', to_char(p.withdrawn_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'))
                     ORDER BY p.user_id COLLATE \"C\")
                     FROM consent_approvals p WHERE p.consent_id = a.consent_id AND p.account_id = a.account_id))
             ORDER BY a.position)
             FROM consent_accounts a WHERE a.consent_id = g.consent_id), '[]'))), g.evidence
     FROM consent_grants g WHERE g.consent_id = ANY(" (consent_ids: Array<SqlUuid> = Vec<Uuid>) ") ORDER BY g.consent_id"
}

statement! {
    Page -> SqlUuid ;
    "SELECT consent_id FROM consent_grants WHERE consent_id > " (after: SqlUuid = Uuid) " ORDER BY consent_id LIMIT "
    (limit: Integer = i32) ""
}

/// Those of the named grants that exist, in the order of their ids.
///
/// # Errors
/// [`StoreError`].
pub fn of(tx: &mut Tx<'_>, consent_ids: &[ConsentId]) -> Result<Vec<Snapshot>, StoreError> {
    let ids = consent_ids.iter().map(|id| id.uuid()).collect();
    let rows = Of::new(ids).load::<(Uuid, Value, Value)>(tx.connection)?;
    Ok(rows
        .into_iter()
        .map(|(consent_id, content, evidence)| Snapshot {
            consent_id: ConsentId::from_uuid(consent_id),
            content,
            evidence,
        })
        .collect())
}

/// The ids of all grants, a page at a time, in their order: those after `after`, which is the nil id at the beginning.
///
/// # Errors
/// [`StoreError`].
pub fn ids(tx: &mut Tx<'_>, after: ConsentId, limit: i32) -> Result<Vec<ConsentId>, StoreError> {
    let ids = Page::new(after.uuid(), limit).load::<Uuid>(tx.connection)?;
    Ok(ids.into_iter().map(ConsentId::from_uuid).collect())
}
