//! A URL that somebody else named, read: what may be called, as far as its text tells.
//!
//! One spelling only. What a URL library would mend (a user, a backslash, percent signs in the host, `0x7f.1`, `2130706433`, a
//! Unicode dot) is refused instead, so that no reader after us can read another host than we did.

use std::net::Ipv4Addr;

use url::{Host, Url};

use crate::limits;

/// An `https` URL that passed [`Outbound::read`](crate::Outbound::read).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: Url,
    authority: String,
}

/// What is wrong with the text. The message is for whoever sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Not a URL, too long, or with characters that a URL has not.
    #[error("must be a URL of at most 2,000 characters, all of them ASCII")]
    Malformed,
    /// Not `https`.
    #[error("must begin with https://")]
    NotHttps,
    /// User or password.
    #[error("must hold no user and no password")]
    Credentials,
    /// A fragment goes nowhere.
    #[error("must hold no fragment")]
    Fragment,
    /// No full host name, or in another spelling than its own.
    #[error("must name a full host name, in lower case, and no address")]
    Host,
    /// Another port.
    #[error("must name port 443 or 8443, or none")]
    Port,
    /// Our own listeners.
    #[error("must name a host that is not this platform")]
    Ourselves,
}

/// Why a target is not to be called, with what only the DNS tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The text.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The name has no address, or the DNS does not answer.
    #[error("must name a host that the DNS knows")]
    Unknown,
    /// One of its addresses is private, loopback, link-local or otherwise not on the public internet.
    #[error("must name a host on the public internet")]
    NotPublic,
    /// Earlier checks of the same asker are not over.
    #[error("cannot be looked up while others are")]
    Busy,
}

impl Target {
    /// The URL, in the one spelling in which it is called.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Host and port, `callback.example:443`: what a cap per host counts by.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub(crate) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

/// Hosts that are treated otherwise than all others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hosts {
    /// `host:port` that may be anywhere, on any port: for tests and demonstrations.
    pub(crate) test: Vec<String>,
    /// Host names that are ourselves.
    pub(crate) ours: Vec<String>,
}

impl Hosts {
    /// Whether the settings name this host, with any port.
    pub(crate) fn is_test_host(&self, host: &str) -> bool {
        self.test
            .iter()
            .any(|known| known.rsplit_once(':').is_some_and(|(known, _)| known == host))
    }

    fn is_test(&self, authority: &str) -> bool {
        self.test.iter().any(|known| {
            known == authority
                || known
                    .strip_suffix(":*")
                    .is_some_and(|host| authority.rsplit_once(':').is_some_and(|(named, _)| named == host))
        })
    }
}

/// Reads a URL.
pub(crate) fn read(text: &str, hosts: &Hosts) -> Result<Target, TargetError> {
    let is_url_text =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'^' | b'`');
    if text.len() > limits::LONGEST_URL || !text.bytes().all(is_url_text) {
        return Err(TargetError::Malformed);
    }
    let rest = text.strip_prefix("https://").ok_or(TargetError::NotHttps)?;
    let named = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if named.contains('@') {
        return Err(TargetError::Credentials);
    }
    let url = Url::parse(text).map_err(|_| TargetError::Malformed)?;
    if url.fragment().is_some() {
        return Err(TargetError::Fragment);
    }
    let port = url.port_or_known_default().ok_or(TargetError::Port)?;
    let host = url.host().ok_or(TargetError::Host)?;
    // As it was written, and as the library understood it: the same, or somebody could understand it otherwise again.
    let written = named.strip_suffix(&format!(":{port}")).unwrap_or(named);
    if written != host.to_string() {
        return Err(TargetError::Host);
    }
    let authority = format!("{host}:{port}");
    if !hosts.is_test(&authority) {
        let Host::Domain(name) = host else {
            return Err(TargetError::Host);
        };
        if !is_full_name(name) {
            return Err(TargetError::Host);
        }
        if !limits::PORTS.contains(&port) {
            return Err(TargetError::Port);
        }
        if hosts.ours.iter().any(|ours| ours == name) {
            return Err(TargetError::Ourselves);
        }
    }
    Ok(Target { url, authority })
}

/// At least two labels of letters, digits and hyphens, the last of which is no number (nor an address therefore).
fn is_full_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(is_label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
        && name.parse::<Ipv4Addr>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        Hosts {
            test: vec!["localhost:9999".into(), "127.0.0.1:*".into()],
            ours: vec!["auth.bank.example".into()],
        }
    }

    #[test]
    fn a_callback_of_a_recipient_is_read() {
        for (text, authority) in [
            (
                "https://hooks.recipient.example/fdx?key=1",
                "hooks.recipient.example:443",
            ),
            (
                "https://hooks.recipient.example:8443/",
                "hooks.recipient.example:8443",
            ),
            (
                "https://hooks.recipient.example:443/a%20b",
                "hooks.recipient.example:443",
            ),
            ("https://xn--bcher-kva.example", "xn--bcher-kva.example:443"),
            ("https://localhost:9999/hook", "localhost:9999"),
            ("https://127.0.0.1:1234/hook", "127.0.0.1:1234"),
        ] {
            assert_eq!(read(text, &hosts()).unwrap().authority(), authority, "{text}");
        }
    }

    #[test]
    fn s01_s04_every_other_spelling_is_refused() {
        use TargetError::{Credentials, Fragment, Host, Malformed, NotHttps, Ourselves, Port};
        let long = format!("https://a.example/{}", "a".repeat(2_048));
        for (text, error) in [
            ("", NotHttps),
            ("http://a.example/", NotHttps),
            ("HTTPS://a.example/", NotHttps),
            ("ftp://a.example/", NotHttps),
            ("file:///etc/passwd", NotHttps),
            ("gopher://a.example/", NotHttps),
            ("//a.example/", NotHttps),
            ("https:/a.example/", NotHttps),
            ("https:a.example", NotHttps),
            (" https://a.example/", Malformed),
            ("https://a.example/\r\nHost: b", Malformed),
            ("https://a.example\\@b.example/", Malformed),
            ("https://a.example/\u{e9}", Malformed),
            ("https://b\u{fc}cher.example/", Malformed),
            ("https://127\u{3002}0\u{3002}0\u{3002}1/", Malformed),
            ("https://\u{2460}27.0.0.1/", Malformed),
            (&long, Malformed),
            ("https:///a.example", Host),
            ("https://user@a.example/", Credentials),
            ("https://user:secret@a.example/", Credentials),
            ("https://a.example@127.0.0.1/", Credentials),
            ("https://a.example#@b.example/", Fragment),
            ("https://a.example/#top", Fragment),
            ("https://A.example/", Host),
            ("https://a.example./", Host),
            ("https://a/", Host),
            ("https://localhost/", Host),
            ("https://localhost:9998/", Host),
            ("https://metadata:8443/", Host),
            ("https://a_b.example/", Host),
            ("https://-a.example/", Host),
            ("https://%6cocalhost/", Host),
            ("https://a%2eexample/", Host),
            // Addresses, whatever they look like: a callback has a name, which its certificate proves.
            ("https://8.8.8.8/", Host),
            ("https://127.0.0.2/", Host),
            ("https://10.0.0.1/", Host),
            ("https://0/", Host),
            ("https://127.1/", Host),
            ("https://2130706433/", Host),
            ("https://0x7f000001/", Host),
            ("https://0x7f.0.0.1/", Host),
            ("https://0177.0.0.1/", Host),
            ("https://017700000001/", Host),
            ("https://127.0.0.1./", Host),
            ("https://[::1]/", Host),
            ("https://[::ffff:127.0.0.1]/", Host),
            ("https://[::ffff:7f00:1]/", Host),
            ("https://[64:ff9b::7f00:1]/", Host),
            ("https://[fe80::1%25eth0]/", Malformed),
            ("https://169.254.169.254/latest/meta-data/", Host),
            ("https://a.example:22/", Port),
            ("https://a.example:80/", Port),
            ("https://a.example:9464/", Port),
            ("https://a.example:0443/", Host),
            ("https://a.example:/", Host),
            ("https://auth.bank.example/", Ourselves),
            ("https://auth.bank.example:8443/", Ourselves),
        ] {
            assert_eq!(read(text, &hosts()), Err(error), "{text}");
        }
        assert!(read("https://127.0.0.1/", &Hosts::default()).is_err());
    }
}
