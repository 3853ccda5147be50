//! Consent grants and their accounts.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{
    ClientId, ConsentGrant, ConsentId, ConsentState, DataCluster, Instant, UserId,
    consent::{GrantedAccount, Terms},
};
use uuid::Uuid;

use crate::{Tx, account_reads::data_clusters, convert::Table, error::StoreError, statement::statement};

pub(crate) const TABLE: Table = Table("consent_grants");
const ACCOUNTS: Table = Table("consent_accounts");

/// The columns that hold a state, together.
pub(crate) struct StateColumns {
    pub(crate) state: String,
    pub(crate) hold_until: Option<Instant>,
    pub(crate) ended_at: Option<Instant>,
    pub(crate) ended_by: Option<String>,
    pub(crate) ended_reason: Option<String>,
}

impl StateColumns {
    fn of(state: &ConsentState) -> Self {
        let mut columns = Self {
            state: state.as_str().into(),
            hold_until: None,
            ended_at: None,
            ended_by: None,
            ended_reason: None,
        };
        match state {
            ConsentState::Active => {}
            ConsentState::OnHold { until } => columns.hold_until = *until,
            ConsentState::Revoked {
                at,
                initiator,
                reason,
            } => {
                columns.ended_at = Some(*at);
                columns.ended_by = word(initiator);
                columns.ended_reason = word(reason);
            }
            ConsentState::Expired { at } | ConsentState::Consumed { at } => columns.ended_at = Some(*at),
        }
        columns
    }

    pub(crate) fn into_state(self) -> Result<ConsentState, StoreError> {
        let ended_at = self.ended_at.ok_or(TABLE.corrupt("ended_at"));
        Ok(match self.state.as_str() {
            "ACTIVE" => ConsentState::Active,
            "ON_HOLD" => ConsentState::OnHold {
                until: self.hold_until,
            },
            "EXPIRED" => ConsentState::Expired { at: ended_at? },
            "CONSUMED" => ConsentState::Consumed { at: ended_at? },
            "REVOKED" => ConsentState::Revoked {
                at: ended_at?,
                initiator: TABLE.word("ended_by", &self.ended_by.unwrap_or_default())?,
                reason: TABLE.word("ended_reason", &self.ended_reason.unwrap_or_default())?,
            },
            _ => return Err(TABLE.corrupt("state")),
        })
    }
}

/// The wire name of an enumeration's value.
fn word<T: serde::Serialize>(value: &T) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Some(word),
        _ => None,
    }
}

type GrantSql = (
    SqlUuid,
    Text,
    Text,
    (
        Text,
        Nullable<Timestamptz>,
        Nullable<Timestamptz>,
        Nullable<Text>,
        Nullable<Text>,
    ),
    (Timestamptz, Timestamptz, Timestamptz, Nullable<Timestamptz>),
    (Text, Integer, Integer),
    (Text, Jsonb, Integer),
    Jsonb,
);

type Row = (
    Uuid,
    String,
    String,
    (
        String,
        Option<Instant>,
        Option<Instant>,
        Option<String>,
        Option<String>,
    ),
    (Instant, Instant, Instant, Option<Instant>),
    (String, i32, i32),
    (String, serde_json::Value, i32),
    serde_json::Value,
);

statement! {
    Find -> GrantSql ;
    "SELECT g.consent_id, g.client_id, g.user_id, g.state, g.hold_until, g.ended_at, g.ended_by, g.ended_reason,
     g.created_at, g.updated_at, g.expires_at, g.consumed_from, g.duration_type, g.duration_days, g.lookback_days,
     g.scope, g.authentication, g.version, coalesce((SELECT jsonb_agg(jsonb_build_object('account_id',
         a.account_id, 'data_clusters', a.data_clusters, 'nickname', a.nickname) ORDER BY a.position)
         FROM consent_accounts a WHERE a.consent_id = g.consent_id), '[]')
     FROM consent_grants g WHERE g.consent_id = " (consent_id: SqlUuid = Uuid) ""
}

statement! {
    /// Locks the row until the end of the transaction.
    Lock -> SqlUuid ;
    "SELECT consent_id FROM consent_grants WHERE consent_id = " (consent_id: SqlUuid = Uuid) " FOR UPDATE"
}

statement! {
    ListForUser -> GrantSql ;
    "SELECT g.consent_id, g.client_id, g.user_id, g.state, g.hold_until, g.ended_at, g.ended_by, g.ended_reason,
     g.created_at, g.updated_at, g.expires_at, g.consumed_from, g.duration_type, g.duration_days, g.lookback_days,
     g.scope, g.authentication, g.version, coalesce((SELECT jsonb_agg(jsonb_build_object('account_id',
         a.account_id, 'data_clusters', a.data_clusters, 'nickname', a.nickname) ORDER BY a.position)
         FROM consent_accounts a WHERE a.consent_id = g.consent_id), '[]')
     FROM consent_grants g, (SELECT " (user_id: Text = &'a str) "::text AS user_id, "
    (before_at: Nullable<Timestamptz> = Option<Instant>) "::timestamptz AS before_at, "
    (after_id: Nullable<SqlUuid> = Option<Uuid>) "::uuid AS after_id) p
     WHERE g.user_id = p.user_id AND (p.before_at IS NULL OR g.created_at < p.before_at
         OR (g.created_at = p.before_at AND g.consent_id > p.after_id))
     ORDER BY g.created_at DESC, g.consent_id LIMIT " (limit: Integer = i32) ""
}

statement! {
    Insert -> SqlUuid ;
    "INSERT INTO consent_grants (consent_id, client_id, user_id, state, created_at, updated_at, expires_at,
     duration_type, duration_days, lookback_days, scope, authentication, evidence) VALUES ("
    (consent_id: SqlUuid = Uuid) "," (client_id: Text = &'a str) "," (user_id: Text = &'a str) ", 'ACTIVE', "
    (created_at: Timestamptz = Instant) "," (updated_at: Timestamptz = Instant) ","
    (expires_at: Timestamptz = Instant) "," (duration_type: Text = String) "," (duration_days: Integer = i32) ","
    (lookback_days: Integer = i32) "," (scope: Text = String) "," (authentication: Jsonb = serde_json::Value) ","
    (evidence: Jsonb = &'a serde_json::Value) ") RETURNING consent_id"
}

statement! {
    InsertAccount -> Text ;
    "INSERT INTO consent_accounts (consent_id, account_id, position, data_clusters, nickname) VALUES ("
    (consent_id: SqlUuid = Uuid) "," (account_id: Text = &'a str) "," (position: Integer = i32) ","
    (data_clusters: Array<Text> = Vec<&'static str>) "," (nickname: Nullable<Text> = Option<&'a str>)
    ") RETURNING account_id"
}

statement! {
    /// Only the version that was read.
    SaveState -> Integer ;
    "UPDATE consent_grants SET version = version + 1, state = " (state: Text = String) ", hold_until = "
    (hold_until: Nullable<Timestamptz> = Option<Instant>) ", ended_at = "
    (ended_at: Nullable<Timestamptz> = Option<Instant>) ", ended_by = "
    (ended_by: Nullable<Text> = Option<String>) ", ended_reason = "
    (ended_reason: Nullable<Text> = Option<String>) ", updated_at = " (now: Timestamptz = Instant)
    " WHERE consent_id = " (consent_id: SqlUuid = Uuid) " AND version = " (version: Integer = i32)
    " RETURNING version"
}

statement! {
    /// One transaction at a time grants for a consumer and recipient; counts those that live.
    CountLiving -> BigInt ;
    "WITH pair AS MATERIALIZED (SELECT " (user_id: Text = &'a str) "::text AS user_id, "
    (client_id: Text = &'a str) "::text AS client_id, " (now: Timestamptz = Instant) "::timestamptz AS now)
     SELECT count(*) FROM consent_grants g JOIN pair ON g.user_id = pair.user_id AND g.client_id = pair.client_id
     WHERE g.state IN ('ACTIVE', 'ON_HOLD') AND g.expires_at > pair.now
       AND (g.consumed_from IS NULL OR g.consumed_from > pair.now)"
}

statement! {
    ListEnded -> SqlUuid ;
    "SELECT consent_id FROM consent_grants WHERE state IN ('ACTIVE', 'ON_HOLD')
       AND least(expires_at, consumed_from) <= " (now: Timestamptz = Instant)
    " ORDER BY least(expires_at, consumed_from) LIMIT " (limit: Integer = i32) ""
}

statement! {
    VoidTokens -> SqlUuid ;
    "UPDATE consent_grants SET tokens_void_before = " (now: Timestamptz = Instant) " WHERE consent_id = "
    (consent_id: SqlUuid = Uuid) " RETURNING consent_id"
}

fn grant(row: Row) -> Result<ConsentGrant, StoreError> {
    let (consent_id, client_id, user_id, state, instants, terms, rest, accounts) = row;
    let (state, hold_until, ended_at, ended_by, ended_reason) = state;
    let (created_at, updated_at, expires_at, consumed_from) = instants;
    let (duration_type, duration_days, lookback_days) = terms;
    let (scope, authentication, version) = rest;
    let days = |column, days: i32| u16::try_from(days).map_err(|_| TABLE.corrupt(column));
    let grant = ConsentGrant {
        id: ConsentId::from_uuid(consent_id),
        client_id: TABLE.parse("client_id", &client_id)?,
        user_id: TABLE.parse("user_id", &user_id)?,
        stored_state: StateColumns {
            state,
            hold_until,
            ended_at,
            ended_by,
            ended_reason,
        }
        .into_state()?,
        created_at,
        updated_at,
        expires_at,
        consumed_from,
        terms: Terms {
            duration_type: TABLE.word("duration_type", &duration_type)?,
            duration_days: days("duration_days", duration_days)?,
            lookback_days: days("lookback_days", lookback_days)?,
        },
        scopes: domain::Scopes::parse(&scope).map_err(|_| TABLE.corrupt("scope"))?,
        accounts: granted_accounts(accounts)?,
        authentication: TABLE.json("authentication", authentication)?,
        version,
    };
    Ok(grant)
}

/// The accounts of a grant, from the JSON that the statements build.
pub(crate) fn granted_accounts(json: serde_json::Value) -> Result<Vec<GrantedAccount>, StoreError> {
    #[derive(serde::Deserialize)]
    struct Account {
        account_id: String,
        data_clusters: Vec<String>,
        nickname: Option<String>,
    }
    ACCOUNTS
        .json::<Vec<Account>>("accounts", json)?
        .into_iter()
        .map(|account| {
            Ok(GrantedAccount {
                account_id: ACCOUNTS.parse("account_id", &account.account_id)?,
                data_clusters: data_clusters(&account.data_clusters)?.into_iter().collect(),
                nickname: account.nickname,
            })
        })
        .collect()
}

/// The grant of that id.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Option<ConsentGrant>, StoreError> {
    Find::new(consent_id.uuid())
        .get_result::<Row>(tx.connection)
        .optional()?
        .map(grant)
        .transpose()
}

/// The grant of that id, locked until the transaction ends.
///
/// # Errors
/// [`StoreError`].
pub fn lock(tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Option<ConsentGrant>, StoreError> {
    match Lock::new(consent_id.uuid())
        .get_result::<Uuid>(tx.connection)
        .optional()?
    {
        Some(_) => find(tx, consent_id),
        None => Ok(None),
    }
}

/// A consumer's grants, newest first, those after `after` (an instant of creation and an id).
///
/// # Errors
/// [`StoreError`].
pub fn list_for_user(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    after: Option<(Instant, ConsentId)>,
    limit: i32,
) -> Result<Vec<ConsentGrant>, StoreError> {
    let (before_at, after_id) = after.map(|(at, id)| (at, id.uuid())).unzip();
    ListForUser::new(user_id.as_str(), before_at, after_id, limit)
        .load::<Row>(tx.connection)?
        .into_iter()
        .map(grant)
        .collect()
}

/// Writes a new grant with its accounts. `evidence` is what the consent application reported of the decision.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &mut Tx<'_>, grant: &ConsentGrant, evidence: &serde_json::Value) -> Result<(), StoreError> {
    Insert::new(
        grant.id.uuid(),
        grant.client_id.as_str(),
        grant.user_id.as_str(),
        grant.created_at,
        grant.updated_at,
        grant.expires_at,
        word(&grant.terms.duration_type).unwrap_or_default(),
        grant.terms.duration_days.into(),
        grant.terms.lookback_days.into(),
        grant.scopes.to_string(),
        TABLE.to_json("authentication", &grant.authentication)?,
        evidence,
    )
    .get_result::<Uuid>(tx.connection)?;
    for (position, account) in (0..).zip(&grant.accounts) {
        let clusters = account
            .data_clusters
            .iter()
            .copied()
            .map(DataCluster::as_str)
            .collect();
        InsertAccount::new(
            grant.id.uuid(),
            account.account_id.as_str(),
            position,
            clusters,
            account.nickname.as_deref(),
        )
        .get_result::<String>(tx.connection)?;
    }
    Ok(())
}

/// Writes a new state over the version that was read. Returns whether that version was still there.
///
/// # Errors
/// [`StoreError`].
pub fn save_state(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    version: i32,
    state: &ConsentState,
    now: Instant,
) -> Result<bool, StoreError> {
    let columns = StateColumns::of(state);
    let saved = SaveState::new(
        columns.state,
        columns.hold_until,
        columns.ended_at,
        columns.ended_by,
        columns.ended_reason,
        now,
        consent_id.uuid(),
        version,
    )
    .get_result::<i32>(tx.connection)
    .optional()?;
    Ok(saved.is_some())
}

/// How many grants of this consumer with this recipient have not ended at `now`. In a serializable transaction
/// that then inserts one, two that race cannot both see the same number.
///
/// # Errors
/// [`StoreError`].
pub fn count_living(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    client_id: &ClientId,
    now: Instant,
) -> Result<i64, StoreError> {
    Ok(CountLiving::new(user_id.as_str(), client_id.as_str(), now).get_result(tx.connection)?)
}

/// Grants that time has ended and that still stand as living, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn list_ended(tx: &mut Tx<'_>, now: Instant, limit: i32) -> Result<Vec<ConsentId>, StoreError> {
    let ids = ListEnded::new(now, limit).load::<Uuid>(tx.connection)?;
    Ok(ids.into_iter().map(ConsentId::from_uuid).collect())
}

/// Kills every token of the grant that was issued up to `now`.
///
/// # Errors
/// [`StoreError`].
pub fn void_tokens(tx: &mut Tx<'_>, consent_id: ConsentId, now: Instant) -> Result<(), StoreError> {
    VoidTokens::new(now, consent_id.uuid()).get_result::<Uuid>(tx.connection)?;
    Ok(())
}
