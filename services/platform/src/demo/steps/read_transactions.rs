//! The recipient reads two pages of transactions, and asks further back than the consent goes.

use serde_json::Value;
use url::Url;

use super::redeem::Tokens;
use crate::{
    demo::Cast,
    recipient::{Answer, Failure},
};

/// Transactions a page.
const LIMIT: &str = "10";

pub(in crate::demo) async fn run(
    cast: &mut Cast<'_>,
    tokens: &Tokens,
    account_id: &str,
) -> Result<(), Failure> {
    cast.narrator.step("It reads two pages of transactions");
    let url = format!("{}/core/accounts/{account_id}/transactions", cast.stage.facts.fdx);
    let today = cast.recipient.now().date_naive();
    let (start, end) = (
        (today - chrono::Duration::days(700)).to_string(),
        today.to_string(),
    );
    let window = [
        ("startDate", start.as_str()),
        ("endDate", end.as_str()),
        ("limit", LIMIT),
    ];

    let first = page(cast, tokens, &url, &window).await?;
    let first_ids = ids(&first);
    let key = next_page_key(&first).ok_or_else(|| Failure::new("there is no second page"))?;
    cast.check(
        first_ids.len() == 10,
        "ten transactions and a sealed cursor for the next page",
    )?;

    let mut next = window.to_vec();
    next.push(("pageKey", key.as_str()));
    let second = page(cast, tokens, &url, &next).await?;
    let second_ids = ids(&second);
    let disjoint = !second_ids.is_empty() && second_ids.iter().all(|id| !first_ids.contains(id));
    cast.check(
        disjoint,
        &format!("{} others on the second page", second_ids.len()),
    )?;

    let start = (today - chrono::Duration::days(800)).to_string();
    let answer = get(
        cast,
        tokens,
        &url,
        &[("startDate", start.as_str()), ("endDate", end.as_str())],
    )
    .await?;
    cast.narrator
        .exchanged("GET", &url, answer.status, "further back than the consent goes");
    let code = answer.expect(400)?.text("code")?;
    cast.check(code == "703", "refused: FDX error 703")
}

async fn page(
    cast: &mut Cast<'_>,
    tokens: &Tokens,
    url: &str,
    query: &[(&str, &str)],
) -> Result<Answer, Failure> {
    let answer = get(cast, tokens, url, query).await?;
    cast.narrator.exchanged("GET", url, answer.status, "");
    answer.expect(200)
}

async fn get(cast: &Cast<'_>, tokens: &Tokens, url: &str, query: &[(&str, &str)]) -> Result<Answer, Failure> {
    let url =
        Url::parse_with_params(url, query).map_err(|_| Failure::new("the account's id makes no URL"))?;
    cast.recipient.get(url.as_str(), Some(&tokens.access_token)).await
}

fn next_page_key(answer: &Answer) -> Option<String> {
    answer
        .body
        .pointer("/page/nextPageKey")
        .and_then(Value::as_str)
        .map(str::to_owned)
}

/// Each transaction is wrapped in its category, or bears it: either way its id is found.
fn ids(answer: &Answer) -> Vec<String> {
    let transactions = answer.body.get("transactions").and_then(Value::as_array);
    let id = |transaction: &Value| {
        let own = transaction.get("transactionId").and_then(Value::as_str);
        let wrapped = || {
            let mut members = transaction.as_object()?.values();
            members.find_map(|member| member.get("transactionId")?.as_str())
        };
        own.or_else(wrapped).map(str::to_owned)
    };
    transactions.into_iter().flatten().filter_map(id).collect()
}
