//! External Resource Authentication API: how the bank's consent application decides for the consumer.
//!
//! The authorization endpoint lodges an *authentication resource* and sends the browser to the application with its
//! id. The application reads the resource ([`get_resource`]), signs the consumer in by its own means, lists what they
//! can share ([`list_accounts`]), shows what would leave ([`preview`]), and decides ([`patch_resource`]); the answer says where the browser goes next. The
//! rules of a decision are `lifecycle::decide`; this crate is their wire form.
//!
//! Callers are applications of the bank, by client credentials; they speak for any consumer, so what they report
//! (who signed in, when, how) is believed and kept, and what they ask beyond the request is refused (O01, O05).

mod accounts;
mod decision;
mod error;
mod evidence;
mod get_resource;
mod list_accounts;
mod patch_resource;
mod preview;
mod resource;

use http::Mount;

/// Registers the endpoints, each with its documentation.
pub fn routes(config: &mut impl Mount) {
    config
        .service(get_resource::get_resource)
        .service(patch_resource::patch_resource)
        .service(preview::preview_sharing)
        .service(list_accounts::list_accounts);
}
