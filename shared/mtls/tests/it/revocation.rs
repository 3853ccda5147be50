//! M06: revocation lists, and what happens when there is none.

use std::time::Duration;

use concordat_mtls::{
    ChainError, TrustStore, TrustStoreError,
    development::{Authority, Issued, Template},
};
use openssl::{
    asn1::{Asn1Object, Asn1OctetString, Asn1Time},
    bn::BigNum,
    hash::MessageDigest,
    pkey::PKey,
    x509::{CrlNumber, X509, X509CrlBuilder, X509Extension, X509Ref, extension::AuthorityKeyIdentifier},
};

use crate::parties::noon;

const DAY: Duration = Duration::from_secs(24 * 3600);

struct Registry {
    root: Authority,
    below: Authority,
    client: Issued,
}

fn registry() -> Registry {
    let root = Authority::create("Client CA", noon()).unwrap();
    let below = root
        .issue(&Template::authority("Intermediate", noon()))
        .unwrap()
        .into_authority();
    let client = below.issue(&Template::client("client", noon())).unwrap();
    Registry { root, below, client }
}

impl Registry {
    fn authorities(&self) -> TrustStore {
        let both = [
            self.root.certificate_pem().unwrap(),
            self.below.certificate_pem().unwrap(),
        ]
        .concat();
        TrustStore::from_pem(&both).unwrap()
    }

    /// How the client is judged now, under these lists.
    fn verdict(&self, lists: &[Vec<u8>]) -> Result<(), ChainError> {
        let trust = self.authorities().with_revocation_lists(&lists.concat()).unwrap();
        trust.verify(&self.client.presented().unwrap(), noon()).map(drop)
    }
}

/// Valid from yesterday until tomorrow.
fn list(authority: &Authority, revoked: &[&X509Ref]) -> Vec<u8> {
    authority
        .revocation_list(revoked, noon() - DAY, noon() + DAY)
        .unwrap()
}

#[test]
fn m06_a_certificate_on_no_list_is_trusted() {
    let registry = registry();
    assert_eq!(
        registry.verdict(&[list(&registry.root, &[]), list(&registry.below, &[])]),
        Ok(())
    );
    let other = registry.below.issue(&Template::client("other", noon())).unwrap();
    let below = list(&registry.below, &[other.certificate()]);
    assert_eq!(registry.verdict(&[list(&registry.root, &[]), below]), Ok(()));
}

#[test]
fn m06_a_revoked_certificate_is_refused() {
    let registry = registry();
    let below = list(&registry.below, &[registry.client.certificate()]);
    assert_eq!(
        registry.verdict(&[list(&registry.root, &[]), below]),
        Err(ChainError::Revoked)
    );
}

#[test]
fn m06_a_revoked_intermediate_takes_all_below_it_along() {
    let registry = registry();
    let root = list(&registry.root, &[registry.below.certificate()]);
    assert_eq!(
        registry.verdict(&[root, list(&registry.below, &[])]),
        Err(ChainError::Revoked)
    );
}

#[test]
fn m06_a_missing_list_refuses_whoever_it_would_cover() {
    let registry = registry();
    assert_eq!(
        registry.verdict(&[list(&registry.root, &[])]),
        Err(ChainError::RevocationUnknown)
    );
    assert_eq!(
        registry.verdict(&[list(&registry.below, &[])]),
        Err(ChainError::RevocationUnknown)
    );
}

#[test]
fn m06_a_list_that_is_out_of_date_or_from_the_future_is_as_if_missing() {
    let registry = registry();
    let stale = registry
        .below
        .revocation_list(&[], noon() - 2 * DAY, noon() - DAY)
        .unwrap();
    let due = registry.below.revocation_list(&[], noon() - DAY, noon()).unwrap();
    let early = registry
        .below
        .revocation_list(&[], noon() + DAY, noon() + 2 * DAY)
        .unwrap();
    for below in [stale, due, early] {
        assert_eq!(
            registry.verdict(&[list(&registry.root, &[]), below]),
            Err(ChainError::RevocationUnknown)
        );
    }
}

#[test]
fn m06_without_lists_revocation_is_not_looked_at() {
    let registry = registry();
    assert!(
        registry
            .authorities()
            .verify(&registry.client.presented().unwrap(), noon())
            .is_ok()
    );
}

#[test]
fn m06_a_list_that_no_authority_signed_is_refused_at_once() {
    let registry = registry();
    let impostor = Authority::create("Client CA", noon()).unwrap();
    let refused = registry
        .authorities()
        .with_revocation_lists(&list(&impostor, &[]));
    assert!(matches!(refused, Err(TrustStoreError::List { .. })));
    let client_as_authority = registry.client.into_authority();
    let refused = TrustStore::from_pem(&client_as_authority.certificate_pem().unwrap())
        .unwrap()
        .with_revocation_lists(&list(&client_as_authority, &[]));
    assert!(
        matches!(refused, Err(TrustStoreError::List { .. })),
        "its key usage does not let it sign lists"
    );
}

#[test]
fn m06_two_lists_of_one_authority_are_refused() {
    let registry = registry();
    let twice = [list(&registry.root, &[]), list(&registry.root, &[])].concat();
    assert!(matches!(
        registry.authorities().with_revocation_lists(&twice),
        Err(TrustStoreError::List { .. })
    ));
}

#[test]
fn m06_what_is_no_list_is_refused() {
    let registry = registry();
    let cut = &list(&registry.root, &[])[..100];
    for pem in [
        &b""[..],
        b"nothing",
        cut,
        &registry.root.certificate_pem().unwrap(),
    ] {
        assert!(matches!(
            registry.authorities().with_revocation_lists(pem),
            Err(TrustStoreError::Lists)
        ));
    }
}

#[test]
fn m06_a_partial_list_is_refused() {
    let registry = registry();
    // RFC5280-5.2.5: only certificates of end entities; openssl and others would pass an intermediate by.
    let issuing_distribution_point = extension("2.5.29.28", true, &[0x30, 3, 0x81, 1, 0xff]);
    // RFC5280-5.2.4: what changed since list 1.
    let delta = extension("2.5.29.27", true, &[2, 1, 1]);
    for critical in [issuing_distribution_point, delta] {
        let pem = list_with(&registry.root, Some(&critical));
        assert!(matches!(
            registry.authorities().with_revocation_lists(&pem),
            Err(TrustStoreError::List { .. })
        ));
    }
    let harmless = extension("1.2.3.4", false, &[5, 0]);
    assert!(
        registry
            .authorities()
            .with_revocation_lists(&list_with(&registry.root, Some(&harmless)))
            .is_ok()
    );
    assert!(
        registry
            .authorities()
            .with_revocation_lists(&list_with(&registry.root, None))
            .is_ok()
    );
}

fn extension(identifier: &str, critical: bool, content: &[u8]) -> X509Extension {
    let content = Asn1OctetString::new_from_bytes(content).unwrap();
    X509Extension::new_from_der(&Asn1Object::from_str(identifier).unwrap(), critical, &content).unwrap()
}

fn list_with(authority: &Authority, extension: Option<&X509Extension>) -> Vec<u8> {
    let mut list = X509CrlBuilder::new().unwrap();
    list.set_issuer_name(authority.certificate().subject_name())
        .unwrap();
    list.set_last_update(&Asn1Time::from_unix((noon() - DAY).timestamp()).unwrap())
        .unwrap();
    list.set_next_update(&Asn1Time::from_unix((noon() + DAY).timestamp()).unwrap())
        .unwrap();
    let frame = X509::builder().unwrap();
    let context = frame.x509v3_context(Some(authority.certificate()), None);
    list.append_extension(AuthorityKeyIdentifier::new().keyid(true).build(&context).unwrap())
        .unwrap();
    let number = CrlNumber::new(BigNum::from_u32(2).unwrap()).unwrap();
    list.append_extension(number.build().unwrap()).unwrap();
    if let Some(extension) = extension {
        list.append_extension2(extension).unwrap();
    }
    let key = PKey::private_key_from_pem(&authority.key_pem().unwrap()).unwrap();
    list.sign(&key, MessageDigest::sha256()).unwrap();
    list.build().unwrap().to_pem().unwrap()
}
