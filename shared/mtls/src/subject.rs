//! Whether a certificate is the one that a client registered for `tls_client_auth` (RFC8705-2.1.2).
//!
//! One rule a client, and the whole of one name must be the same as the whole of the registered one.
//! Distinguished names compare as [`crate::name`] says. Alternative names:
//!
//! * DNS: ASCII letters in either case, nothing else folded. A wildcard can be neither registered nor
//!   matched: whoever holds `*.example` could be any of them (M05).
//! * URI, e-mail: character for character.
//! * IP: the same address, however it is written; an IPv4 address is not its IPv6-mapped form.
//!
//! The common name is never taken for a DNS name.

use std::net::IpAddr;

use domain::client::SubjectRule;
use openssl::x509::GeneralNameRef;

use crate::{
    name::{DistinguishedName, InvalidName},
    queue::emptied,
    trust::TrustedCertificate,
};

/// The registered value can match no certificate. For whoever registers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRule {
    /// Not a distinguished name.
    #[error("tls_client_auth_subject_dn: {0}")]
    SubjectDn(#[from] InvalidName),
    /// Not a host name, or one with a wildcard.
    #[error("tls_client_auth_san_dns must be one host name without wildcards")]
    SanDns,
    /// Not a URI.
    #[error("tls_client_auth_san_uri must be an absolute URI of at most 2048 printable ASCII characters")]
    SanUri,
    /// Not an address.
    #[error("tls_client_auth_san_ip must be an IPv4 or IPv6 address")]
    SanIp,
    /// Not an address.
    #[error("tls_client_auth_san_email must be an e-mail address")]
    SanEmail,
}

/// Refuses a rule that nothing could satisfy, when it is registered.
///
/// # Errors
/// [`InvalidRule`], by the kind of name.
pub fn check(rule: &SubjectRule) -> Result<(), InvalidRule> {
    Wanted::parse(rule).map(drop)
}

impl TrustedCertificate {
    /// Whether it is the certificate that `rule` names.
    ///
    /// A rule that [`check`] would refuse matches nothing, nor does a certificate whose names cannot be read.
    pub fn satisfies(&self, rule: &SubjectRule) -> bool {
        let Ok(wanted) = Wanted::parse(rule) else {
            return false;
        };
        match wanted {
            Wanted::SubjectDn(wanted) => self.certificate().name().is_some_and(|name| name == wanted),
            Wanted::Alternative(wanted) => {
                let names = emptied(self.certificate().leaf().subject_alt_names());
                names.is_some_and(|names| names.iter().any(|name| wanted.is(name)))
            }
        }
    }
}

/// A rule that was read.
enum Wanted<'a> {
    SubjectDn(DistinguishedName),
    Alternative(Alternative<'a>),
}

enum Alternative<'a> {
    Dns(&'a str),
    Uri(&'a str),
    Ip(IpAddr),
    Email(&'a str),
}

impl<'a> Wanted<'a> {
    fn parse(rule: &'a SubjectRule) -> Result<Self, InvalidRule> {
        Ok(Self::Alternative(match rule {
            SubjectRule::SubjectDn(text) => return Ok(Self::SubjectDn(DistinguishedName::parse(text)?)),
            SubjectRule::SanDns(text) if is_host(text) => Alternative::Dns(text),
            SubjectRule::SanUri(text) if is_printable(text, 2048) && text.contains(':') => {
                Alternative::Uri(text)
            }
            SubjectRule::SanIp(text) => Alternative::Ip(text.parse().map_err(|_| InvalidRule::SanIp)?),
            SubjectRule::SanEmail(text) if is_printable(text, 320) && text.contains('@') => {
                Alternative::Email(text)
            }
            SubjectRule::SanDns(_) => return Err(InvalidRule::SanDns),
            SubjectRule::SanUri(_) => return Err(InvalidRule::SanUri),
            SubjectRule::SanEmail(_) => return Err(InvalidRule::SanEmail),
        }))
    }
}

impl Alternative<'_> {
    fn is(&self, name: &GeneralNameRef) -> bool {
        match self {
            Self::Dns(wanted) => name.dnsname().is_some_and(|dns| dns.eq_ignore_ascii_case(wanted)),
            Self::Uri(wanted) => name.uri() == Some(wanted),
            Self::Email(wanted) => name.email() == Some(wanted),
            Self::Ip(IpAddr::V4(wanted)) => name.ipaddress() == Some(&wanted.octets()),
            Self::Ip(IpAddr::V6(wanted)) => name.ipaddress() == Some(&wanted.octets()),
        }
    }
}

fn is_host(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    text.len() <= 253
        && text
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(letter))
}

fn is_printable(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m05_a_wildcard_cannot_be_registered() {
        for text in [
            "*.example",
            "*",
            "a.*.example",
            "",
            "a..b",
            ".example",
            "a b",
            "ex\u{e4}mple.org",
            "a\0.b",
        ] {
            assert_eq!(
                check(&SubjectRule::SanDns(text.into())),
                Err(InvalidRule::SanDns),
                "{text:?}"
            );
        }
        assert_eq!(
            check(&SubjectRule::SanDns("client-1.budget.example".into())),
            Ok(())
        );
    }

    #[test]
    fn what_matches_nothing_cannot_be_registered() {
        assert_eq!(
            check(&SubjectRule::SanIp("10.0.0".into())),
            Err(InvalidRule::SanIp)
        );
        assert_eq!(
            check(&SubjectRule::SanIp("10.0.0.0/8".into())),
            Err(InvalidRule::SanIp)
        );
        assert_eq!(
            check(&SubjectRule::SanUri("no uri".into())),
            Err(InvalidRule::SanUri)
        );
        assert_eq!(
            check(&SubjectRule::SanEmail("nobody".into())),
            Err(InvalidRule::SanEmail)
        );
        assert_eq!(
            check(&SubjectRule::SubjectDn("nobody".into())),
            Err(InvalidName::Type.into())
        );
    }
}
