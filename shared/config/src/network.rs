//! Addresses of machines, as settings name them: one (`192.0.2.7`, `2001:db8::7`) or all of a network (`192.0.2.0/24`).

use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;

/// One address, or a network of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(IpNet);

/// What is neither an address nor a network.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is neither an address nor a network such as 192.0.2.0/24")]
pub struct UnknownNetwork(String);

impl Network {
    /// Whether that address is one of these. An IPv4 address inside an IPv6 one is the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl TryFrom<String> for Network {
    type Error = UnknownNetwork;

    fn try_from(text: String) -> Result<Self, UnknownNetwork> {
        let network = text.parse::<IpNet>().ok();
        let network = network.or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        network.map(Self).ok_or(UnknownNetwork(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_its_networks() {
        let holds = |network: &str, address: &str| {
            Network::try_from(network.to_owned())
                .unwrap()
                .contains(address.parse().unwrap())
        };
        for (network, address) in [
            ("192.0.2.7", "192.0.2.7"),
            ("192.0.2.0/24", "192.0.2.255"),
            ("192.0.2.0/24", "::ffff:192.0.2.1"),
            ("2001:db8::/32", "2001:db8:1::1"),
        ] {
            assert!(holds(network, address), "{network} {address}");
        }
        for (network, address) in [
            ("192.0.2.7", "192.0.2.8"),
            ("192.0.2.0/24", "192.0.3.0"),
            ("0.0.0.0/0", "2001:db8::1"),
        ] {
            assert!(!holds(network, address), "{network} {address}");
        }
        for text in ["", "localhost", "192.0.2.0/33", "192.0.2", "192.0.2.7:443"] {
            assert!(Network::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
