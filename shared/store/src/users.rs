//! Consumers whom the reference consent application signs in.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{Text, Timestamptz},
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
}

statement! {
    Find -> (Text, Text, Text, Text) ;
    "SELECT user_id, username, display_name, password_hash FROM users WHERE username = "
    (username: Text = &'a str) ""
}

statement! {
    Save -> Text ;
    "INSERT INTO users (user_id, username, display_name, password_hash, created_at) VALUES ("
    (user_id: Text = &'a str) "," (username: Text = &'a str) "," (display_name: Text = &'a str) ","
    (password_hash: Text = &'a str) "," (now: Timestamptz = Instant)
    ") ON CONFLICT (user_id) DO UPDATE SET username = excluded.username, display_name = excluded.display_name,
     password_hash = excluded.password_hash RETURNING user_id"
}

/// The user of that name.
///
/// # Errors
/// [`StoreError`].
pub fn find_by_username(tx: &mut Tx<'_>, username: &str) -> Result<Option<User>, StoreError> {
    let row = Find::new(username)
        .get_result::<(String, String, String, String)>(tx.connection)
        .optional()?;
    row.map(|(user_id, username, display_name, password_hash)| {
        let user_id = Table("users").parse("user_id", &user_id)?;
        Ok(User {
            user_id,
            username,
            display_name,
            password_hash,
        })
    })
    .transpose()
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
        now,
    )
    .get_result::<String>(tx.connection)?;
    Ok(())
}
