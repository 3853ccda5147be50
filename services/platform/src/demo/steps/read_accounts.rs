//! The recipient reads the list of accounts and one of them.

use serde_json::Value;

use super::redeem::Tokens;
use crate::{demo::Cast, recipient::Failure};

/// Gives the id of the account with which the journey goes on.
pub(in crate::demo) async fn run(cast: &mut Cast<'_>, tokens: &Tokens) -> Result<String, Failure> {
    cast.narrator
        .step("It reads the accounts that the consumer chose");
    let url = format!("{}/core/accounts", cast.stage.facts.fdx);
    let answer = cast.recipient.get(&url, Some(&tokens.access_token)).await?;
    cast.narrator
        .exchanged("GET", &url, answer.status, "certificate-bound token");
    let answer = answer.expect(200)?;
    let interaction = answer.interaction_id.is_some();
    cast.check(interaction, "the answer echoes x-fapi-interaction-id")?;
    let accounts = answer
        .body
        .get("accounts")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let described = accounts.iter().filter_map(describe).collect::<Vec<_>>();
    for line in &described {
        cast.narrator.line(&format!("       {line}"));
    }
    cast.check(
        !described.is_empty(),
        &format!("{} accounts, as consented", described.len()),
    )?;
    let unmasked = accounts
        .iter()
        .any(|account| account.get("accountNumber").is_some());
    cast.check(!unmasked, "no account number: PAYMENT_SUPPORT was not asked")?;

    let account_id = accounts
        .iter()
        .find(|account| account.get("accountCategory").and_then(Value::as_str) == Some("DEPOSIT_ACCOUNT"))
        .or_else(|| accounts.first())
        .and_then(|account| account.get("accountId"))
        .and_then(Value::as_str)
        .ok_or_else(|| Failure::new("an account has no accountId"))?
        .to_owned();
    let url = format!("{url}/{account_id}");
    let answer = cast.recipient.get(&url, Some(&tokens.access_token)).await?;
    cast.narrator.exchanged("GET", &url, answer.status, "");
    let balance = answer.expect(200)?.body.get("currentBalance").cloned();
    cast.check(balance.is_some(), "ACCOUNT_DETAILED lets the balance out")?;
    Ok(account_id)
}

fn describe(account: &Value) -> Option<String> {
    let text = |name: &str| account.get(name).and_then(Value::as_str);
    Some(format!(
        "{:<24} {:<22} {}",
        text("nickname").or(text("productName"))?,
        text("accountType").or(text("accountCategory"))?,
        text("accountNumberDisplay").unwrap_or_default(),
    ))
}
