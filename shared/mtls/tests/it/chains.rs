//! M05: which chains lead to an authority.

use concordat_mtls::{
    ChainError, TrustStore, TrustStoreError,
    development::{AlternativeName, Authority, Issued, KeyKind, Role, Template},
};
use openssl::{
    asn1::{Asn1Object, Asn1OctetString},
    x509::X509Extension,
};

use crate::parties::{assert_nothing_left_behind, noon};

fn root() -> Authority {
    Authority::create("Client CA", noon()).unwrap()
}

fn trust(authority: &Authority) -> TrustStore {
    TrustStore::from_pem(&authority.certificate_pem().unwrap()).unwrap()
}

fn client() -> Template {
    Template::client("client", noon())
}

fn below(authority: &Authority, name: &str) -> Authority {
    authority
        .issue(&Template::authority(name, noon()))
        .unwrap()
        .into_authority()
}

/// How `trust` judges `certificate` now.
fn verdict(trust: &TrustStore, certificate: &Issued) -> Result<(), ChainError> {
    let verdict = trust.verify(&certificate.presented().unwrap(), noon()).map(drop);
    assert_nothing_left_behind();
    verdict
}

#[test]
fn m05_a_chain_to_a_configured_authority_is_trusted() {
    let root = root();
    let trust = trust(&root);
    assert_eq!(verdict(&trust, &root.issue(&client()).unwrap()), Ok(()));
    let below = below(&root, "Intermediate");
    assert_eq!(verdict(&trust, &below.issue(&client()).unwrap()), Ok(()));
}

#[test]
fn m05_an_authority_of_the_same_subject_is_not_the_same_authority() {
    let trusted = root();
    let impostor = root();
    assert_eq!(
        verdict(&trust(&trusted), &impostor.issue(&client()).unwrap()),
        Err(ChainError::Untrusted)
    );
    // One that copies the key identifier too: the true certificate with a false key.
    let certificate = trusted.certificate_pem().unwrap();
    let forger = Authority::from_pem(&certificate, &impostor.key_pem().unwrap()).unwrap();
    assert_eq!(
        verdict(&trust(&trusted), &forger.issue(&client()).unwrap()),
        Err(ChainError::Untrusted)
    );
}

#[test]
fn m05_an_impostor_cannot_bring_its_own_root_along() {
    let impostor = root();
    let certificate = impostor.issue(&client()).unwrap();
    let with_root = [impostor.certificate().to_der().unwrap()];
    let der = certificate.certificate().to_der().unwrap();
    let presented = concordat_mtls::PresentedCertificate::from_der(&der, &with_root).unwrap();
    assert_eq!(
        trust(&root()).verify(&presented, noon()).err(),
        Some(ChainError::Untrusted)
    );
}

#[test]
fn m05_a_self_signed_certificate_is_not_trusted() {
    let certificate = Authority::self_signed(&client()).unwrap();
    assert_eq!(verdict(&trust(&root()), &certificate), Err(ChainError::Untrusted));
}

#[test]
fn m05_a_client_is_no_authority() {
    let root = root();
    let client_as_authority = root.issue(&client()).unwrap().into_authority();
    let refused = verdict(&trust(&root), &client_as_authority.issue(&client()).unwrap());
    assert!(
        matches!(refused, Err(ChainError::Authority | ChainError::Untrusted)),
        "{refused:?}"
    );
}

#[test]
fn m05_a_self_signed_client_in_the_authorities_file_is_no_authority() {
    let client_as_authority = Authority::self_signed(&client()).unwrap();
    let itself = client_as_authority.presented().unwrap();
    let client_as_authority = client_as_authority.into_authority();
    let trust = trust(&client_as_authority);
    assert_eq!(trust.verify(&itself, noon()).err(), Some(ChainError::Untrusted));
    let refused = verdict(&trust, &client_as_authority.issue(&client()).unwrap());
    assert!(
        matches!(refused, Err(ChainError::Authority | ChainError::Untrusted)),
        "{refused:?}"
    );
}

#[test]
fn m05_an_authority_is_no_client() {
    let root = root();
    let own = Authority::from_pem(&root.certificate_pem().unwrap(), &root.key_pem().unwrap()).unwrap();
    let presented =
        concordat_mtls::PresentedCertificate::from_der::<Vec<u8>>(&own.certificate().to_der().unwrap(), &[]);
    assert_eq!(
        trust(&root).verify(&presented.unwrap(), noon()).err(),
        Some(ChainError::Purpose)
    );
}

#[test]
fn m05_the_path_length_is_kept() {
    let limited = Template {
        role: Role::Authority { path_length: Some(0) },
        ..Template::authority("Client CA", noon())
    };
    let root = Authority::self_signed(&limited).unwrap().into_authority();
    assert_eq!(verdict(&trust(&root), &root.issue(&client()).unwrap()), Ok(()));
    let below = below(&root, "Intermediate");
    assert_eq!(
        verdict(&trust(&root), &below.issue(&client()).unwrap()),
        Err(ChainError::Authority)
    );
}

#[test]
fn m05_a_chain_without_end_is_not_followed() {
    let root = root();
    let mut last = below(&root, "1");
    for number in 2..=4 {
        last = below(&last, &number.to_string());
    }
    assert_eq!(verdict(&trust(&root), &last.issue(&client()).unwrap()), Ok(()));
    let last = below(&last, "5");
    assert!(verdict(&trust(&root), &last.issue(&client()).unwrap()).is_err());
}

#[test]
fn m05_name_constraints_are_kept() {
    let root = Authority::self_signed(&Template {
        extensions: vec![permitted_dns("budget.example")],
        ..Template::authority("Client CA", noon())
    })
    .unwrap()
    .into_authority();
    let named = |dns: &str| {
        let alternative_names = vec![AlternativeName::Dns(dns.to_owned())];
        root.issue(&Template {
            alternative_names,
            ..client()
        })
        .unwrap()
    };
    assert_eq!(verdict(&trust(&root), &named("a.budget.example")), Ok(()));
    assert_eq!(
        verdict(&trust(&root), &named("bank.example")),
        Err(ChainError::NameConstraints)
    );
    assert_eq!(
        verdict(&trust(&root), &named("notbudget.example")),
        Err(ChainError::NameConstraints)
    );
}

/// `NameConstraints` that permit one DNS subtree (RFC5280-4.2.1.10).
fn permitted_dns(name: &str) -> X509Extension {
    let wrap = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
    let subtree = wrap(0x30, &wrap(0x82, name.as_bytes()));
    let constraints = wrap(0x30, &wrap(0xa0, &subtree));
    let identifier = Asn1Object::from_str("2.5.29.30").unwrap();
    let content = Asn1OctetString::new_from_bytes(&constraints).unwrap();
    X509Extension::new_from_der(&identifier, true, &content).unwrap()
}

#[test]
fn m05_an_extension_that_must_be_understood_and_is_not_refuses_the_certificate() {
    let root = root();
    let identifier = Asn1Object::from_str("1.2.3.4").unwrap();
    let content = Asn1OctetString::new_from_bytes(&[5, 0]).unwrap();
    let extensions = vec![X509Extension::new_from_der(&identifier, true, &content).unwrap()];
    let certificate = root
        .issue(&Template {
            extensions,
            ..client()
        })
        .unwrap();
    assert_eq!(verdict(&trust(&root), &certificate), Err(ChainError::Other(34)));
}

#[test]
fn m05_a_servers_certificate_is_not_a_clients() {
    let root = root();
    let server = root.issue(&Template::server(noon())).unwrap();
    assert_eq!(verdict(&trust(&root), &server), Err(ChainError::Purpose));
}

#[test]
fn m05_a_weak_key_is_refused() {
    let root = root();
    let weak = root
        .issue(&Template {
            key: KeyKind::Rsa1024,
            ..client()
        })
        .unwrap();
    assert_eq!(verdict(&trust(&root), &weak), Err(ChainError::Weak));
    assert!(!weak.presented().unwrap().has_strong_key());
    assert!(
        root.issue(&client())
            .unwrap()
            .presented()
            .unwrap()
            .has_strong_key()
    );
}

#[test]
fn m05_an_intermediate_helps_and_is_no_root() {
    let root = root();
    let below = below(&root, "Intermediate");
    let certificate = below.issue(&client()).unwrap();
    let der = certificate.certificate().to_der().unwrap();
    let alone = concordat_mtls::PresentedCertificate::from_der::<Vec<u8>>(&der, &[]).unwrap();
    assert_eq!(
        trust(&root).verify(&alone, noon()).err(),
        Some(ChainError::Untrusted)
    );
    let both = [root.certificate_pem().unwrap(), below.certificate_pem().unwrap()].concat();
    assert!(
        TrustStore::from_pem(&both)
            .unwrap()
            .verify(&alone, noon())
            .is_ok()
    );
    assert_eq!(
        trust(&below).verify(&alone, noon()).err(),
        Some(ChainError::Untrusted)
    );
}

#[test]
fn a_file_without_authorities_is_refused() {
    for pem in [
        &b""[..],
        b"nothing here",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        assert!(matches!(
            TrustStore::from_pem(pem),
            Err(TrustStoreError::Authorities)
        ));
    }
}

#[test]
fn what_is_not_exactly_one_certificate_is_not_read() {
    let der = Authority::self_signed(&client())
        .unwrap()
        .certificate()
        .to_der()
        .unwrap();
    let none: &[Vec<u8>] = &[];
    assert!(concordat_mtls::PresentedCertificate::from_der(&der, none).is_ok());
    assert!(concordat_mtls::PresentedCertificate::from_der(&[der.as_slice(), &[0]].concat(), none).is_err());
    assert!(
        concordat_mtls::PresentedCertificate::from_der(&[der.as_slice(), der.as_slice()].concat(), none)
            .is_err()
    );
    assert!(concordat_mtls::PresentedCertificate::from_der(&der[..der.len() - 1], none).is_err());
    assert!(concordat_mtls::PresentedCertificate::from_der(&[], none).is_err());
    assert!(concordat_mtls::PresentedCertificate::from_der(&der, &vec![der.clone(); 9]).is_err());
}
