//! `[listeners]`: the addresses that the process binds.

use std::net::{Ipv4Addr, SocketAddr};

use serde::Deserialize;

/// Three listeners; port 0 asks the machine for a free one.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listeners {
    /// TLS, no client certificate asked: discovery, authorize, the solution APIs, portal, documentation.
    pub public: SocketAddr,
    /// TLS, client certificate requested: token, PAR, all FDX APIs.
    pub mutual: SocketAddr,
    /// Plain HTTP for health and metrics. Loopback unless an operator decides otherwise: it asks nobody who they are.
    pub operations: SocketAddr,
}

impl Default for Listeners {
    fn default() -> Self {
        Self {
            public: (Ipv4Addr::UNSPECIFIED, 8443).into(),
            mutual: (Ipv4Addr::UNSPECIFIED, 8444).into(),
            operations: (Ipv4Addr::LOCALHOST, 9464).into(),
        }
    }
}
