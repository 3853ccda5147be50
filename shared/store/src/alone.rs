//! The questions of the combiners, asked by one alone in a plain statement of its own.
//!
//! No request takes this way. It is what combining is held against: the benchmark measures both, and both must
//! answer alike.

use chrono::NaiveDate;
use diesel::{
    RunQueryDsl,
    sql_types::{Array, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::Instant;
use uuid::Uuid;

use crate::{
    Tx,
    account_reads::{AccountRow, account_row, split_off},
    error::StoreError,
    issue::{Issue, Issued},
    standing::{Read, StandingRow, StandingSql, TokenRef},
    statement::statement,
};

statement! {
    /// Answers (client stands, id is ours).
    IssueOne -> (Bool, Bool) ;
    "WITH new AS (SELECT " (client_id: Text = &'a str) "::text AS client_id, " (version: Integer = i32)
    "::integer AS version, " (spent_id: Nullable<SqlUuid> = Option<Uuid>) "::uuid AS spent_id, "
    (ends_on: Nullable<Date> = Option<NaiveDate>) "::date AS ends_on, " (token_id: SqlUuid = Uuid)
    "::uuid AS token_id, " (issued_at: Timestamptz = Instant) "::timestamptz AS issued_at, "
    (expires_at: Timestamptz = Instant) "::timestamptz AS expires_at),
    standing AS (SELECT new.* FROM new JOIN clients c
        ON c.client_id = new.client_id AND c.version = new.version AND c.status = 'APPROVED'),
    spent AS (INSERT INTO spent_ids (spent_id, ends_on, spent_by)
        SELECT spent_id, ends_on, token_id FROM standing WHERE spent_id IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING spent_by),
    issued AS (INSERT INTO access_tokens (token_id, issued_at, expires_at, client_id)
        SELECT token_id, issued_at, expires_at, client_id FROM standing
        WHERE spent_id IS NULL OR EXISTS (SELECT 1 FROM spent)
        RETURNING token_id)
    SELECT EXISTS (SELECT 1 FROM standing), EXISTS (SELECT 1 FROM issued)"
}

/// As [`crate::Combined::issue`], but for a repeat after a lost answer, which is a replay here.
///
/// # Errors
/// [`StoreError`]; then nothing may leave.
pub fn issue(tx: &mut Tx<'_>, issue: &Issue) -> Result<Issued, StoreError> {
    let (stands, ours) = IssueOne::new(
        issue.client.client_id.as_str(),
        issue.client.version,
        issue.client.spend.map(|spend| spend.spent_id),
        issue.client.spend.map(|spend| spend.ends_on),
        issue.token_id.uuid(),
        issue.issued_at,
        issue.expires_at,
    )
    .get_result::<(bool, bool)>(tx.connection)?;
    Ok(match (stands, ours) {
        (true, true) => Issued::Issued,
        (true, false) => Issued::Replayed,
        (false, _) => Issued::ClientChanged,
    })
}

statement! {
    /// One row for each account of the token's grant, or one without account.
    ReadOne -> (StandingSql, Nullable<Text>, Nullable<Array<Text>>, Nullable<Text>, Bool, Nullable<Text>) ;
    "SELECT t.expires_at, t.revoked_at IS NOT NULL, t.client_id, c.status = 'APPROVED', g.consent_id, g.user_id,
     g.state, g.hold_until, g.ended_at, g.ended_by, g.ended_reason, g.expires_at, g.consumed_from,
     g.tokens_void_before, g.lookback_days, g.scope, ca.account_id, ca.data_clusters, ca.nickname,
     NOT coalesce(string_to_array(c.metadata ->> 'scope', ' ') && " (split_off: Array<Text> = Vec<&'a str>) "::text[], false),
     a.entity::text
     FROM access_tokens t JOIN clients c ON c.client_id = t.client_id
     LEFT JOIN consent_grants g ON g.consent_id = t.consent_id
     LEFT JOIN consent_accounts ca ON ca.consent_id = g.consent_id
     LEFT JOIN accounts a ON a.account_id = ca.account_id
     WHERE t.token_id = " (token_id: SqlUuid = Uuid) " AND t.issued_at = " (issued_at: Timestamptz = Instant) "
     ORDER BY ca.position"
}

type Row = (
    StandingRow,
    Option<String>,
    Option<Vec<String>>,
    Option<String>,
    bool,
    Option<String>,
);

/// As [`crate::Combined::read_accounts`] for the entities of all accounts of the grant.
///
/// # Errors
/// [`StoreError`].
pub fn read_accounts(tx: &mut Tx<'_>, token: TokenRef) -> Result<Option<Read<AccountRow>>, StoreError> {
    let mut read = None;
    for (standing, account_id, clusters, nickname, bills_are_details, document) in
        ReadOne::new(split_off(), token.token_id.uuid(), token.issued_at).load::<Row>(tx.connection)?
    {
        let read = match &mut read {
            Some(read) => read,
            None => read.insert(Read {
                standing: standing.into_standing()?,
                rows: vec![],
            }),
        };
        read.rows.extend(account_row(
            account_id,
            clusters,
            nickname,
            (bills_are_details, document),
        )?);
    }
    Ok(read)
}
