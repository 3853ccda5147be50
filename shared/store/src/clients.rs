//! Registered clients.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Integer, Jsonb, Nullable, Text, Timestamptz},
};
use domain::{Client, ClientId, ClientStatus, Instant, client::ClientMetadata};

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

const TABLE: Table = Table("clients");

statement! {
    Find -> (Text, Integer, Text, Jsonb, Nullable<Text>) ;
    "SELECT client_id, version, status, metadata, secret_hash FROM clients WHERE client_id = "
    (client_id: Text = &'a str) ""
}

statement! {
    List -> (Text, Integer, Text, Jsonb, Nullable<Text>) ;
    "SELECT client_id, version, status, metadata, secret_hash FROM clients WHERE client_id > "
    (after: Text = &'a str) " ORDER BY client_id LIMIT " (limit: Integer = i32) ""
}

statement! {
    /// Registers, or changes what is registered; either way the version is a new one.
    Save -> Integer ;
    "INSERT INTO clients (client_id, status, metadata, secret_hash, created_at, updated_at)
     SELECT client_id, 'APPROVED', metadata, secret_hash, now, now
     FROM (SELECT " (client_id: Text = &'a str) "::text AS client_id, "
    (metadata: Jsonb = serde_json::Value) "::jsonb AS metadata, " (secret_hash: Nullable<Text> = Option<&'a str>)
    "::text AS secret_hash, " (now: Timestamptz = Instant) "::timestamptz AS now) new
     ON CONFLICT (client_id) DO UPDATE SET version = clients.version + 1, metadata = excluded.metadata,
        secret_hash = excluded.secret_hash, updated_at = excluded.updated_at
     RETURNING version"
}

statement! {
    SetStatus -> Integer ;
    "UPDATE clients SET version = version + 1, status = " (status: Text = &'a str)
    ", updated_at = " (now: Timestamptz = Instant) " WHERE client_id = " (client_id: Text = &'a str)
    " RETURNING version"
}

type Row = (String, i32, String, serde_json::Value, Option<String>);

fn client((client_id, version, status, metadata, secret_hash): Row) -> Result<Client, StoreError> {
    Ok(Client {
        client_id: TABLE.parse("client_id", &client_id)?,
        version,
        status: TABLE.word("status", &status)?,
        metadata: TABLE.json("metadata", metadata)?,
        secret_hash,
    })
}

/// The client of that id, disabled or not.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx<'_>, client_id: &ClientId) -> Result<Option<Client>, StoreError> {
    Find::new(client_id.as_str())
        .get_result::<Row>(tx.connection)
        .optional()?
        .map(client)
        .transpose()
}

/// The first `limit` clients whose ids come after `after`, in the order of their ids.
///
/// # Errors
/// [`StoreError`].
pub fn list(tx: &mut Tx<'_>, after: Option<&ClientId>, limit: i32) -> Result<Vec<Client>, StoreError> {
    let after = after.map_or("", ClientId::as_str);
    List::new(after, limit)
        .load::<Row>(tx.connection)?
        .into_iter()
        .map(client)
        .collect()
}

/// Registers a client, or replaces what it registered. `secret_hash` is an argon2id PHC string.
///
/// # Errors
/// [`StoreError`].
pub fn save(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    metadata: &ClientMetadata,
    secret_hash: Option<&str>,
    now: Instant,
) -> Result<i32, StoreError> {
    let metadata = TABLE.to_json("metadata", metadata)?;
    Ok(Save::new(client_id.as_str(), metadata, secret_hash, now).get_result(tx.connection)?)
}

/// Approves or disables a client. Returns whether there is one of that id.
///
/// # Errors
/// [`StoreError`].
pub fn set_status(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    status: ClientStatus,
    now: Instant,
) -> Result<bool, StoreError> {
    let version = SetStatus::new(status.as_str(), now, client_id.as_str())
        .get_result::<i32>(tx.connection)
        .optional()?;
    Ok(version.is_some())
}
