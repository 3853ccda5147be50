//! The platform's signing keys, their private parts sealed.

use diesel::{
    RunQueryDsl,
    sql_types::{Binary, Bool, Nullable, Text, Timestamptz},
};
use domain::Instant;

use crate::{Tx, error::StoreError, statement::statement};

/// One key as its row stands.
#[derive(Clone, diesel::Queryable)]
pub struct KeyRow {
    /// Names it in every header that it signs.
    pub kid: String,
    /// ES256, PS256 or RS256.
    pub algorithm: String,
    /// PKCS#8, sealed.
    pub sealed_private_key: Vec<u8>,
    /// From when on it signs; published before.
    pub active_from: Instant,
    /// Until when it signs.
    pub signs_until: Option<Instant>,
    /// Until when it is published, so that what it signed can be checked.
    pub published_until: Option<Instant>,
}

statement! {
    List -> (Text, Text, Binary, Timestamptz, Nullable<Timestamptz>, Nullable<Timestamptz>) ;
    "SELECT kid, algorithm, sealed_private_key, active_from, signs_until, published_until FROM signing_keys
     WHERE published_until IS NULL OR published_until > " (now: Timestamptz = Instant) " ORDER BY active_from, kid"
}

statement! {
    Insert -> Text ;
    "INSERT INTO signing_keys (kid, algorithm, sealed_private_key, created_at, active_from) VALUES ("
    (kid: Text = &'a str) "," (algorithm: Text = &'a str) "," (sealed: Binary = &'a [u8]) ","
    (now: Timestamptz = Instant) "," (active_from: Timestamptz = Instant) ") RETURNING kid"
}

statement! {
    /// Ends the keys of an algorithm that sign now, all but one.
    Retire -> Text ;
    "UPDATE signing_keys SET signs_until = " (signs_until: Timestamptz = Instant) ", published_until = "
    (published_until: Timestamptz = Instant) " WHERE algorithm = " (algorithm: Text = &'a str)
    " AND signs_until IS NULL AND kid <> " (except: Text = &'a str) " RETURNING kid"
}

statement! {
    /// One replica at a time makes or rotates keys.
    Lock -> Bool ;
    "SELECT pg_advisory_xact_lock(7165034992) IS NOT NULL OR " (yes: Bool = bool) ""
}

/// All keys that are published at `now`.
///
/// # Errors
/// [`StoreError`].
pub fn list(tx: &mut Tx<'_>, now: Instant) -> Result<Vec<KeyRow>, StoreError> {
    Ok(List::new(now).load(tx.connection)?)
}

/// Adds a key. `row.signs_until` and `row.published_until` are not looked at: a new key has no end.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &mut Tx<'_>, row: &KeyRow, now: Instant) -> Result<(), StoreError> {
    Insert::new(
        &row.kid,
        &row.algorithm,
        &row.sealed_private_key,
        now,
        row.active_from,
    )
    .get_result::<String>(tx.connection)?;
    Ok(())
}

/// Ends all keys of `algorithm` but `except`: they stop signing and, later, being published. Returns their kids.
///
/// # Errors
/// [`StoreError`].
pub fn retire(
    tx: &mut Tx<'_>,
    algorithm: &str,
    except: &str,
    signs_until: Instant,
    published_until: Instant,
) -> Result<Vec<String>, StoreError> {
    Ok(Retire::new(signs_until, published_until, algorithm, except).load(tx.connection)?)
}

/// Waits until no other transaction makes or rotates keys.
///
/// # Errors
/// [`StoreError`].
pub fn lock(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    Lock::new(true).get_result::<bool>(tx.connection)?;
    Ok(())
}
