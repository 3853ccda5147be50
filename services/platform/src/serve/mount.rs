//! Which service is mounted on which listener.

use clap::ValueEnum;
use http::{Listener, Mount};

/// A service, as `concordat serve SERVICE...` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Service {
    /// The FAPI authorization server.
    Authorization,
    /// FDX core: accounts and what belongs to them.
    Accounts,
    /// FDX consent and revocation.
    Consents,
    /// FDX events, and their delivery.
    Notifications,
    /// For the bank's consent application.
    ExternalAuth,
    /// For the bank's consumer dashboard.
    Participants,
    /// The reference consent application and dashboard.
    Portal,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 7] = [
        Self::Authorization,
        Self::Accounts,
        Self::Consents,
        Self::Notifications,
        Self::ExternalAuth,
        Self::Participants,
        Self::Portal,
    ];

    /// The services that have an API, and so a document.
    pub const DOCUMENTED: [Self; 6] = [
        Self::Authorization,
        Self::Accounts,
        Self::Consents,
        Self::Notifications,
        Self::ExternalAuth,
        Self::Participants,
    ];

    /// Its name on the command line, in `/docs` and in `openapi/`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Accounts => "accounts",
            Self::Consents => "consents",
            Self::Notifications => "notifications",
            Self::ExternalAuth => "external-auth",
            Self::Participants => "participants",
            Self::Portal => "portal",
        }
    }

    /// Whether the listener serves it. The FDX APIs are on the public one too, and answer there as to a caller without a
    /// certificate: a recipient at the wrong address learns what is wrong (M10).
    pub(super) const fn is_on(self, listener: Listener) -> bool {
        match self {
            Self::Authorization | Self::Accounts | Self::Consents | Self::Notifications => true,
            Self::ExternalAuth | Self::Participants | Self::Portal => matches!(listener, Listener::Public),
        }
    }

    /// Registers its documented endpoints.
    pub(super) fn routes(self, config: &mut impl Mount) {
        match self {
            Self::Authorization => authorization::routes(config),
            Self::Accounts => accounts::routes(config),
            Self::Consents => consents::routes(config),
            Self::Notifications => notifications::routes(config),
            Self::ExternalAuth => external_auth::routes(config),
            Self::Participants => participants::routes(config),
            // Pages for people, which no document describes.
            Self::Portal => {}
        }
    }
}
