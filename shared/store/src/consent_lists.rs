//! Lists of a consumer's consents: what they granted, and what others granted of accounts whose holder they are.
//!
//! A list is one statement: it finds the consents in the index of the consumer, newest first, and reads with each of them all that
//! is shown of it (see [`crate::user_consents`]), so that no row is looked for twice.

use diesel::{
    RunQueryDsl,
    sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, ConsentId, Instant, UserId};
use uuid::Uuid;

use crate::{
    Tx,
    error::StoreError,
    statement::statement,
    user_consents::{self, Page, ShownSql},
};

/// What to list. A window is from an instant on and before another.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Whose.
    pub user_id: UserId,
    /// Only with this recipient.
    pub client_id: Option<ClientId>,
    /// Only in one of these states (the words of a row) at `now`; in any when empty.
    pub states: Vec<&'static str>,
    /// Only granted in this window.
    pub created: Window,
    /// Only ending by themselves in this window.
    pub expires: Window,
    /// The last one of the page before.
    pub after: Option<(Instant, ConsentId)>,
    /// Most rows.
    pub limit: i32,
    /// The instant of the request, at which a state is told.
    pub now: Instant,
}

/// From an instant on, and before another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// Inclusive.
    pub from: Option<Instant>,
    /// Exclusive.
    pub to: Option<Instant>,
}

statement! {
    /// Both halves stop at the limit, so that neither reads more than a page. Each value is a subselect of its own, which the
    /// planner takes for a constant: only so does it know that the index is in the list's order. What consents have in common
    /// stands where it comes first: a recipient's registration with the first consent of theirs, the consumer's accounts with the
    /// first of all.
    List -> ShownSql ;
    "WITH p AS (SELECT " (user_id: Text = &'a str) "::text AS user_id, "
    (client_id: Nullable<Text> = Option<&'a str>) "::text AS client_id, "
    (states: Nullable<Array<Text>> = Option<Vec<&'a str>>) "::text[] AS states, "
    (created_from: Timestamptz = Instant) "::timestamptz AS created_from, "
    (created_to: Timestamptz = Instant) "::timestamptz AS created_to, "
    (expires_from: Timestamptz = Instant) "::timestamptz AS expires_from, "
    (expires_to: Timestamptz = Instant) "::timestamptz AS expires_to, "
    (before_at: Timestamptz = Instant) "::timestamptz AS before_at, "
    (after_id: SqlUuid = Uuid) "::uuid AS after_id, "
    (now: Timestamptz = Instant) "::timestamptz AS now, " (limit: Integer = i32) "::integer AS most),
     page AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY listed_at DESC, consent_id) AS ordinal FROM (
         (SELECT g.created_at AS listed_at, g.* FROM consent_grants g
          WHERE g.user_id = (SELECT user_id FROM p)
            AND g.created_at >= (SELECT created_from FROM p) AND g.created_at < (SELECT created_to FROM p)
            AND g.created_at <= (SELECT before_at FROM p)
            AND (g.created_at < (SELECT before_at FROM p) OR g.consent_id > (SELECT after_id FROM p))
            AND ((SELECT client_id FROM p) IS NULL OR g.client_id = (SELECT client_id FROM p))
            AND g.expires_at >= (SELECT expires_from FROM p) AND g.expires_at < (SELECT expires_to FROM p)
            AND ((SELECT states FROM p) IS NULL
                 OR CASE WHEN g.state IN ('REVOKED', 'EXPIRED', 'CONSUMED') THEN g.state
                         WHEN g.consumed_from <= (SELECT now FROM p) THEN 'CONSUMED'
                         WHEN g.expires_at <= (SELECT now FROM p) THEN 'EXPIRED'
                         WHEN g.state = 'ON_HOLD' AND g.hold_until <= (SELECT now FROM p) THEN 'ACTIVE'
                         ELSE g.state END = ANY((SELECT states FROM p)::text[]))
          ORDER BY g.created_at DESC, g.consent_id LIMIT (SELECT most FROM p))
         UNION ALL
         (SELECT held.granted_at, g.*
          FROM (SELECT DISTINCT a.granted_at, a.consent_id FROM consent_approvals a
                WHERE a.user_id = (SELECT user_id FROM p)
                  AND a.granted_at >= (SELECT created_from FROM p) AND a.granted_at < (SELECT created_to FROM p)
                  AND a.granted_at <= (SELECT before_at FROM p)
                  AND (a.granted_at < (SELECT before_at FROM p) OR a.consent_id > (SELECT after_id FROM p))
                ORDER BY a.granted_at DESC, a.consent_id) held
          JOIN consent_grants g ON g.consent_id = held.consent_id
          WHERE g.user_id <> (SELECT user_id FROM p)
            AND ((SELECT client_id FROM p) IS NULL OR g.client_id = (SELECT client_id FROM p))
            AND g.expires_at >= (SELECT expires_from FROM p) AND g.expires_at < (SELECT expires_to FROM p)
            AND ((SELECT states FROM p) IS NULL
                 OR CASE WHEN g.state IN ('REVOKED', 'EXPIRED', 'CONSUMED') THEN g.state
                         WHEN g.consumed_from <= (SELECT now FROM p) THEN 'CONSUMED'
                         WHEN g.expires_at <= (SELECT now FROM p) THEN 'EXPIRED'
                         WHEN g.state = 'ON_HOLD' AND g.hold_until <= (SELECT now FROM p) THEN 'ACTIVE'
                         ELSE g.state END = ANY((SELECT states FROM p)::text[]))
          ORDER BY held.granted_at DESC, g.consent_id LIMIT (SELECT most FROM p))
     ) either ORDER BY listed_at DESC, consent_id LIMIT (SELECT most FROM p))
     SELECT g.listed_at, g.consent_id, g.client_id, g.user_id, g.state, g.hold_until, g.ended_at, g.ended_by, g.ended_reason,
         g.created_at, g.updated_at, g.expires_at, g.consumed_from, g.duration_type, g.duration_days, g.lookback_days,
         g.scope, g.authentication, g.version, g.supersedes, g.superseded_by,
         coalesce((SELECT jsonb_agg(jsonb_build_object('account_id', a.account_id, 'data_clusters', a.data_clusters,
             'nickname', a.nickname, 'awaiting', a.awaiting) ORDER BY a.position)
             FROM consent_accounts a WHERE a.consent_id = g.consent_id AND a.removed_at IS NULL), '[]'),
         (SELECT json_agg(json_build_array(v.account_id, v.user_id, v.approved_at, v.withdrawn_at) ORDER BY a.position, v.user_id)
             FROM consent_approvals v JOIN consent_accounts a USING (consent_id, account_id)
             WHERE v.consent_id = g.consent_id AND a.removed_at IS NULL)::text,
         NULL::text, NULL::timestamptz, NULL::timestamptz,
         CASE WHEN row_number() OVER (PARTITION BY g.client_id ORDER BY g.ordinal) = 1
             THEN (SELECT c.metadata FROM clients c WHERE c.client_id = g.client_id) END,
         CASE WHEN g.ordinal = 1 THEN (SELECT json_object_agg(h.account_id, a.entity)
             FROM (SELECT account_id FROM account_holders WHERE user_id = (SELECT user_id FROM p) LIMIT 200) h
             JOIN accounts a USING (account_id))::text END
     FROM page g ORDER BY g.ordinal"
}

statement! {
    /// Those that time has ended are not living, written down or not.
    ListLiving -> SqlUuid ;
    "SELECT g.consent_id FROM consent_grants g, (SELECT " (user_id: Text = &'a str) "::text AS user_id, "
    (client_id: Nullable<Text> = Option<&'a str>) "::text AS client_id, "
    (now: Timestamptz = Instant) "::timestamptz AS now) p
     WHERE g.user_id = p.user_id AND g.state IN ('ACTIVE', 'ON_HOLD') AND (p.client_id IS NULL OR g.client_id = p.client_id)
       AND g.expires_at > p.now AND (g.consumed_from IS NULL OR g.consumed_from > p.now)
     ORDER BY g.consent_id LIMIT " (limit: Integer = i32) ""
}

/// A page of a consumer's consents, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn list(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Page, StoreError> {
    // Instants that no row has stand for "no bound", so that the index is always read between two bounds.
    let (first, end) = (Instant::UNIX_EPOCH, far());
    let (before_at, after_id) = wanted
        .after
        .map_or((end, Uuid::nil()), |(at, id)| (at, id.uuid()));
    let rows = List::new(
        wanted.user_id.as_str(),
        wanted.client_id.as_ref().map(ClientId::as_str),
        (!wanted.states.is_empty()).then(|| wanted.states.clone()),
        wanted.created.from.unwrap_or(first),
        wanted.created.to.unwrap_or(end),
        wanted.expires.from.unwrap_or(first),
        wanted.expires.to.unwrap_or(end),
        before_at,
        after_id,
        wanted.now,
        wanted.limit,
    )
    .load(tx.connection)?;
    user_consents::page(rows)
}

/// The consents of a consumer that have not ended at `now`, in the order of their ids, so that two who end them all cannot
/// wait for each other.
///
/// # Errors
/// [`StoreError`].
pub fn list_living(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    client_id: Option<&ClientId>,
    now: Instant,
    limit: i32,
) -> Result<Vec<ConsentId>, StoreError> {
    let ids = ListLiving::new(user_id.as_str(), client_id.map(ClientId::as_str), now, limit)
        .load::<Uuid>(tx.connection)?;
    Ok(ids.into_iter().map(ConsentId::from_uuid).collect())
}

/// The year 9999, which both Postgres and RFC 3339 can write.
fn far() -> Instant {
    Instant::from_timestamp(253_402_300_799, 0).unwrap_or(Instant::MAX_UTC)
}
