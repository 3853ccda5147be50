//! How a token stands now: its own row, its client's, and its grant's, read together with the data.
//!
//! What a standing means is decided in `lifecycle`; here it is only read.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, ConsentId, ConsentState, Instant, Scopes, TokenId, UserId};
use uuid::Uuid;

use crate::{Tx, convert::Table, error::StoreError, grants, statement::statement};

/// Which token; `issued_at` names the partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenRef {
    /// The token's `jti`.
    pub token_id: TokenId,
    /// The token's `iat`.
    pub issued_at: Instant,
}

/// A token's row and what it hangs off, as they were at one moment after the request arrived.
#[derive(Debug, Clone)]
pub struct Standing {
    /// When the token ends by itself.
    pub token_expires_at: Instant,
    /// Whether it was revoked by itself.
    pub token_revoked: bool,
    /// Whom it was issued to.
    pub client_id: ClientId,
    /// Whether that client may do anything.
    pub client_approved: bool,
    /// Its grant, unless it was issued to a client for itself.
    pub grant: Option<GrantStanding>,
}

/// A grant's row, as far as serving needs it.
#[derive(Debug, Clone)]
pub struct GrantStanding {
    /// Which.
    pub consent_id: ConsentId,
    /// Whose.
    pub user_id: UserId,
    /// The state as written; time may have changed it since.
    pub stored_state: ConsentState,
    /// When it ends by itself.
    pub expires_at: Instant,
    /// When the one token of a ONE_TIME grant ends.
    pub consumed_from: Option<Instant>,
    /// Tokens issued at or before this are dead.
    pub tokens_void_before: Option<Instant>,
    /// Whole days that may be read back from now.
    pub lookback_days: u16,
    /// What its tokens may carry.
    pub scopes: Scopes,
}

/// A standing, and the rows that were read beside it: none of them may be shown before it is judged.
#[derive(Debug, Clone)]
pub struct Read<R> {
    /// How the token stands.
    pub standing: Standing,
    /// What was read.
    pub rows: Vec<R>,
}

/// The SQL types of the columns that make a [`Standing`]; their text is that of [`Find`].
pub(crate) type StandingSql = (
    Timestamptz,
    Bool,
    Text,
    Bool,
    Nullable<SqlUuid>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Integer>,
    Nullable<Text>,
);

/// As they come.
#[derive(diesel::Queryable)]
pub(crate) struct StandingRow {
    token_expires_at: Instant,
    token_revoked: bool,
    client_id: String,
    client_approved: bool,
    consent_id: Option<Uuid>,
    user_id: Option<String>,
    state: Option<String>,
    hold_until: Option<Instant>,
    ended_at: Option<Instant>,
    ended_by: Option<String>,
    ended_reason: Option<String>,
    expires_at: Option<Instant>,
    consumed_from: Option<Instant>,
    tokens_void_before: Option<Instant>,
    lookback_days: Option<i32>,
    scope: Option<String>,
}

impl StandingRow {
    pub(crate) fn into_standing(self) -> Result<Standing, StoreError> {
        let tokens = Table("access_tokens");
        let grant = match self.consent_id {
            None => None,
            Some(consent_id) => {
                let table = grants::TABLE;
                let required = |column| table.corrupt(column);
                let state = grants::StateColumns {
                    state: self.state.ok_or(required("state"))?,
                    hold_until: self.hold_until,
                    ended_at: self.ended_at,
                    ended_by: self.ended_by,
                    ended_reason: self.ended_reason,
                };
                let lookback_days = self.lookback_days.ok_or(required("lookback_days"))?;
                Some(GrantStanding {
                    consent_id: ConsentId::from_uuid(consent_id),
                    user_id: table.parse("user_id", &self.user_id.ok_or(required("user_id"))?)?,
                    stored_state: state.into_state()?,
                    expires_at: self.expires_at.ok_or(required("expires_at"))?,
                    consumed_from: self.consumed_from,
                    tokens_void_before: self.tokens_void_before,
                    lookback_days: u16::try_from(lookback_days).map_err(|_| required("lookback_days"))?,
                    scopes: Scopes::parse(&self.scope.ok_or(required("scope"))?)
                        .map_err(|_| required("scope"))?,
                })
            }
        };
        Ok(Standing {
            token_expires_at: self.token_expires_at,
            token_revoked: self.token_revoked,
            client_id: tokens.parse("client_id", &self.client_id)?,
            client_approved: self.client_approved,
            grant,
        })
    }
}

statement! {
    /// One token's standing, alone.
    Find -> StandingSql ;
    "SELECT t.expires_at, t.revoked_at IS NOT NULL, t.client_id, c.status = 'APPROVED', g.consent_id, g.user_id, \
     g.state, g.hold_until, g.ended_at, g.ended_by, g.ended_reason, g.expires_at, g.consumed_from, \
     g.tokens_void_before, g.lookback_days, g.scope \
     FROM access_tokens t JOIN clients c ON c.client_id = t.client_id \
     LEFT JOIN consent_grants g ON g.consent_id = t.consent_id \
     WHERE t.token_id = " (token_id: SqlUuid = Uuid) " AND t.issued_at = " (issued_at: Timestamptz = Instant) ""
}

/// How a token stands; `None` when we never issued it.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx<'_>, token: TokenRef) -> Result<Option<Standing>, StoreError> {
    Find::new(token.token_id.uuid(), token.issued_at)
        .get_result::<StandingRow>(tx.connection)
        .optional()?
        .map(StandingRow::into_standing)
        .transpose()
}
