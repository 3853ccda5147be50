//! What is measured, by whom, how often, and what the platform should reach.

const TOKEN_PATH: &str = "/fdx/auth/v1/token";
pub(super) const ACCOUNTS_PATH: &str = "/fdx/v6/core/accounts";

/// What is measured, in this order within a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Accounts,
    TokensEs256,
    TokensPs256,
    TokensByCertificate,
}

/// By whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handler {
    Platform,
    Floor,
    Statement,
}

impl Work {
    pub(super) const ALL: [Self; 4] = [
        Self::Accounts,
        Self::TokensEs256,
        Self::TokensPs256,
        Self::TokensByCertificate,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Accounts => "GET /fdx/v6/core/accounts, four accounts",
            Self::TokensEs256 => "client-credentials tokens, private_key_jwt ES256",
            Self::TokensPs256 => "client-credentials tokens, private_key_jwt PS256",
            Self::TokensByCertificate => "client-credentials tokens, mutual TLS",
        }
    }

    /// Measured requests of one phase.
    pub(super) const fn requests(self) -> usize {
        match self {
            Self::Accounts => 16_000,
            Self::TokensEs256 => 6_000,
            // A client's RSA signature costs forty times what verifying it does.
            Self::TokensPs256 => 3_000,
            Self::TokensByCertificate => 10_000,
        }
    }

    /// How much more than one statement a request the platform should reach.
    pub(super) const fn aim(self) -> f64 {
        match self {
            Self::Accounts => 3.0,
            Self::TokensEs256 | Self::TokensPs256 | Self::TokensByCertificate => 1.7,
        }
    }

    /// Which part of what the handler without database reaches the platform should reach.
    pub(super) const fn share(self) -> Option<f64> {
        match self {
            // That handler answers fixed bytes: it says what the stack costs, and nothing of a read.
            Self::Accounts => None,
            Self::TokensEs256 | Self::TokensPs256 | Self::TokensByCertificate => Some(0.65),
        }
    }

    /// Statements that a request may need before they are combined.
    pub(super) const fn statements(self) -> f64 {
        match self {
            Self::Accounts => 1.0,
            Self::TokensEs256 | Self::TokensPs256 | Self::TokensByCertificate => 2.0,
        }
    }
}

impl Handler {
    pub(super) const ALL: [Self; 3] = [Self::Platform, Self::Floor, Self::Statement];

    pub(super) const fn path(self, work: Work) -> &'static str {
        match (self, work) {
            (Self::Platform, Work::Accounts) => ACCOUNTS_PATH,
            (Self::Floor, Work::Accounts) => "/floor/accounts",
            (Self::Statement, Work::Accounts) => "/statement/accounts",
            (Self::Platform, _) => TOKEN_PATH,
            (Self::Floor, _) => "/floor/token",
            (Self::Statement, _) => "/statement/token",
        }
    }
}
