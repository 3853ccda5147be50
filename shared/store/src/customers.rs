//! Who a consumer is to the bank, in the stored source: one row a consumer whose record was imported.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Bool, Jsonb, Text, Timestamptz},
};
use domain::{IdentityClaims, Instant, UserId, fdx::Customer};
use serde_json::Value;

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

const TABLE: Table = Table("customers");

/// The bank's record of a consumer. Personal: never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct CustomerRecord {
    /// As FDX words it.
    pub customer: Customer,
    /// What FDX has no words for.
    pub claims: IdentityClaims,
    /// When anything of it was last changed.
    pub updated_at: Instant,
}

impl std::fmt::Debug for CustomerRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerRecord").finish_non_exhaustive()
    }
}

/// What saving a record did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// There was none before.
    New,
    /// It was different before.
    Updated,
    /// It was so already.
    Unchanged,
}

pub(crate) type Row = (Value, Value, Instant);

statement! {
    Find -> (Jsonb, Jsonb, Timestamptz) ;
    "SELECT entity, claims, updated_at FROM customers WHERE user_id = " (user_id: Text = &'a str) ""
}

statement! {
    // A row comes back for what was inserted (xmax is 0, for no transaction has touched it before) or different.
    Save -> Bool ;
    "INSERT INTO customers AS c (user_id, entity, claims, updated_at) VALUES ("
    (user_id: Text = &'a str) "," (entity: Jsonb = Value) "," (claims: Jsonb = Value) "," (now: Timestamptz = Instant)
    ") ON CONFLICT (user_id) DO UPDATE SET entity = excluded.entity, claims = excluded.claims,
       updated_at = excluded.updated_at
     WHERE (c.entity, c.claims) IS DISTINCT FROM (excluded.entity, excluded.claims)
     RETURNING xmax = 0"
}

/// The record of a consumer; `None` for one whom the source does not know.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Option<CustomerRecord>, StoreError> {
    Find::new(user_id.as_str())
        .get_result::<Row>(tx.connection)
        .optional()?
        .map(record)
        .transpose()
}

/// Writes the record of a consumer in place of any before it.
///
/// # Errors
/// [`StoreError`].
pub fn save(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    (customer, claims): (&Customer, &IdentityClaims),
    now: Instant,
) -> Result<Saved, StoreError> {
    let (entity, claims) = (
        TABLE.to_json("entity", customer)?,
        TABLE.to_json("claims", claims)?,
    );
    let is_new = Save::new(user_id.as_str(), entity, claims, now)
        .get_result::<bool>(tx.connection)
        .optional()?;
    Ok(match is_new {
        Some(true) => Saved::New,
        Some(false) => Saved::Updated,
        None => Saved::Unchanged,
    })
}

pub(crate) fn record((entity, claims, updated_at): Row) -> Result<CustomerRecord, StoreError> {
    Ok(CustomerRecord {
        customer: TABLE.json("entity", entity)?,
        claims: TABLE.json("claims", claims)?,
        updated_at,
    })
}
