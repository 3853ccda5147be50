//! Participant User API: how the bank's dashboard shows a consumer what they share, and lets them end it.
//!
//! Three endpoints, each in a file of its own: [`list_consents`], [`get_consent`], [`patch_consent`]. Callers are
//! applications of the bank, by client credentials. Every call names the consumer whom the application signed in;
//! a consent of another consumer is as absent as one that never was (O08, O18).

mod change;
mod consent;
mod error;
mod get_consent;
mod history;
mod list_consents;
mod patch_consent;
mod read;

use http::Mount;

/// Registers the endpoints, each with its documentation.
pub fn routes(config: &mut impl Mount) {
    config
        .service(list_consents::list_consents)
        .service(get_consent::get_consent)
        .service(patch_consent::patch_consent);
}
