//! Who holds which account of the stored source.

use diesel::{
    RunQueryDsl,
    sql_types::{Array, BigInt, Jsonb, Text},
};
use domain::{AccountId, UserId};

use crate::{Tx, convert::Table, error::StoreError, statement::statement};

statement! {
    CountHeld -> BigInt ;
    "SELECT count(DISTINCT account_id) FROM account_holders WHERE user_id = " (user_id: Text = &'a str)
    " AND account_id = ANY(" (account_ids: Array<Text> = Vec<&'a str>) ")"
}

statement! {
    List -> (Text, Jsonb) ;
    "SELECT a.account_id, a.entity FROM account_holders h JOIN accounts a USING (account_id) WHERE h.user_id = "
    (user_id: Text = &'a str) " ORDER BY a.category, a.account_id LIMIT 200"
}

/// Whether that user holds every one of those accounts.
///
/// # Errors
/// [`StoreError`].
pub fn holds_all(tx: &mut Tx<'_>, user_id: &UserId, account_ids: &[&AccountId]) -> Result<bool, StoreError> {
    if account_ids.is_empty() {
        return Ok(true);
    }
    let ids: Vec<_> = account_ids.iter().map(|id| id.as_str()).collect();
    let held = CountHeld::new(user_id.as_str(), ids).get_result::<i64>(tx.connection)?;
    Ok(usize::try_from(held).is_ok_and(|held| held == account_ids.len()))
}

/// The accounts that a user holds, with their entities as stored; at most 200.
///
/// # Errors
/// [`StoreError`].
pub fn list_accounts(
    tx: &mut Tx<'_>,
    user_id: &UserId,
) -> Result<Vec<(AccountId, serde_json::Value)>, StoreError> {
    List::new(user_id.as_str())
        .load::<(String, serde_json::Value)>(tx.connection)?
        .into_iter()
        .map(|(id, entity)| Ok((Table("accounts").parse("account_id", &id)?, entity)))
        .collect()
}
