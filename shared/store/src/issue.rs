//! Issues access tokens that belong to no grant, for all that wait in one statement: [`outright`] to clients whose certificate or
//! secret proves them, [`spending`] to those that spend an assertion.
//!
//! Both also compare the version of the client with the one that its proof was checked
//! against, so a client may be remembered between requests without a change of it being missed.

pub(crate) mod outright;
pub(crate) mod spending;

use chrono::NaiveDate;
use diesel::{
    RunQueryDsl,
    sql_types::{Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid},
};
use domain::{ClientId, Instant, TokenId};
use uuid::Uuid;

use crate::{Tx, error::StoreError, statement::statement};

/// An id that may be used once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spend {
    /// First half of the SHA-256 of purpose, client and id: what has the same meaning has the same value.
    pub spent_id: Uuid,
    /// The day on which the object that carries it expires.
    pub ends_on: NaiveDate,
}

/// A client as it was when its proof was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenClient {
    /// Which.
    pub client_id: ClientId,
    /// The version of its registration.
    pub version: i32,
    /// What its proof spends: the jti of its assertion.
    pub spend: Option<Spend>,
}

/// A token to be issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// To whom.
    pub client: ProvenClient,
    /// Its id.
    pub token_id: TokenId,
    /// Whole seconds.
    pub issued_at: Instant,
    /// Whole seconds.
    pub expires_at: Instant,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issued {
    /// The row is committed: the token may leave.
    Issued,
    /// The client was changed or disabled since its proof was checked.
    ClientChanged,
    /// The id was spent before.
    Replayed,
}

statement! {
    /// Answers (client stands, id is ours).
    ProveOne -> (Bool, Bool) ;
    "WITH new AS (SELECT " (client_id: Text = &'a str) "::text AS client_id, " (version: Integer = i32)
    "::integer AS version, " (spent_id: Nullable<SqlUuid> = Option<Uuid>) "::uuid AS spent_id, "
    (ends_on: Nullable<Date> = Option<NaiveDate>) "::date AS ends_on, " (spent_by: SqlUuid = Uuid)
    "::uuid AS spent_by),
    standing AS (SELECT new.* FROM new JOIN clients c
        ON c.client_id = new.client_id AND c.version = new.version AND c.status = 'APPROVED'),
    spent AS (INSERT INTO spent_ids (spent_id, ends_on, spent_by)
        SELECT spent_id, ends_on, spent_by FROM standing WHERE spent_id IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING spent_by),
    ours AS (SELECT 1 FROM spent
        UNION ALL SELECT 1 FROM standing JOIN spent_ids s ON s.spent_id = standing.spent_id
            AND s.ends_on = standing.ends_on AND s.spent_by = standing.spent_by
        UNION ALL SELECT 1 FROM standing WHERE spent_id IS NULL)
    SELECT EXISTS (SELECT 1 FROM standing), EXISTS (SELECT 1 FROM ours)"
}

/// Spends the proof of a client that asks for something which writes no token: introspection, revocation. `spent_by`
/// names this request.
///
/// # Errors
/// [`StoreError`].
pub fn prove(tx: &mut Tx<'_>, client: &ProvenClient, spent_by: Uuid) -> Result<Issued, StoreError> {
    let (stands, ours) = ProveOne::new(
        client.client_id.as_str(),
        client.version,
        client.spend.map(|spend| spend.spent_id),
        client.spend.map(|spend| spend.ends_on),
        spent_by,
    )
    .get_result::<(bool, bool)>(tx.connection)?;
    Ok(match (stands, ours) {
        (true, true) => Issued::Issued,
        (true, false) => Issued::Replayed,
        (false, _) => Issued::ClientChanged,
    })
}
