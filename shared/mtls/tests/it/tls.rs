//! What TLS accepts on both listeners, each case by a client that offers just that.

use std::time::Duration;

use concordat_mtls::development::{Authority, KeyKind, Template};
use openssl::ssl::SslVersion;

use crate::parties::{
    Alert, HANDSHAKE_FAILURE, PROTOCOL_VERSION, client, client_with, handshake, mutual, noon, public,
};

/// A client that offers this version alone.
fn alone(version: SslVersion, suites: &str) -> openssl::ssl::SslConnectorBuilder {
    let mut client = client();
    client.set_min_proto_version(Some(version)).unwrap();
    client.set_max_proto_version(Some(version)).unwrap();
    client.set_cipher_list(suites).unwrap();
    client
}

#[test]
fn tls_1_0_and_1_1_alone_are_refused_by_protocol_version() {
    for server in [public(), mutual()] {
        for version in [SslVersion::TLS1, SslVersion::TLS1_1] {
            let refused = handshake(&server, alone(version, "ALL:@SECLEVEL=0")).err();
            assert_eq!(refused, Some(PROTOCOL_VERSION), "{version:?}");
        }
    }
}

#[test]
fn tls_1_2_has_the_suites_of_every_fapi_profile() {
    for server in [public(), mutual()] {
        for suite in ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"] {
            let seen = handshake(&server, alone(SslVersion::TLS1_2, suite)).unwrap();
            assert_eq!((seen.version, seen.cipher.as_str()), ("TLSv1.2", suite));
        }
    }
}

#[test]
fn tls_1_2_with_any_other_suite_is_refused_by_handshake_failure() {
    for server in [public(), mutual()] {
        for suites in [
            "ECDHE-RSA-CHACHA20-POLY1305",
            "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384",
            "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384",
            "DHE-RSA-CHACHA20-POLY1305",
            "ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384",
            "ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA",
            "AES128-GCM-SHA256:AES256-GCM-SHA384",
            "AES128-SHA:AES256-SHA256",
            "DHE-RSA-AES128-CCM:DHE-RSA-AES256-CCM8",
            "ADH-AES128-GCM-SHA256:AECDH-AES128-SHA",
            "ECDHE-RSA-NULL-SHA:NULL-SHA256",
        ] {
            let refused = handshake(&server, alone(SslVersion::TLS1_2, suites)).err();
            assert_eq!(refused, Some(HANDSHAKE_FAILURE), "{suites}");
        }
    }
}

#[test]
fn tls_1_3_is_preferred_where_both_are_offered() {
    for server in [public(), mutual()] {
        assert_eq!(handshake(&server, client()).unwrap().version, "TLSv1.3");
    }
}

#[test]
fn http_1_1_is_all_that_is_spoken() {
    for server in [public(), mutual()] {
        let mut both = client();
        both.set_alpn_protos(b"\x02h2\x08http/1.1").unwrap();
        assert_eq!(
            handshake(&server, both).unwrap().alpn.as_deref(),
            Some(&b"http/1.1"[..])
        );
        let mut neither = client();
        neither.set_alpn_protos(b"\x02h2").unwrap();
        assert_eq!(handshake(&server, neither).unwrap().alpn, None);
    }
}

#[test]
fn a_client_without_certificate_is_let_in_and_left_to_the_endpoint() {
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let mut client = client();
        client.set_max_proto_version(Some(version)).unwrap();
        assert!(handshake(&mutual(), client).unwrap().certificate.is_none());
    }
}

#[test]
fn any_certificate_is_let_in_and_left_to_the_endpoint() {
    let authority = Authority::create("Unknown CA", noon()).unwrap();
    let between = authority
        .issue(&Template::authority("Unknown Intermediate", noon()))
        .unwrap()
        .into_authority();
    let expired = Template {
        valid_until: noon(),
        ..Template::client("expired", noon() - Duration::from_secs(9_999))
    };
    let certificates = [
        Authority::self_signed(&Template::client("self-signed", noon())).unwrap(),
        Authority::self_signed(&Template {
            key: KeyKind::Rsa1024,
            ..Template::client("weak", noon())
        })
        .unwrap(),
        authority
            .issue(&Template::client("unknown authority", noon()))
            .unwrap(),
        authority.issue(&expired).unwrap(),
        authority
            .issue(&Template {
                key: KeyKind::Rsa2048,
                ..Template::server(noon())
            })
            .unwrap(),
        between
            .issue(&Template::client("behind an intermediate", noon()))
            .unwrap(),
    ];
    let server = mutual();
    for certificate in &certificates {
        for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
            let mut client = client_with(certificate);
            client.set_max_proto_version(Some(version)).unwrap();
            let seen = handshake(&server, client).unwrap().certificate.unwrap();
            assert_eq!(
                seen.thumbprint(),
                certificate.presented().unwrap().thumbprint(),
                "{}",
                seen.subject()
            );
        }
    }
}

#[test]
fn the_chain_that_a_client_sends_is_there_to_be_verified() {
    let authority = Authority::create("Client CA", noon()).unwrap();
    let between = authority
        .issue(&Template::authority("Intermediate", noon()))
        .unwrap()
        .into_authority();
    let certificate = between.issue(&Template::client("client", noon())).unwrap();
    let seen = handshake(&mutual(), client_with(&certificate))
        .unwrap()
        .certificate
        .unwrap();
    let trust = concordat_mtls::TrustStore::from_pem(&authority.certificate_pem().unwrap()).unwrap();
    assert!(trust.verify(&seen, noon()).is_ok());
}

#[test]
fn m10_the_public_listener_never_sees_a_certificate() {
    let certificate = Authority::self_signed(&Template::client("client", noon())).unwrap();
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let mut client = client_with(&certificate);
        client.set_max_proto_version(Some(version)).unwrap();
        assert!(handshake(&public(), client).unwrap().certificate.is_none());
    }
}

#[test]
fn m10_each_certificate_has_its_own_thumbprint_even_under_one_name() {
    let template = Template::client("client", noon());
    let one = Authority::self_signed(&template).unwrap().presented().unwrap();
    let other = Authority::self_signed(&template).unwrap().presented().unwrap();
    assert_eq!(one.subject(), other.subject());
    assert_ne!(one.thumbprint(), other.thumbprint());
    assert_eq!(one.thumbprint().as_str().len(), 43);
}

#[test]
fn a_client_that_cannot_use_its_certificate_is_not_let_in_with_it() {
    // Possession is proven by signing, so a certificate alone, with another key, does not get past openssl.
    let certificate = Authority::self_signed(&Template::client("victim", noon())).unwrap();
    let other = Authority::self_signed(&Template::client("thief", noon())).unwrap();
    let mut client = client();
    client.set_certificate(certificate.certificate()).unwrap();
    assert!(client.set_private_key(other.key()).is_err());
    let seen: Result<_, Alert> = handshake(&mutual(), client);
    assert!(seen.unwrap().certificate.is_none());
}
