//! M06: until when a chain is trusted.

use std::time::Duration;

use concordat_mtls::{
    ChainError, TrustStore,
    development::{Authority, Template},
};
use openssl::{
    asn1::Asn1Time,
    hash::MessageDigest,
    pkey::PKey,
    x509::{X509, extension::BasicConstraints},
};

use crate::parties::noon;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn root() -> Authority {
    Authority::create("Client CA", noon()).unwrap()
}

fn trust(authority: &Authority) -> TrustStore {
    TrustStore::from_pem(&authority.certificate_pem().unwrap()).unwrap()
}

fn client() -> Template {
    Template::client("client", noon())
}

#[test]
fn m06_a_certificate_is_trusted_while_it_is_valid() {
    let root = root();
    let trust = trust(&root);
    let certificate = root
        .issue(&Template {
            valid_from: noon(),
            valid_until: noon() + DAY,
            ..client()
        })
        .unwrap()
        .presented()
        .unwrap();
    let at = |instant| trust.verify(&certificate, instant).map(drop);
    let second = Duration::from_secs(1);
    assert_eq!(at(noon() - second), Err(ChainError::NotYetValid));
    assert_eq!(at(noon() + second), Ok(()));
    assert_eq!(at(noon() + DAY - second), Ok(()));
    assert_eq!(at(noon() + DAY + second), Err(ChainError::Expired));
}

#[test]
fn m06_an_expired_intermediate_ends_the_chain() {
    let root = root();
    let template = Template {
        valid_until: noon() + DAY,
        ..Template::authority("Intermediate", noon())
    };
    let below = root.issue(&template).unwrap().into_authority();
    let certificate = below.issue(&client()).unwrap().presented().unwrap();
    assert!(trust(&root).verify(&certificate, noon()).is_ok());
    assert_eq!(
        trust(&root).verify(&certificate, noon() + 2 * DAY).err(),
        Some(ChainError::Expired)
    );
}

#[test]
fn m06_an_expired_root_ends_the_chain_until_its_renewal_is_configured() {
    let first = Template {
        valid_until: noon() + DAY,
        ..Template::authority("Client CA", noon())
    };
    let first = Authority::self_signed(&first).unwrap().into_authority();
    let certificate = first.issue(&client()).unwrap().presented().unwrap();
    let later = noon() + 2 * DAY;
    assert_eq!(
        trust(&first).verify(&certificate, later).err(),
        Some(ChainError::Expired)
    );
    let old_and_new = [first.certificate_pem().unwrap(), renewed(&first)].concat();
    assert!(
        TrustStore::from_pem(&old_and_new)
            .unwrap()
            .verify(&certificate, later)
            .is_ok()
    );
}

/// The same name and key for another year.
fn renewed(authority: &Authority) -> Vec<u8> {
    let old = authority.certificate();
    let key = PKey::private_key_from_pem(&authority.key_pem().unwrap()).unwrap();
    let mut new = X509::builder().unwrap();
    new.set_version(2).unwrap();
    new.set_serial_number(old.serial_number()).unwrap();
    new.set_subject_name(old.subject_name()).unwrap();
    new.set_issuer_name(old.issuer_name()).unwrap();
    new.set_not_before(old.not_before()).unwrap();
    new.set_not_after(&Asn1Time::from_unix((noon() + 365 * DAY).timestamp()).unwrap())
        .unwrap();
    new.set_pubkey(&key).unwrap();
    new.append_extension(BasicConstraints::new().critical().ca().build().unwrap())
        .unwrap();
    new.sign(&key, MessageDigest::sha256()).unwrap();
    new.build().to_pem().unwrap()
}
