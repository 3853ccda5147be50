//! A redemption: one conditional update, which also writes the tokens.

use chrono::NaiveDate;
use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Binary, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ConsentId, Instant};
use uuid::Uuid;

use super::{
    NewAccessToken, NewRefreshToken,
    given::{Given, GivenRow, GivenSql, given},
};
use crate::{Tx, error::StoreError, issue::ProvenClient, statement::statement};

/// A redemption: everything that must agree, and the tokens that it gives.
#[derive(Debug, Clone)]
pub struct Redeem {
    /// Who redeems.
    pub client: ProvenClient,
    /// SHA-256 of the code.
    pub code_hash: [u8; 32],
    /// The redirect URI sent along; must be that of the request. `None` when the client sent none.
    pub redirect_uri: Option<String>,
    /// The challenge of the verifier sent along; must be that of the request, or both absent.
    pub code_challenge: Option<String>,
    /// Thumbprint of the key that the redemption proves; must be that of the request, when it named one.
    pub dpop_jkt: Option<String>,
    /// The instant of the redemption.
    pub now: Instant,
    /// The access token that it gives.
    pub access: NewAccessToken,
    /// The refresh token that it gives unless the grant is ONE_TIME.
    pub refresh: NewRefreshToken,
}

/// What became of a redemption.
#[derive(Debug, Clone)]
pub enum Redeemed {
    /// The code is spent and the tokens are committed.
    Given(Box<Given>),
    /// The client was changed or disabled since its proof was checked.
    ClientChanged,
    /// Its assertion was used before.
    Replayed,
    /// Nothing agreed: no such code, another client's, too late, another redirect URI or verifier, or the grant has
    /// ended. Nothing was written but the assertion's id.
    Refused,
    /// The code had been redeemed before by this client.
    Reused {
        /// The grant that it opened.
        consent_id: ConsentId,
    },
}

statement! {
    /// Answers (client stands, id is ours), then what was given.
    RedeemOne -> (Bool, Bool, GivenSql) ;
    "WITH new AS (SELECT " (client_id: Text = &'a str) "::text AS client_id, " (version: Integer = i32)
    "::integer AS version, " (spent_id: Nullable<SqlUuid> = Option<Uuid>) "::uuid AS spent_id, "
    (ends_on: Nullable<Date> = Option<NaiveDate>) "::date AS ends_on, " (code_hash: Binary = &'a [u8])
    "::bytea AS code_hash, " (redirect_uri: Nullable<Text> = Option<&'a str>) "::text AS redirect_uri, "
    (code_challenge: Nullable<Text> = Option<&'a str>) "::text AS code_challenge, "
    (dpop_jkt: Nullable<Text> = Option<&'a str>) "::text AS dpop_jkt, " (now: Timestamptz = Instant)
    "::timestamptz AS now, " (token_id: SqlUuid = Uuid) "::uuid AS token_id, " (issued_at: Timestamptz = Instant)
    "::timestamptz AS issued_at, " (expires_at: Timestamptz = Instant) "::timestamptz AS expires_at, "
    (refresh_hash: Binary = &'a [u8]) "::bytea AS refresh_hash, "
    (thumbprint: Nullable<Text> = Option<&'a str>) "::text AS thumbprint),
    standing AS (SELECT new.* FROM new JOIN clients c
        ON c.client_id = new.client_id AND c.version = new.version AND c.status = 'APPROVED'),
    spent AS (INSERT INTO spent_ids (spent_id, ends_on, spent_by)
        SELECT spent_id, ends_on, token_id FROM standing WHERE spent_id IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING spent_by),
    ours AS (SELECT 1 FROM spent
        UNION ALL SELECT 1 FROM standing JOIN spent_ids s ON s.spent_id = standing.spent_id
            AND s.ends_on = standing.ends_on AND s.spent_by = standing.token_id
        UNION ALL SELECT 1 FROM standing WHERE spent_id IS NULL),
    code AS (UPDATE authorization_codes k SET redeemed_at = standing.now, redeemed_by = standing.token_id
        FROM standing
        WHERE k.code_hash = standing.code_hash AND k.client_id = standing.client_id
          -- by us: asked a second time after a lost connection
          AND (k.redeemed_at IS NULL OR k.redeemed_by = standing.token_id)
          -- RFC6749-4.1.3; where PKCE says who may redeem, the URI need not be said again.
          AND k.expires_at > standing.now AND (k.redirect_uri = standing.redirect_uri
               OR (standing.redirect_uri IS NULL AND k.code_challenge IS NOT NULL))
          AND k.code_challenge IS NOT DISTINCT FROM standing.code_challenge
          AND (k.dpop_jkt IS NULL OR k.dpop_jkt = standing.dpop_jkt)
          AND EXISTS (SELECT 1 FROM ours)
          -- A grant on hold gives nothing, and its code is not spent for that: a second try is no reuse.
          AND EXISTS (SELECT 1 FROM consent_grants g WHERE g.consent_id = k.consent_id
                      AND (g.state = 'ACTIVE' OR (g.state = 'ON_HOLD' AND g.hold_until <= standing.now))
                      AND g.expires_at > standing.now)
        RETURNING k.consent_id, k.context),
    -- The update locks the grant: a revocation waits for us, or we for it and then see it.
    living AS (UPDATE consent_grants g SET consumed_from =
            CASE WHEN g.duration_type = 'ONE_TIME' THEN standing.expires_at END
        FROM code, standing WHERE g.consent_id = code.consent_id AND g.expires_at > standing.now
          AND (g.state = 'ACTIVE' OR (g.state = 'ON_HOLD' AND g.hold_until <= standing.now))
        RETURNING g.consent_id, g.user_id, g.duration_type, g.duration_days, g.lookback_days, g.scope,
                  g.authentication, g.expires_at),
    access AS (INSERT INTO access_tokens (token_id, issued_at, expires_at, client_id, consent_id)
        SELECT s.token_id, s.issued_at, s.expires_at, s.client_id, living.consent_id FROM standing s, living
        ON CONFLICT DO NOTHING),
    refresh AS (INSERT INTO refresh_tokens
            (token_hash, consent_id, client_id, thumbprint, context, issued_at, expires_at)
        SELECT s.refresh_hash, living.consent_id, s.client_id, s.thumbprint, code.context, s.now, living.expires_at
        FROM standing s, living, code WHERE living.duration_type <> 'ONE_TIME'
        ON CONFLICT DO NOTHING)
    SELECT EXISTS (SELECT 1 FROM standing), EXISTS (SELECT 1 FROM ours), living.consent_id, living.user_id,
        living.duration_type, living.duration_days, living.lookback_days, living.scope, living.authentication,
        living.expires_at, code.context,
        (SELECT jsonb_agg(jsonb_build_object('account_id', a.account_id, 'data_clusters', a.data_clusters,
            'nickname', a.nickname, 'awaiting', a.awaiting) ORDER BY a.position)
         FROM consent_accounts a WHERE a.consent_id = living.consent_id AND a.removed_at IS NULL)
    FROM new LEFT JOIN code ON true LEFT JOIN living ON true"
}

statement! {
    FindRedeemed -> SqlUuid ;
    "SELECT consent_id FROM authorization_codes WHERE code_hash = " (code_hash: Binary = &'a [u8])
    " AND client_id = " (client_id: Text = &'a str) " AND redeemed_at IS NOT NULL AND redeemed_by <> "
    (token_id: SqlUuid = Uuid) ""
}

/// Redeems a code and writes its tokens, or does neither: one statement. When nothing agreed, a second one tells
/// whether the code had been redeemed before.
///
/// # Errors
/// [`StoreError`].
pub fn redeem(tx: &mut Tx<'_>, redeem: &Redeem) -> Result<Redeemed, StoreError> {
    let (stands, ours, row) = RedeemOne::new(
        redeem.client.client_id.as_str(),
        redeem.client.version,
        redeem.client.spend.map(|spend| spend.spent_id),
        redeem.client.spend.map(|spend| spend.ends_on),
        &redeem.code_hash,
        redeem.redirect_uri.as_deref(),
        redeem.code_challenge.as_deref(),
        redeem.dpop_jkt.as_deref(),
        redeem.now,
        redeem.access.token_id.uuid(),
        redeem.access.issued_at,
        redeem.access.expires_at,
        &redeem.refresh.token_hash,
        redeem.refresh.thumbprint.as_deref(),
    )
    .get_result::<(bool, bool, GivenRow)>(tx.connection)?;
    match (stands, ours, given(row)?) {
        (_, _, Some(given)) => return Ok(Redeemed::Given(Box::new(given))),
        (false, ..) => return Ok(Redeemed::ClientChanged),
        (true, false, _) => return Ok(Redeemed::Replayed),
        (true, true, None) => {}
    }
    let reused = FindRedeemed::new(
        &redeem.code_hash,
        redeem.client.client_id.as_str(),
        redeem.access.token_id.uuid(),
    )
    .get_result::<Uuid>(tx.connection)
    .optional()?;
    Ok(match reused {
        Some(consent_id) => Redeemed::Reused {
            consent_id: ConsentId::from_uuid(consent_id),
        },
        None => Redeemed::Refused,
    })
}
