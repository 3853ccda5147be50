//! `[listeners]`: the addresses that the process binds.

use std::net::{Ipv4Addr, SocketAddr};

use serde::Deserialize;

use crate::Network;

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
    /// Where proxies before the public listener call from. What they say of whom they speak for (`X-Forwarded-For`) is
    /// believed, so they must write it themselves; from anywhere else it is ignored (C09).
    pub proxy_addresses: Vec<Network>,
}

impl Default for Listeners {
    fn default() -> Self {
        Self {
            public: (Ipv4Addr::UNSPECIFIED, 8443).into(),
            mutual: (Ipv4Addr::UNSPECIFIED, 8444).into(),
            operations: (Ipv4Addr::LOCALHOST, 9464).into(),
            proxy_addresses: vec![],
        }
    }
}
