//! What was asked about a consumer by name, and what the bank told: beside a grant, where anything was asked. What the
//! bank's record of them says is not kept here: it is read as it is.

use std::collections::BTreeSet;

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClaimsRequest, ClientId, ConsentId, IdentityClaims, Instant, Scopes, UserId, identity};
use uuid::Uuid;

use crate::{
    Tx,
    convert::Table,
    customers::{self, CustomerRecord},
    error::StoreError,
    grants,
    statement::statement,
};

const TABLE: Table = Table("consent_identities");

/// What a consumer agreed that a client may know of them.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// The grant.
    pub consent_id: ConsentId,
    /// Its scopes.
    pub scopes: Scopes,
    /// Claims that were asked by name.
    pub asked: ClaimsRequest,
    /// Claims that were told.
    pub told: IdentityClaims,
}

impl Agreed {
    /// The names of all claims that were asked, told or not.
    pub fn names(&self) -> BTreeSet<&str> {
        let mut names: BTreeSet<&str> = identity::claims_of_scopes(&self.scopes).into_iter().collect();
        names.extend(self.asked.for_userinfo());
        names.extend(self.asked.for_id_token());
        names
    }
}

statement! {
    Insert -> SqlUuid ;
    "INSERT INTO consent_identities (consent_id, asked, told) VALUES (" (consent_id: SqlUuid = Uuid) ","
    (asked: Jsonb = serde_json::Value) "," (told: Jsonb = serde_json::Value) ") RETURNING consent_id"
}

statement! {
    /// Each as it is now, or nothing.
    Find -> (Nullable<Jsonb>, Nullable<Jsonb>, Nullable<Jsonb>, Nullable<Jsonb>, Nullable<Timestamptz>) ;
    "SELECT i.asked, i.told, c.entity, c.claims, c.updated_at FROM consent_grants g
     LEFT JOIN consent_identities i ON i.consent_id = g.consent_id
     LEFT JOIN customers c ON c.user_id = g.user_id
     WHERE g.consent_id = " (consent_id: SqlUuid = Uuid) ""
}

statement! {
    /// Those that live, newest first.
    ListLiving -> (SqlUuid, Text, Nullable<Jsonb>, Nullable<Jsonb>) ;
    "SELECT g.consent_id, g.scope, i.asked, i.told
     FROM (SELECT " (user_id: Text = &'a str) "::text AS user_id, " (client_id: Text = &'a str)
    "::text AS client_id, " (now: Timestamptz = Instant) "::timestamptz AS now) p
     JOIN consent_grants g ON g.user_id = p.user_id AND g.client_id = p.client_id
     LEFT JOIN consent_identities i ON i.consent_id = g.consent_id
     WHERE g.state = 'ACTIVE' AND g.expires_at > p.now
       AND (g.consumed_from IS NULL OR g.consumed_from > p.now)
     ORDER BY g.created_at DESC, g.consent_id LIMIT " (limit: Integer = i32) ""
}

/// Keeps what was asked and told of a new grant.
///
/// # Errors
/// [`StoreError`].
pub fn insert(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    asked: &ClaimsRequest,
    told: &IdentityClaims,
) -> Result<(), StoreError> {
    let (asked, told) = (TABLE.to_json("asked", asked)?, TABLE.to_json("told", told)?);
    Insert::new(consent_id.uuid(), asked, told).get_result::<Uuid>(tx.connection)?;
    Ok(())
}

/// What a grant is about beside accounts: who its consumer is.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// Claims that were asked by name.
    pub asked: ClaimsRequest,
    /// Claims that the consent application told.
    pub told: IdentityClaims,
    /// The bank's record of the consumer, as it is now.
    pub record: Option<CustomerRecord>,
}

/// What was asked by name and told of that grant, and the record of its consumer; nothing where there is none.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Identity, StoreError> {
    type Json = Option<serde_json::Value>;
    let row = Find::new(consent_id.uuid())
        .get_result::<(Json, Json, Json, Json, Option<Instant>)>(tx.connection)
        .optional()?;
    let Some((asked, told, entity, claims, updated_at)) = row else {
        return Ok(Identity::default());
    };
    let record = match (entity, claims, updated_at) {
        (Some(entity), Some(claims), Some(updated_at)) => {
            Some(customers::record((entity, claims, updated_at))?)
        }
        _ => None,
    };
    Ok(Identity {
        asked: read("asked", asked)?,
        told: read("told", told)?,
        record,
    })
}

/// What the living grants of a consumer with a client allow to be told, newest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub fn list_living(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    client_id: &ClientId,
    now: Instant,
    limit: i32,
) -> Result<Vec<Agreed>, StoreError> {
    ListLiving::new(user_id.as_str(), client_id.as_str(), now, limit)
        .load::<(Uuid, String, Option<serde_json::Value>, Option<serde_json::Value>)>(tx.connection)?
        .into_iter()
        .map(|(consent_id, scope, asked, told)| {
            Ok(Agreed {
                consent_id: ConsentId::from_uuid(consent_id),
                scopes: Scopes::parse(&scope).map_err(|_| grants::TABLE.corrupt("scope"))?,
                asked: read("asked", asked)?,
                told: read("told", told)?,
            })
        })
        .collect()
}

fn read<T: serde::de::DeserializeOwned + Default>(
    column: &'static str,
    json: Option<serde_json::Value>,
) -> Result<T, StoreError> {
    json.map_or_else(|| Ok(T::default()), |json| TABLE.json(column, json))
}
