//! FDX consent: what a recipient may know of a consent, and how it ends one.
//!
//! Two kinds of token open it. One from a consumer's consent reaches that consent alone; one that the recipient got
//! for itself reaches every consent of that recipient, also those that have ended. A consent that is absent and one
//! that is another recipient's get the same answer (O08).

mod entity;
mod find;
mod get_consent;
mod get_receipts;
mod get_revocation;
mod revoke_consent;

use http::Mount;

/// Every endpoint of the consent API, documented.
pub fn routes(config: &mut impl Mount) {
    config
        .service(get_consent::get_consent)
        .service(get_revocation::get_consent_revocation)
        .service(get_receipts::get_consent_receipts)
        .service(revoke_consent::patch_consent_revocation)
        .service(revoke_consent::put_consent_revocation);
}
