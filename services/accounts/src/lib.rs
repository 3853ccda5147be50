//! FDX core: accounts and what belongs to them, as far as the consent lets out.
//!
//! A request goes one way: [`endpoint`] reads parameters, [`source`] decides and reads in one statement, the
//! standing of token and grant is judged, [`disclose`] takes away what the grant does not cover, and what is
//! left is written once. [`import`] is how a bank's files come in.
//!
//! To add an endpoint: a file in `endpoint/` named after its operation, a line in [`routes`].

pub mod disclose;
mod endpoint;
pub mod import;
mod source;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the endpoints, each with its documentation, each also under its FDX path without `/core`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(endpoint::search_for_accounts::search_for_accounts)
        .service(endpoint::search_for_account_transactions::search_for_account_transactions)
        .service(endpoint::get_account_contact::get_account_contact)
        .service(endpoint::get_account_payment_networks::get_account_payment_networks)
        .service(endpoint::get_account_asset_transfer_networks::get_account_asset_transfer_networks)
        .service(endpoint::get_account::get_account);
}
