//! The portal as a client of the two solution APIs, as any bank's application would be.

mod client;
mod consents;
mod receipt;
mod resources;
mod shapes;
mod token;

pub(crate) use client::{Api, ApiError};
pub(crate) use consents::Change;
pub(crate) use receipt::{Claims, Content as ReceiptContent, Receipt, ReceiptAccount};
pub(crate) use resources::{Approval, ChosenAccount};
#[cfg(test)]
pub(crate) use shapes::NextPage;
pub(crate) use shapes::{
    Access, AccessPage, Account, ApprovalStatus, Approvals, Cluster, ConsentPage, HistoryEntry, Holder,
    Party, Preview, PreviewedAccount, PreviewedCluster, PreviewedMember, PreviewedTopic,
    PreviewedTransactions, RequestedConsent, Resource, ResourceStatus, Role, SharedAccount, Topic,
    UserConsent, UserConsentStatus,
};
