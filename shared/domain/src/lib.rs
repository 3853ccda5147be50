//! Words, typed ids, states and rules. Nothing here reads a clock, a file or a socket.
//!
//! Where to go: ids in [`id`]; what is asked and granted in [`cluster`], [`scope`], [`consent`] and
//! [`authorization_details`], within the bank's [`policy`]; what a client may do in [`client`] and [`profile`]; who a consumer
//! is in [`identity`]; what is told of a change in [`notification`]; FDX entities in [`fdx`].

pub mod account_summary;
pub mod authorization_details;
pub mod client;
pub mod clock;
pub mod cluster;
pub mod consent;
pub mod fdx;
pub mod id;
pub mod identity;
pub mod notification;
pub mod party;
pub mod policy;
pub mod profile;
pub mod readable;
pub mod scope;

pub use account_summary::AccountSummary;
pub use authorization_details::AuthorizationDetails;
pub use client::{Client, ClientStatus};
pub use clock::{Clock, Instant, Random};
pub use cluster::DataCluster;
pub use consent::{ConsentGrant, ConsentState};
pub use id::{AccountId, ClientId, ConsentId, ResourceId, TokenId, TransactionId, UserId};
pub use identity::{ClaimsRequest, IdentityClaims};
pub use party::Party;
pub use profile::Profile;
pub use scope::{Scope, Scopes};
