//! The resolver of the guarded client: gives a connection only addresses that it has just checked (S05).

use std::{net::IpAddr, net::SocketAddr, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{address::is_public, limits, lookup::Lookup, target::CheckError, target::Hosts};

/// Looks names up and judges what it finds. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Resolver {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) hosts: Arc<Hosts>,
}

impl Resolver {
    /// The addresses of a name, if all of them are public or the settings name it as a test host.
    ///
    /// One private address among public ones refuses them all: nobody has that by accident.
    pub(crate) async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, CheckError> {
        let found = self
            .lookup
            .addresses(name)
            .await
            .map_err(|_| CheckError::Unknown)?;
        if found.is_empty() || found.len() > limits::MOST_ADDRESSES {
            return Err(CheckError::Unknown);
        }
        if self.hosts.is_test_host(name) || found.iter().copied().all(is_public) {
            Ok(found)
        } else {
            Err(CheckError::NotPublic)
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let found = this.addresses(name.as_str()).await?;
            // Port 0: that of the URL.
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
