//! A grant's row, and what it becomes.

use diesel::sql_types::{Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::{
    ConsentGrant, ConsentId, ConsentState, Instant,
    consent::{GrantedAccount, Terms},
};
use uuid::Uuid;

use super::{ACCOUNTS, TABLE};
use crate::{account_reads::data_clusters, error::StoreError};

/// The columns that hold a state, together.
pub(crate) struct StateColumns {
    pub(crate) state: String,
    pub(crate) hold_until: Option<Instant>,
    pub(crate) ended_at: Option<Instant>,
    pub(crate) ended_by: Option<String>,
    pub(crate) ended_reason: Option<String>,
}

impl StateColumns {
    pub(super) fn of(state: &ConsentState) -> Self {
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
pub(super) fn word<T: serde::Serialize>(value: &T) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Some(word),
        _ => None,
    }
}

/// The columns of a grant, in the order of the statements that read one whole.
pub(crate) type GrantSql = (
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
    (Nullable<SqlUuid>, Nullable<SqlUuid>),
    Jsonb,
);

/// As they come.
pub(crate) type Row = (
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
    (Option<Uuid>, Option<Uuid>),
    serde_json::Value,
);

/// The grant that a row holds.
pub(crate) fn grant(row: Row) -> Result<ConsentGrant, StoreError> {
    let (consent_id, client_id, user_id, state, instants, terms, rest, renewal, accounts) = row;
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
        supersedes: renewal.0.map(ConsentId::from_uuid),
        superseded_by: renewal.1.map(ConsentId::from_uuid),
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
        awaiting: u16,
    }
    ACCOUNTS
        .json::<Vec<Account>>("accounts", json)?
        .into_iter()
        .map(|account| {
            Ok(GrantedAccount {
                account_id: ACCOUNTS.parse("account_id", &account.account_id)?,
                data_clusters: data_clusters(&account.data_clusters)?.into_iter().collect(),
                nickname: account.nickname,
                awaiting: account.awaiting,
            })
        })
        .collect()
}
