//! The cookie of a browser in which somebody has signed in before. It opens nothing: it only lets wrong attempts of
//! that browser be counted apart from those of strangers.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::cookie::Cookie;
use chrono::Duration;
use domain::{Instant, Random};
use http::client_address;
use serde::{Deserialize, Serialize};

use crate::{attempts::Key, portal::Portal, refusal::Refusal, session, visit::Visit};

const COOKIE: &str = "__Host-portal-device";

/// How long a browser is known.
const LIFE: Duration = Duration::days(180);

#[derive(Serialize, Deserialize)]
struct Device {
    id: String,
    username: String,
    expires_at: Instant,
}

/// What the passwords that this visit tries for that name are counted under.
pub(crate) fn password_key(visit: &Visit, username: &str) -> Key {
    let who = match known(visit, username) {
        Some(device) => format!("device {}", device.id),
        None => {
            let address = client_address(&visit.app, &visit.request);
            format!("address {:?}", address.map(neighbourhood))
        }
    };
    jose::sha256(format!("password\n{who}\n{username}"))
}

/// Who has one address of IPv6 has all of its /64 (RFC 6177), and a count for each would be no count.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// What the codes that this visit tries for that name are counted under (L10). A code has few digits, so all
/// strangers share one count, wherever they are; who gets this far knows the password.
pub(crate) fn code_key(visit: &Visit, username: &str) -> Key {
    let who = match known(visit, username) {
        Some(device) => format!("device {}", device.id),
        None => "strangers".to_owned(),
    };
    jose::sha256(format!("code\n{who}\n{username}"))
}

/// The device, if that name has signed in with this browser.
fn known(visit: &Visit, username: &str) -> Option<Device> {
    visit
        .request
        .cookie(COOKIE)
        .and_then(|cookie| visit.portal.devices.open::<Device>(cookie.value(), COOKIE))
        .filter(|device| device.username == username && visit.now < device.expires_at)
}

/// The cookie for a browser in which that name has just signed in.
pub(crate) fn remember(
    portal: &Portal,
    username: &str,
    now: Instant,
    random: &dyn Random,
) -> Result<Cookie<'static>, Refusal> {
    let mut id = [0; 16];
    random.fill(&mut id);
    let device = Device {
        id: jose::base64url(id),
        username: username.to_owned(),
        expires_at: now + LIFE,
    };
    let value = portal
        .devices
        .seal(&device, COOKIE, random)
        .map_err(|_| Refusal::Internal)?;
    Ok(session::cookie(COOKIE.to_owned(), value, LIFE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_one_person_has_are_counted_as_one() {
        let of = |address: &str| neighbourhood(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
