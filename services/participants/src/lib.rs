//! Participant User API: how the bank's dashboard shows a consumer what they share, and lets them end it.
//!
//! An endpoint a file: [`list_consents`], [`get_consent`], [`patch_consent`], [`revoke_consents`], [`list_accesses`],
//! [`list_receipts`]. Callers are applications of the bank, by client credentials. Every call names the consumer whom the
//! application signed in; a consent that does not concern them is as absent as one that never was (O08, O18). It concerns
//! who granted it, and who holds an account of it together with them: see [`role`].

mod access;
mod account;
mod change;
mod consent;
mod error;
mod get_consent;
mod history;
mod list_accesses;
mod list_consents;
mod list_receipts;
mod patch_consent;
mod read;
mod revoke_consents;
mod role;
mod status;
mod time;

use http::Mount;

/// Registers the endpoints, each with its documentation.
pub fn routes(config: &mut impl Mount) {
    config
        .service(list_consents::list_consents)
        .service(revoke_consents::revoke_consents)
        .service(get_consent::get_consent)
        .service(patch_consent::patch_consent)
        .service(list_accesses::list_accesses)
        .service(list_receipts::list_receipts);
}
