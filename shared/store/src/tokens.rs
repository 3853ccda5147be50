//! Access tokens one by one: revocation (RFC 7009).

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, Instant};
use uuid::Uuid;

use crate::{Tx, error::StoreError, standing::TokenRef, statement::statement};

statement! {
    Revoke -> SqlUuid ;
    "UPDATE access_tokens SET revoked_at = " (now: Timestamptz = Instant) " WHERE token_id = "
    (token_id: SqlUuid = Uuid) " AND issued_at = " (issued_at: Timestamptz = Instant) " AND client_id = "
    (client_id: Text = &'a str) " AND revoked_at IS NULL RETURNING token_id"
}

/// Revokes one token of that client. Returns whether this call did it.
///
/// # Errors
/// [`StoreError`].
pub fn revoke(
    tx: &mut Tx<'_>,
    token: TokenRef,
    client_id: &ClientId,
    now: Instant,
) -> Result<bool, StoreError> {
    let revoked = Revoke::new(now, token.token_id.uuid(), token.issued_at, client_id.as_str())
        .get_result::<Uuid>(tx.connection)
        .optional()?;
    Ok(revoked.is_some())
}
