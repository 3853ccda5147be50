//! Consumers whom the reference consent application signs in.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{BigInt, Binary, Nullable, Text, Timestamptz},
};
use domain::{Instant, UserId};

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

/// A consumer who can sign in at the reference portal.
#[derive(Clone)]
pub struct User {
    /// As the bank names them.
    pub user_id: UserId,
    /// What they type.
    pub username: String,
    /// How the page greets them.
    pub display_name: String,
    /// argon2id, PHC string.
    pub password_hash: String,
    /// The secret of their one-time codes (RFC 6238), sealed; without one the password is enough.
    pub totp_secret_sealed: Option<Vec<u8>>,
}

type Row = (String, String, String, String, Option<Vec<u8>>);

statement! {
    FindById -> (Text, Text, Text, Text, Nullable<Binary>) ;
    "SELECT user_id, username, display_name, password_hash, totp_secret_sealed FROM users WHERE user_id = "
    (user_id: Text = &'a str) ""
}

statement! {
    FindByUsername -> (Text, Text, Text, Text, Nullable<Binary>) ;
    "SELECT user_id, username, display_name, password_hash, totp_secret_sealed FROM users WHERE username = "
    (username: Text = &'a str) ""
}

statement! {
    // A new secret begins with no step spent; the same one keeps what was spent.
    Save -> Text ;
    "INSERT INTO users (user_id, username, display_name, password_hash, totp_secret_sealed, created_at) VALUES ("
    (user_id: Text = &'a str) "," (username: Text = &'a str) "," (display_name: Text = &'a str) ","
    (password_hash: Text = &'a str) "," (totp_secret_sealed: Nullable<Binary> = Option<&'a [u8]>) ","
    (now: Timestamptz = Instant)
    ") ON CONFLICT (user_id) DO UPDATE SET username = excluded.username, display_name = excluded.display_name,
     password_hash = excluded.password_hash, totp_secret_sealed = excluded.totp_secret_sealed,
     totp_last_step = CASE WHEN users.totp_secret_sealed = excluded.totp_secret_sealed THEN users.totp_last_step END
     RETURNING user_id"
}

statement! {
    Spend -> Text ;
    "UPDATE users SET totp_last_step = " (step: BigInt = i64) " WHERE user_id = " (user_id: Text = &'a str)
    " AND totp_secret_sealed = " (totp_secret_sealed: Binary = &'a [u8])
    " AND (totp_last_step IS NULL OR totp_last_step < " (later_than: BigInt = i64) ") RETURNING user_id"
}

/// The user of that name.
///
/// # Errors
/// [`StoreError`].
pub fn find_by_username(tx: &mut Tx<'_>, username: &str) -> Result<Option<User>, StoreError> {
    let row = FindByUsername::new(username)
        .get_result::<Row>(tx.connection)
        .optional()?;
    row.map(user).transpose()
}

/// The user of that id.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Option<User>, StoreError> {
    let row = FindById::new(user_id.as_str())
        .get_result::<Row>(tx.connection)
        .optional()?;
    row.map(user).transpose()
}

fn user(row: Row) -> Result<User, StoreError> {
    let (user_id, username, display_name, password_hash, totp_secret_sealed) = row;
    Ok(User {
        user_id: Table("users").parse("user_id", &user_id)?,
        username,
        display_name,
        password_hash,
        totp_secret_sealed,
    })
}

/// Adds a user, or changes the one of that id.
///
/// # Errors
/// [`StoreError`].
pub fn save(tx: &mut Tx<'_>, user: &User, now: Instant) -> Result<(), StoreError> {
    Save::new(
        user.user_id.as_str(),
        &user.username,
        &user.display_name,
        &user.password_hash,
        user.totp_secret_sealed.as_deref(),
        now,
    )
    .get_result::<String>(tx.connection)?;
    Ok(())
}

/// Spends the one-time code of a time step, under the secret that it was checked with. False when that step or a later
/// one was spent before, or the secret has changed: a code works once (RFC6238-5.2), also for fifty at the same moment.
///
/// # Errors
/// [`StoreError`].
pub fn spend_totp_step(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    totp_secret_sealed: &[u8],
    step: i64,
) -> Result<bool, StoreError> {
    let spent = Spend::new(step, user_id.as_str(), totp_secret_sealed, step)
        .get_result::<String>(tx.connection)
        .optional()?;
    Ok(spent.is_some())
}
