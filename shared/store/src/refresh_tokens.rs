//! Refresh tokens: bound to their client and certificate, never rotated, dead with their grant.

use chrono::NaiveDate;
use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Binary, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, ConsentId, Instant};
use uuid::Uuid;

use crate::{
    Tx,
    codes::{Given, GivenRow, GivenSql, NewAccessToken, given},
    convert::Table,
    error::StoreError,
    issue::ProvenClient,
    statement::statement,
};

/// A refresh: everything that must agree, and the token that it gives.
#[derive(Debug, Clone)]
pub struct Refresh {
    /// Who refreshes.
    pub client: ProvenClient,
    /// SHA-256 of the refresh token.
    pub token_hash: [u8; 32],
    /// The certificate of the connection; must be that of the token, when it is bound to one.
    pub thumbprint: Option<String>,
    /// The instant of the refresh.
    pub now: Instant,
    /// The access token that it gives.
    pub access: NewAccessToken,
}

/// What became of a refresh.
#[derive(Debug, Clone)]
pub enum Refreshed {
    /// The access token is committed.
    Given(Box<Given>),
    /// The client was changed or disabled since its proof was checked.
    ClientChanged,
    /// Its assertion was used before.
    Replayed,
    /// No such token, another client's or certificate's, revoked, too late, or its grant does not live.
    Refused,
}

statement! {
    /// Answers (client stands, id is ours), then what was given.
    RefreshOne -> (Bool, Bool, GivenSql) ;
    "WITH new AS (SELECT " (client_id: Text = &'a str) "::text AS client_id, " (version: Integer = i32)
    "::integer AS version, " (spent_id: Nullable<SqlUuid> = Option<Uuid>) "::uuid AS spent_id, "
    (ends_on: Nullable<Date> = Option<NaiveDate>) "::date AS ends_on, " (token_hash: Binary = &'a [u8])
    "::bytea AS token_hash, " (thumbprint: Nullable<Text> = Option<&'a str>) "::text AS thumbprint, "
    (now: Timestamptz = Instant) "::timestamptz AS now, " (token_id: SqlUuid = Uuid) "::uuid AS token_id, "
    (issued_at: Timestamptz = Instant) "::timestamptz AS issued_at, " (expires_at: Timestamptz = Instant)
    "::timestamptz AS expires_at),
    standing AS (SELECT new.* FROM new JOIN clients c
        ON c.client_id = new.client_id AND c.version = new.version AND c.status = 'APPROVED'),
    spent AS (INSERT INTO spent_ids (spent_id, ends_on, spent_by)
        SELECT spent_id, ends_on, token_id FROM standing WHERE spent_id IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING spent_by),
    ours AS (SELECT 1 FROM spent
        UNION ALL SELECT 1 FROM standing JOIN spent_ids s ON s.spent_id = standing.spent_id
            AND s.ends_on = standing.ends_on AND s.spent_by = standing.token_id
        UNION ALL SELECT 1 FROM standing WHERE spent_id IS NULL),
    -- Locked: a revocation of the token or of the grant waits for us, or we for it and then see it.
    old AS (SELECT r.consent_id, r.context FROM refresh_tokens r, standing
        WHERE r.token_hash = standing.token_hash AND r.client_id = standing.client_id AND r.revoked_at IS NULL
          AND r.expires_at > standing.now
          AND (r.thumbprint IS NULL OR r.thumbprint = standing.thumbprint) AND EXISTS (SELECT 1 FROM ours)
        FOR SHARE OF r),
    living AS (SELECT g.consent_id, g.user_id, g.duration_type, g.duration_days, g.lookback_days, g.scope,
            g.authentication, g.expires_at
        FROM consent_grants g, old, standing
        WHERE g.consent_id = old.consent_id AND g.expires_at > standing.now
          AND (g.state = 'ACTIVE' OR (g.state = 'ON_HOLD' AND g.hold_until <= standing.now))
        FOR SHARE OF g),
    access AS (INSERT INTO access_tokens (token_id, issued_at, expires_at, client_id, consent_id)
        SELECT s.token_id, s.issued_at, s.expires_at, s.client_id, living.consent_id FROM standing s, living
        ON CONFLICT DO NOTHING)
    SELECT EXISTS (SELECT 1 FROM standing), EXISTS (SELECT 1 FROM ours), living.consent_id, living.user_id,
        living.duration_type, living.duration_days, living.lookback_days, living.scope, living.authentication,
        living.expires_at, old.context,
        (SELECT jsonb_agg(jsonb_build_object('account_id', a.account_id, 'data_clusters', a.data_clusters,
            'nickname', a.nickname, 'awaiting', a.awaiting) ORDER BY a.position)
         FROM consent_accounts a WHERE a.consent_id = living.consent_id AND a.removed_at IS NULL)
    FROM new LEFT JOIN old ON true LEFT JOIN living ON true"
}

statement! {
    Revoke -> SqlUuid ;
    "UPDATE refresh_tokens SET revoked_at = " (now: Timestamptz = Instant) " WHERE token_hash = "
    (token_hash: Binary = &'a [u8]) " AND client_id = " (client_id: Text = &'a str)
    " AND revoked_at IS NULL RETURNING consent_id"
}

statement! {
    Find -> (SqlUuid, Text, Timestamptz, Timestamptz, Bool, Nullable<Text>) ;
    "SELECT consent_id, client_id, issued_at, expires_at, revoked_at IS NOT NULL, thumbprint FROM refresh_tokens
     WHERE token_hash = " (token_hash: Binary = &'a [u8]) ""
}

/// A refresh token as its row stands.
#[derive(Debug, Clone)]
pub struct RefreshTokenRow {
    /// Its grant.
    pub consent_id: ConsentId,
    /// Whose.
    pub client_id: ClientId,
    /// When it was issued.
    pub issued_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
    /// Whether it was revoked by itself.
    pub revoked: bool,
    /// The certificate that it is bound to.
    pub thumbprint: Option<String>,
}

/// Writes an access token for a refresh token, or nothing.
///
/// # Errors
/// [`StoreError`].
pub fn refresh(tx: &mut Tx<'_>, refresh: &Refresh) -> Result<Refreshed, StoreError> {
    let (stands, ours, row) = RefreshOne::new(
        refresh.client.client_id.as_str(),
        refresh.client.version,
        refresh.client.spend.map(|spend| spend.spent_id),
        refresh.client.spend.map(|spend| spend.ends_on),
        &refresh.token_hash,
        refresh.thumbprint.as_deref(),
        refresh.now,
        refresh.access.token_id.uuid(),
        refresh.access.issued_at,
        refresh.access.expires_at,
    )
    .get_result::<(bool, bool, GivenRow)>(tx.connection)?;
    Ok(match (stands, ours, given(row)?) {
        (_, _, Some(given)) => Refreshed::Given(Box::new(given)),
        (false, ..) => Refreshed::ClientChanged,
        (true, false, _) => Refreshed::Replayed,
        (true, true, None) => Refreshed::Refused,
    })
}

/// Revokes a refresh token of that client. Returns its grant if this call did it.
///
/// # Errors
/// [`StoreError`].
pub fn revoke(
    tx: &mut Tx<'_>,
    token_hash: &[u8; 32],
    client_id: &ClientId,
    now: Instant,
) -> Result<Option<ConsentId>, StoreError> {
    let consent_id = Revoke::new(now, token_hash, client_id.as_str())
        .get_result::<Uuid>(tx.connection)
        .optional()?;
    Ok(consent_id.map(ConsentId::from_uuid))
}

/// The refresh token with that hash, whatever became of it.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx<'_>, token_hash: &[u8; 32]) -> Result<Option<RefreshTokenRow>, StoreError> {
    let row = Find::new(token_hash)
        .get_result::<(Uuid, String, Instant, Instant, bool, Option<String>)>(tx.connection)
        .optional()?;
    row.map(
        |(consent_id, client_id, issued_at, expires_at, revoked, thumbprint)| {
            Ok(RefreshTokenRow {
                consent_id: ConsentId::from_uuid(consent_id),
                client_id: Table("refresh_tokens").parse("client_id", &client_id)?,
                issued_at,
                expires_at,
                revoked,
                thumbprint,
            })
        },
    )
    .transpose()
}
