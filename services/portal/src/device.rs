//! The cookie of a browser in which somebody has signed in before. It opens nothing: it only lets wrong attempts of
//! that browser be counted apart from those of strangers.

use actix_web::{HttpRequest, cookie::Cookie};
use chrono::Duration;
use domain::{Instant, Random};
use serde::{Deserialize, Serialize};

use crate::{attempts::Key, portal::Portal, refusal::Refusal, session};

const COOKIE: &str = "__Host-portal-device";

/// How long a browser is known.
const LIFE: Duration = Duration::days(180);

#[derive(Serialize, Deserialize)]
struct Device {
    id: String,
    username: String,
    expires_at: Instant,
}

/// What the passwords that this request tries for that name are counted under.
pub(crate) fn password_key(portal: &Portal, request: &HttpRequest, username: &str, now: Instant) -> Key {
    let who = match known(portal, request, username, now) {
        Some(device) => format!("device {}", device.id),
        // The address of the connection: a header would be whatever its sender likes (C09).
        None => format!("address {:?}", request.peer_addr().map(|address| address.ip())),
    };
    jose::sha256(format!("password\n{who}\n{username}"))
}

/// What the codes that this request tries for that name are counted under (L10). A code has few digits, so all
/// strangers share one count, wherever they are; who gets this far knows the password.
pub(crate) fn code_key(portal: &Portal, request: &HttpRequest, username: &str, now: Instant) -> Key {
    let who = match known(portal, request, username, now) {
        Some(device) => format!("device {}", device.id),
        None => "strangers".to_owned(),
    };
    jose::sha256(format!("code\n{who}\n{username}"))
}

/// The device, if that name has signed in with this browser.
fn known(portal: &Portal, request: &HttpRequest, username: &str, now: Instant) -> Option<Device> {
    request
        .cookie(COOKIE)
        .and_then(|cookie| portal.devices.open::<Device>(cookie.value(), COOKIE))
        .filter(|device| device.username == username && now < device.expires_at)
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
