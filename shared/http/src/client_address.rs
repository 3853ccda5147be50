//! Whose request it is, by address: the peer of the connection, or whoever a proxy of ours says that it speaks for.
//!
//! The public listener asks nobody for a certificate, so a proxy before it is known by where it is
//! (`listeners.proxy_addresses`). What it adds to `X-Forwarded-For` is believed, and the same header from anybody else is
//! whatever its sender likes (C09). An address opens nothing: it only tells strangers apart where they are counted.

use std::net::{IpAddr, SocketAddr};

use actix_web::{HttpRequest, http::header::HeaderValue};

use crate::App;

/// What a proxy adds its peer's address to, at the end.
const HEADER: &str = "x-forwarded-for";

/// The address of whoever made this request; `None` when the connection has no address.
pub fn client_address(app: &App, request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let values: Vec<&HeaderValue> = request.headers().get_all(HEADER).collect();
    Some(behind(peer, &values, |address| app.is_proxy(address)))
}

/// The nearest address that is not a proxy's, from `peer` on through what each proxy wrote. What proxies beyond that wrote,
/// or made up, is not looked at; where a proxy of ours wrote nothing, or no address, it is the proxy's own.
fn behind(peer: IpAddr, values: &[&HeaderValue], is_proxy: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut entries = values
        .iter()
        .rev()
        .flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    let mut nearest = peer;
    while is_proxy(nearest) {
        match entries.next().and_then(address) {
            Some(address) => nearest = address,
            None => break,
        }
    }
    nearest
}

/// An entry: an address, also with a port, also in brackets.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match entry.parse::<SocketAddr>() {
        Ok(socket) => socket.ip(),
        Err(_) => bare.unwrap_or(entry).parse().ok()?,
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a request that came from 10.0.0.1, where all of 10.0.0.* are proxies of ours.
    fn seen(headers: &[&'static str]) -> String {
        from("10.0.0.1", headers)
    }

    fn from(peer: &str, headers: &[&'static str]) -> String {
        let values: Vec<_> = headers
            .iter()
            .map(|text| HeaderValue::from_static(text))
            .collect();
        let is_proxy = |address: IpAddr| address.to_string().starts_with("10.0.0.");
        behind(
            peer.parse().unwrap(),
            &values.iter().collect::<Vec<_>>(),
            is_proxy,
        )
        .to_string()
    }

    #[test]
    fn c09_nobody_but_a_proxy_of_ours_says_for_whom_it_speaks() {
        assert_eq!(from("203.0.113.7", &["198.51.100.1"]), "203.0.113.7");
        assert_eq!(seen(&["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn c09_what_stands_before_our_proxys_word_counts_for_nothing() {
        for headers in [
            &["1.2.3.4, 198.51.100.1"][..],
            &["1.2.3.4", "198.51.100.1"],
            &["10.0.0.9, 198.51.100.1"],
            // Two proxies of ours in a row.
            &["1.2.3.4, 198.51.100.1, 10.0.0.2"],
            &["1.2.3.4, 198.51.100.1", " 10.0.0.3,10.0.0.2 "],
        ] {
            assert_eq!(seen(headers), "198.51.100.1", "{headers:?}");
        }
    }

    #[test]
    fn addresses_are_read_in_every_form_that_proxies_write() {
        for (header, address) in [
            ("198.51.100.1:51234", "198.51.100.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:51234", "2001:db8::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
        ] {
            assert_eq!(seen(&[header]), address, "{header}");
        }
    }

    #[test]
    fn a_proxy_that_names_nobody_is_counted_itself() {
        for headers in [
            &[][..],
            &[""],
            &["unknown"],
            &["198.51.100.1, _hidden"],
            &["10.0.0.2, x"],
        ] {
            assert_eq!(seen(headers), "10.0.0.1", "{headers:?}");
        }
        assert_eq!(seen(&["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
    }
}
