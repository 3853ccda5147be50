//! The portal as a client of the two solution APIs, as any bank's application would be.

mod client;
mod consents;
mod resources;
mod shapes;
mod token;

pub(crate) use client::{Api, ApiError};
pub(crate) use consents::Change;
pub(crate) use resources::Approval;
pub(crate) use shapes::{
    Account, Cluster, ConsentPage, HistoryEntry, Party, RequestedConsent, Resource, ResourceStatus,
    SharedAccount, UserConsent, UserConsentStatus,
};
