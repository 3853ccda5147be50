//! Revocation lists (RFC5280-5), fail-closed.
//!
//! A list is believed when it is read: its signature is checked once, against the authority that the
//! operator trusts. Only complete lists are understood. Delta lists, lists of a part of the certificates
//! and indirect lists all say so in a critical extension (RFC5280-5.2.4, 5.2.5), and a list with any
//! critical extension is refused.
//!
//! A chain is judged link by link: each certificate below the root needs a list of its issuer, issued by
//! `now` and with its next update still to come. No such list: refused. Listed, for whatever reason and
//! since whenever: refused.

use std::cmp::Ordering;

use domain::Instant;
use openssl::{
    asn1::Asn1Time,
    error::ErrorStack,
    stack::StackRef,
    x509::{CrlStatus, X509, X509Crl, X509KeyUsage, X509Ref},
};

use super::{ChainError, TrustStoreError};
use crate::{der, name::DistinguishedName};

const BEGIN: &str = "-----BEGIN X509 CRL-----";
const END: &str = "-----END X509 CRL-----";

/// One list an authority.
pub(super) struct RevocationLists(Vec<RevocationList>);

struct RevocationList {
    issuer: Issuer,
    list: X509Crl,
}

/// An authority by name and key: a renewed certificate of the same two is the same authority.
#[derive(PartialEq, Eq)]
struct Issuer {
    name: Vec<u8>,
    key: Vec<u8>,
}

impl Issuer {
    fn of(certificate: &X509Ref) -> Result<Self, ErrorStack> {
        Ok(Self {
            name: certificate.subject_name().to_der()?,
            key: certificate.public_key()?.public_key_to_der()?,
        })
    }
}

impl RevocationLists {
    pub(super) fn from_pem(pem: &[u8], authorities: &[X509]) -> Result<Self, TrustStoreError> {
        let text = str::from_utf8(pem).map_err(|_| TrustStoreError::Lists)?;
        let mut lists: Vec<RevocationList> = Vec::new();
        for block in text.split(BEGIN).skip(1) {
            let (body, _) = block.split_once(END).ok_or(TrustStoreError::Lists)?;
            let pem = format!("{BEGIN}{body}{END}\n");
            let list = X509Crl::from_pem(pem.as_bytes()).map_err(|_| TrustStoreError::Lists)?;
            let read = believed(list, authorities)?;
            if lists.iter().any(|other| other.issuer == read.issuer) {
                return Err(refused(&read.list, "is this authority's second"));
            }
            lists.push(read);
        }
        if lists.is_empty() {
            return Err(TrustStoreError::Lists);
        }
        Ok(Self(lists))
    }

    /// The chain is leaf first, root last, and verified.
    pub(super) fn judge(
        &self,
        chain: &StackRef<X509>,
        now: Instant,
    ) -> Result<Result<(), ChainError>, ErrorStack> {
        let now = Asn1Time::from_unix(now.timestamp())?;
        for (certificate, issuer) in chain.iter().zip(chain.iter().skip(1)) {
            let issuer = Issuer::of(issuer)?;
            let Some(RevocationList { list, .. }) = self.0.iter().find(|list| list.issuer == issuer) else {
                return Ok(Err(ChainError::RevocationUnknown));
            };
            let issued = list.last_update().compare(&now)? != Ordering::Greater;
            let current = match list.next_update() {
                Some(next_update) => next_update.compare(&now)? == Ordering::Greater,
                None => false,
            };
            if !(issued && current) {
                return Ok(Err(ChainError::RevocationUnknown));
            }
            // "Removed from the list" belongs to delta lists; in a complete one it still is an entry.
            if !matches!(list.get_by_cert(&certificate.to_owned()), CrlStatus::NotRevoked) {
                return Ok(Err(ChainError::Revoked));
            }
        }
        Ok(Ok(()))
    }
}

fn believed(list: X509Crl, authorities: &[X509]) -> Result<RevocationList, TrustStoreError> {
    let complete = list.to_der().ok().as_deref().and_then(has_critical_extension) == Some(false);
    if !complete {
        return Err(refused(
            &list,
            "is not complete (delta, partial or indirect), or cannot be read",
        ));
    }
    if list.next_update().is_none() {
        return Err(refused(&list, "does not say when the next one comes"));
    }
    let signer = authorities
        .iter()
        .find(|authority| may_have_signed(authority, &list).unwrap_or(false));
    let issuer = signer.and_then(|signer| Issuer::of(signer).ok());
    match issuer {
        Some(issuer) => Ok(RevocationList { issuer, list }),
        None => Err(refused(
            &list,
            "is signed by none of the authorities, or by one that may not",
        )),
    }
}

fn may_have_signed(authority: &X509Ref, list: &X509Crl) -> Result<bool, ErrorStack> {
    let named = authority.subject_name().try_cmp(list.issuer_name())? == Ordering::Equal;
    let may_sign = authority
        .key_usage()
        .is_none_or(|usage| usage.contains(X509KeyUsage::CRL_SIGN));
    let key = authority.public_key()?;
    Ok(named && may_sign && list.verify(&key)?)
}

fn refused(list: &X509Crl, why: &'static str) -> TrustStoreError {
    let issuer = list
        .issuer_name()
        .to_der()
        .ok()
        .as_deref()
        .and_then(DistinguishedName::from_der);
    TrustStoreError::List {
        issuer: issuer.map_or_else(|| "(unreadable)".to_owned(), |name| name.to_string()),
        why,
    }
}

/// Whether the list itself has an extension that must be understood. `None` for what is not a list.
///
/// `TBSCertList` is a sequence whose last member, tagged `[0]`, holds the extensions (RFC5280-5.1).
fn has_critical_extension(list: &[u8]) -> Option<bool> {
    let mut outer = der::only(list, der::SEQUENCE)?;
    let mut members = der::take_tagged(&mut outer, der::SEQUENCE)?;
    let mut last = None;
    while !members.is_empty() {
        last = Some(der::take(&mut members)?);
    }
    let Some(wrapped) = last.filter(|element| element.tag == 0xa0) else {
        return Some(false);
    };
    let mut extensions = der::only(wrapped.content, der::SEQUENCE)?;
    while !extensions.is_empty() {
        let mut extension = der::take_tagged(&mut extensions, der::SEQUENCE)?;
        der::take_tagged(&mut extension, der::OBJECT_IDENTIFIER)?;
        // `critical` is written only when it is true (it has a default).
        if der::take(&mut extension)?.tag == der::BOOLEAN {
            return Some(true);
        }
    }
    Some(false)
}
