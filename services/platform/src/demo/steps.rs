//! The steps of the journey, in order.

pub(super) mod after_revocation;
pub(super) mod consent;
pub(super) mod discover;
pub(super) mod introspect;
pub(super) mod notified;
pub(super) mod push;
pub(super) mod read_accounts;
pub(super) mod read_transactions;
pub(super) mod redeem;
pub(super) mod refresh;
pub(super) mod revoke;
pub(super) mod subscribe;
pub(super) mod wrong_certificate;
