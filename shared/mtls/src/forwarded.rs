//! The client certificate as a TLS-terminating proxy passes it on, in a header.
//!
//! Anyone can write a header. It counts only on a connection whose own client certificate leads to the
//! configured authorities and bears a subject that the settings name ([`Proxies::recognise`], M01, M03):
//! then the caller is whom the header names, and nobody when it is absent, never the proxy itself. On any
//! other connection such headers are as if absent; [`present`] lists them for the log.
//!
//! One form is configured, and read strictly: one header, one certificate, one spelling of its name (M02).

use domain::{Instant, client::SubjectRule};

use crate::{
    certificate::{InvalidCertificate, PresentedCertificate},
    trust::TrustStore,
};

mod encoding;
mod envoy;
mod form;
mod haproxy;
mod nginx;
mod rfc9440;

pub use form::{Form, UnknownForm};

/// Why the header of a trusted proxy is refused. The request with it, since its caller is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForwardedError {
    /// Two headers, or two certificates in one.
    #[error("more than one client certificate was passed on")]
    Twice,
    /// A header whose name differs from the right one by `_` for `-`: some proxies strip one and not the
    /// other.
    #[error("a certificate header is spelt ambiguously")]
    Name,
    /// Not the form that is configured.
    #[error("the certificate header is not in the form that is configured")]
    Malformed,
    /// A chain, and no certificate that it belongs to.
    #[error("a certificate chain was passed on without its certificate")]
    ChainAlone,
}

impl From<InvalidCertificate> for ForwardedError {
    fn from(_: InvalidCertificate) -> Self {
        Self::Malformed
    }
}

/// The proxies that may pass certificates on, and how they write them.
#[derive(Debug)]
pub struct Proxies {
    authorities: TrustStore,
    subjects: Vec<SubjectRule>,
    form: Form,
}

impl Proxies {
    /// Connections whose certificate leads to `authorities` and satisfies one of `subjects` speak for others.
    pub const fn new(authorities: TrustStore, subjects: Vec<SubjectRule>, form: Form) -> Self {
        Self {
            authorities,
            subjects,
            form,
        }
    }

    /// Whether this connection is such a proxy's. Asked once, when the connection is made.
    pub fn recognise(&self, peer: &PresentedCertificate, now: Instant) -> Option<TrustedProxy> {
        if self.subjects.is_empty() {
            return None;
        }
        let trusted = self.authorities.verify(peer, now).ok()?;
        let named = self.subjects.iter().any(|subject| trusted.satisfies(subject));
        named.then_some(TrustedProxy { form: self.form })
    }
}

/// A connection whose certificate headers are believed. Only [`Proxies::recognise`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct TrustedProxy {
    form: Form,
}

impl TrustedProxy {
    /// The certificate of the proxy's client, from the headers of one request. `None` when it had none.
    ///
    /// # Errors
    /// [`ForwardedError`]; the request must be refused.
    pub fn certificate<'h>(
        &self,
        headers: impl IntoIterator<Item = (&'h str, &'h [u8])>,
    ) -> Result<Option<PresentedCertificate>, ForwardedError> {
        let mut leaf = None;
        let mut chain = None;
        for (name, value) in headers {
            let spelt = dashed(name);
            let slot = if self.form.leaf_names().contains(&spelt.as_str()) {
                &mut leaf
            } else if self.form.chain_name() == Some(spelt.as_str()) {
                &mut chain
            } else {
                continue;
            };
            if !name.eq_ignore_ascii_case(&spelt) {
                return Err(ForwardedError::Name);
            }
            if slot.replace(text(value)?).is_some() {
                return Err(ForwardedError::Twice);
            }
        }
        // Some proxies send the header empty when there is no certificate.
        match (
            leaf.filter(|leaf| !leaf.is_empty()),
            chain.filter(|chain| !chain.is_empty()),
        ) {
            (Some(leaf), chain) => self.form.read(leaf, chain).map(Some),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(ForwardedError::ChainAlone),
        }
    }
}

/// The certificate headers, of any form and spelling, among these: to say in the log that they were ignored.
pub fn present<'h>(names: impl IntoIterator<Item = &'h str>) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = names
        .into_iter()
        .filter_map(|name| form::KNOWN.iter().find(|known| spells(name, known)).copied())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn dashed(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

/// Whether `dashed(name)` is `known`, without making it: every header of every request is asked.
fn spells(name: &str, known: &str) -> bool {
    let dashed = |byte: u8| {
        if byte == b'_' {
            b'-'
        } else {
            byte.to_ascii_lowercase()
        }
    };
    name.len() == known.len() && name.bytes().map(dashed).eq(known.bytes())
}

/// Printable ASCII only: no folded line, no tab, no byte that two readers read differently.
fn text(value: &[u8]) -> Result<&str, ForwardedError> {
    let printable = value.iter().all(|byte| (0x20..0x7f).contains(byte));
    let text = str::from_utf8(value)
        .ok()
        .filter(|_| printable)
        .ok_or(ForwardedError::Malformed)?;
    Ok(text.trim_matches(' '))
}
