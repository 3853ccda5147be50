//! What others must hear: written in the transaction of the change itself, told later (see `fan_out.rs`).

use diesel::{
    RunQueryDsl,
    sql_types::{Jsonb, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, ConsentId, Instant};
use uuid::Uuid;

use crate::{Tx, error::StoreError, statement::statement};

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its id; stays the same however often it is delivered.
    pub event_id: Uuid,
    /// The grant that changed.
    pub consent_id: ConsentId,
    /// The recipient who may hear it.
    pub client_id: ClientId,
    /// Its FDX type, such as CONSENT_REVOKED.
    pub event_type: &'static str,
    /// What it says. Never a secret or an account number.
    pub payload: serde_json::Value,
}

statement! {
    Insert -> SqlUuid ;
    "INSERT INTO outbox (consent_id, event_id, client_id, event_type, payload, created_at) VALUES ("
    (consent_id: SqlUuid = Uuid) "," (event_id: SqlUuid = Uuid) "," (client_id: Text = &'a str) ","
    (event_type: Text = &'a str) "," (payload: Jsonb = &'a serde_json::Value) "," (now: Timestamptz = Instant)
    ") RETURNING event_id"
}

/// Puts an event in the outbox. The grant's row must be locked: the position that the row gets then follows those of the
/// grant's earlier events.
///
/// # Errors
/// [`StoreError`].
pub fn push(tx: &mut Tx<'_>, event: &Event, now: Instant) -> Result<(), StoreError> {
    Insert::new(
        event.consent_id.uuid(),
        event.event_id,
        event.client_id.as_str(),
        event.event_type,
        &event.payload,
        now,
    )
    .get_result::<Uuid>(tx.connection)?;
    Ok(())
}
