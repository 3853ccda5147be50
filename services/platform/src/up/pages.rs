//! The pages of the recipient's site: as plain as pages can be.

use serde_json::Value;

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:52rem;margin:3rem auto;padding:0 1rem}\
    table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc}\
    button{font:inherit;padding:.4rem 1rem}";

/// The first page.
pub(super) fn home(connected: bool) -> String {
    let more = if connected {
        "<p><a href=\"/accounts\">Your accounts</a></p>"
    } else {
        ""
    };
    frame(&format!(
        "<p>A fintech that would like to read your accounts, for trying the journey by hand.</p>\
         <form method=\"post\" action=\"/connect\"><button id=\"connect\">Connect my bank</button></form>{more}"
    ))
}

/// Something that the platform refused, in its own words.
pub(super) fn failed(why: &str) -> String {
    frame(&format!(
        "<p id=\"failure\">{}</p><p>After you stop sharing in the bank's dashboard, this is what a recipient gets.</p>\
         <p><a href=\"/\">Back</a></p>",
        escaped(why)
    ))
}

/// The accounts that the consumer chose.
pub(super) fn accounts(list: &Value) -> String {
    let rows: String = items(list, "accounts")
        .map(|account| {
            let id = text(account, &["accountId"]);
            format!(
                "<tr><td><a href=\"/accounts/{}\">{}</a></td><td>{}</td><td>{}</td></tr>",
                percent_encoded(&id),
                escaped(&text(account, &["nickname", "productName"])),
                escaped(&text(account, &["accountType"])),
                escaped(&text(account, &["accountNumberDisplay"])),
            )
        })
        .collect();
    frame(&format!(
        "<h2>Your accounts</h2><table>{rows}</table>\
         <form method=\"post\" action=\"/refresh\"><p><button id=\"refresh\">Refresh the access token</button></p></form>"
    ))
}

/// A year of an account, the newest fifty.
pub(super) fn transactions(list: &Value) -> String {
    let rows: String = items(list, "transactions")
        .map(|transaction| {
            let date = text(transaction, &["postedTimestamp", "transactionTimestamp"]);
            format!(
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                escaped(date.get(..10).unwrap_or_default()),
                escaped(&text(transaction, &["description"])),
                escaped(&text(transaction, &["debitCreditMemo"])),
                transaction
                    .get("amount")
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            )
        })
        .collect();
    frame(&format!(
        "<h2>Transactions</h2><table>{rows}</table><p><a href=\"/accounts\">Accounts</a></p>"
    ))
}

fn items<'a>(list: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    list.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The first of these members that is text.
fn text(value: &Value, names: &[&str]) -> String {
    names
        .iter()
        .find_map(|name| value.get(name).and_then(Value::as_str))
        .unwrap_or_default()
        .to_owned()
}

fn frame(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Budget Buddy</title><style>{STYLE}</style>\
         <body><h1>Budget Buddy</h1>{body}</body></html>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn percent_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_elsewhere_is_escaped() {
        let list = serde_json::json!({ "accounts": [{ "accountId": "a/b\"", "nickname": "<script>" }] });
        let page = accounts(&list);
        assert!(page.contains("&lt;script&gt;") && page.contains("/accounts/a%2Fb%22"));
        assert!(!page.contains("<script>"));
    }
}
