//! What a code or a refresh token gives: the grant, as the tokens of it need to know it.

use diesel::sql_types::{Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::{
    ConsentId, Instant, Scopes, UserId,
    consent::{Authentication, GrantedAccount, Terms},
};
use uuid::Uuid;

use crate::{
    convert::Table,
    error::StoreError,
    grants::{self, granted_accounts},
};

/// What a redemption or a refresh gives.
#[derive(Debug, Clone)]
pub struct Given {
    /// The grant.
    pub consent_id: ConsentId,
    /// The consumer.
    pub user_id: UserId,
    /// What was agreed.
    pub terms: Terms,
    /// The scopes of the grant.
    pub scopes: Scopes,
    /// How the consumer was authenticated.
    pub authentication: Authentication,
    /// When the grant ends, and the refresh token with it.
    pub grant_expires_at: Instant,
    /// The accounts.
    pub accounts: Vec<GrantedAccount>,
    /// What the request said that tokens need to know.
    pub context: serde_json::Value,
}

/// Columns of [`Given`], all absent when nothing was given.
pub(crate) type GivenSql = (
    Nullable<SqlUuid>,
    Nullable<Text>,
    (Nullable<Text>, Nullable<Integer>, Nullable<Integer>),
    Nullable<Text>,
    Nullable<Jsonb>,
    Nullable<Timestamptz>,
    Nullable<Jsonb>,
    Nullable<Jsonb>,
);

/// As they come.
pub(crate) type GivenRow = (
    Option<Uuid>,
    Option<String>,
    (Option<String>, Option<i32>, Option<i32>),
    Option<String>,
    Option<serde_json::Value>,
    Option<Instant>,
    Option<serde_json::Value>,
    Option<serde_json::Value>,
);

/// `None` when nothing was given.
pub(crate) fn given(row: GivenRow) -> Result<Option<Given>, StoreError> {
    let table: Table = grants::TABLE;
    let (Some(consent_id), user_id, terms, scope, authentication, expires_at, context, accounts) = row else {
        return Ok(None);
    };
    let (Some(duration_type), Some(duration_days), Some(lookback_days)) = terms else {
        return Err(table.corrupt("duration_type"));
    };
    let days = |column, days: i32| u16::try_from(days).map_err(|_| table.corrupt(column));
    Ok(Some(Given {
        consent_id: ConsentId::from_uuid(consent_id),
        user_id: table.parse("user_id", &user_id.unwrap_or_default())?,
        terms: Terms {
            duration_type: table.word("duration_type", &duration_type)?,
            duration_days: days("duration_days", duration_days)?,
            lookback_days: days("lookback_days", lookback_days)?,
        },
        scopes: Scopes::parse(&scope.unwrap_or_default()).map_err(|_| table.corrupt("scope"))?,
        authentication: table.json("authentication", authentication.unwrap_or_default())?,
        grant_expires_at: expires_at.ok_or(table.corrupt("expires_at"))?,
        accounts: granted_accounts(accounts.unwrap_or_else(|| serde_json::Value::Array(vec![])))?,
        context: context.unwrap_or_default(),
    }))
}
