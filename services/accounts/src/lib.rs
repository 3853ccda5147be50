//! FDX core: accounts and what belongs to them, as far as the consent lets out.
//!
//! A request goes one way: `endpoint` reads parameters, `source` decides and reads in one statement, the
//! standing of token and grant is judged, [`disclosure`] takes away what the grant does not cover, and what is
//! left is written once. [`import`] is how a bank's files come in.
//!
//! To add an endpoint: a file in `endpoint/` named after its operation, a line in [`routes`].

mod endpoint;
pub mod import;
mod source;

use disclosure as disclose;
use http::Mount;

/// Registers the endpoints, each with its documentation, each also under its FDX path without `/core`.
pub fn routes(config: &mut impl Mount) {
    config
        .service(endpoint::search_for_accounts::search_for_accounts)
        .service(endpoint::search_for_account_transactions::search_for_account_transactions)
        .service(endpoint::get_account_contact::get_account_contact)
        .service(endpoint::get_account_payment_networks::get_account_payment_networks)
        .service(endpoint::get_account_asset_transfer_networks::get_account_asset_transfer_networks)
        .service(endpoint::get_account::get_account);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;
    use utoipa_actix_web::AppExt;

    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref") {
                    found.insert(reference.clone());
                }
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn the_document_is_whole() {
        let (_, document) = actix_web::App::new()
            .into_utoipa_app()
            .configure(|config| super::routes(config))
            .split_for_parts();
        let document = serde_json::to_value(document).unwrap();
        assert_eq!(document["paths"].as_object().unwrap().len(), 6);
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        assert!(found.len() > 50);
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        let deposit = &document["components"]["schemas"]["DepositAccount"];
        assert_eq!(
            deposit["properties"]["currentBalance"]["$ref"],
            "#/components/schemas/Amount"
        );
    }
}
