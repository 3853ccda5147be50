//! M05, M08, M13: whose certificate it is, on real certificates. The rule for names part by part is tested
//! beside it.

use concordat_mtls::{
    SubjectRule, TrustStore, TrustedCertificate,
    development::{AlternativeName, Authority, Template},
    subject,
};

use openssl::{
    asn1::{Asn1Object, Asn1OctetString},
    ssl::SslVersion,
    x509::X509Extension,
};

use crate::parties::{assert_nothing_left_behind, client_with, handshake, mutual, noon};

fn trusted(template: &Template) -> TrustedCertificate {
    let authority = Authority::create("Client CA", noon()).unwrap();
    let trust = TrustStore::from_pem(&authority.certificate_pem().unwrap()).unwrap();
    trust
        .verify(&authority.issue(template).unwrap().presented().unwrap(), noon())
        .unwrap()
}

fn named(alternative_names: Vec<AlternativeName>) -> TrustedCertificate {
    trusted(&Template {
        alternative_names,
        ..Template::client("common.example", noon())
    })
}

fn dns(text: &str) -> SubjectRule {
    SubjectRule::SanDns(text.to_owned())
}

fn subject_dn(text: &str) -> SubjectRule {
    SubjectRule::SubjectDn(text.to_owned())
}

#[test]
fn m08_the_whole_subject_is_compared() {
    let certificate = trusted(&Template {
        subject: vec![
            ("C", "US".into()),
            ("O", "Budget, Inc.".into()),
            ("CN", "client".into()),
        ],
        ..Template::client("", noon())
    });
    assert_eq!(
        certificate.certificate().subject(),
        "CN=client,O=Budget\\, Inc.,C=US"
    );
    for right in [
        "CN=client,O=Budget\\, Inc.,C=US",
        "cn=client, o=Budget\\2C Inc., c=US",
        "2.5.4.3=client,2.5.4.10=Budget\\, Inc.,2.5.4.6=#13025553",
    ] {
        assert!(certificate.satisfies(&subject_dn(right)), "{right}");
    }
    for wrong in [
        "C=US,O=Budget\\, Inc.,CN=client",
        "CN=client",
        "CN=client,O=Budget\\, Inc.",
        "CN=client,O=Budget,C=US",
        "CN=client+O=Budget\\, Inc.,C=US",
        "CN=CLIENT,O=Budget\\, Inc.,C=US",
        "CN=client,OU=Budget\\, Inc.,C=US",
        "CN=client,O=Budget, Inc.,C=US",
        "/C=US/O=Budget, Inc./CN=client",
        "",
        "*",
    ] {
        assert!(!certificate.satisfies(&subject_dn(wrong)), "{wrong}");
    }
}

#[test]
fn m08_what_is_shown_can_be_registered() {
    for name in [
        "plain",
        "a,b+c;d",
        "  edges  ",
        "#hash",
        "Zürich \u{1f600}",
        "back\\slash\"quote",
        "<b>",
    ] {
        let certificate = trusted(&Template {
            subject: vec![("O", "x".into()), ("CN", name.into())],
            ..Template::client("", noon())
        });
        let shown = certificate.certificate().subject();
        assert!(certificate.satisfies(&subject_dn(&shown)), "{shown}");
    }
}

#[test]
fn m08_a_nul_in_a_name_hides_nothing() {
    let certificate = trusted(&Template {
        subject: vec![("CN", "client\0.evil".into())],
        ..Template::client("", noon())
    });
    for wrong in ["CN=client", "CN=client\\00.evil", "CN=client\\00"] {
        assert!(!certificate.satisfies(&subject_dn(wrong)), "{wrong}");
    }
    let certificate = named(vec![AlternativeName::Dns("client.example\0.evil.example".into())]);
    assert!(!certificate.satisfies(&dns("client.example")));
}

#[test]
fn m08_alternative_names_are_compared_whole_and_by_kind() {
    let certificate = named(vec![
        AlternativeName::Dns("client.budget.example".into()),
        AlternativeName::Uri("https://budget.example/client".into()),
        AlternativeName::Ip("192.0.2.7".into()),
        AlternativeName::Ip("2001:db8::7".into()),
        AlternativeName::Email("ops@budget.example".into()),
    ]);
    for right in [
        dns("client.budget.example"),
        dns("CLIENT.Budget.example"),
        SubjectRule::SanUri("https://budget.example/client".into()),
        SubjectRule::SanIp("192.0.2.7".into()),
        SubjectRule::SanIp("2001:0db8:0:0::7".into()),
        SubjectRule::SanEmail("ops@budget.example".into()),
    ] {
        assert_eq!(subject::check(&right), Ok(()));
        assert!(certificate.satisfies(&right), "{right:?}");
    }
    for wrong in [
        dns("budget.example"),
        dns("client.budget.example.evil"),
        dns("evil.client.budget.example"),
        dns("client.budget.example."),
        dns("192.0.2.7"),
        dns(""),
        SubjectRule::SanUri("https://budget.example/".into()),
        SubjectRule::SanUri("https://budget.example/client/".into()),
        SubjectRule::SanUri("HTTPS://budget.example/client".into()),
        SubjectRule::SanUri("client.budget.example".into()),
        SubjectRule::SanIp("192.0.2.70".into()),
        SubjectRule::SanIp("::ffff:192.0.2.7".into()),
        SubjectRule::SanIp("192.0.2.0/24".into()),
        SubjectRule::SanEmail("Ops@budget.example".into()),
        SubjectRule::SanEmail("budget.example".into()),
        subject_dn("CN=client.budget.example"),
    ] {
        assert!(!certificate.satisfies(&wrong), "{wrong:?}");
    }
}

#[test]
fn m08_the_common_name_is_no_dns_name() {
    assert!(!trusted(&Template::client("client.example", noon())).satisfies(&dns("client.example")));
    let other = named(vec![AlternativeName::Dns("other.example".into())]);
    assert!(!other.satisfies(&dns("common.example")));
}

#[test]
fn m05_a_wildcard_is_nobodys_name() {
    let certificate = named(vec![AlternativeName::Dns("*.budget.example".into())]);
    for wrong in [
        "client.budget.example",
        "*.budget.example",
        "budget.example",
        "a.b.budget.example",
        "*",
    ] {
        assert!(!certificate.satisfies(&dns(wrong)), "{wrong}");
    }
}

#[test]
fn m13_a_subject_cannot_deceive_a_log() {
    let name = "ok\0\r\n{\"level\":\"INFO\"}\u{202e}\u{200b}\u{1b}[2J";
    let certificate = trusted(&Template {
        subject: vec![("CN", name.into())],
        ..Template::client("", noon())
    });
    let shown = certificate.certificate().subject();
    assert_eq!(
        shown,
        "CN=ok\\00\\0D\\0A{\\\"level\\\":\\\"INFO\\\"}\\E2\\80\\AE\\E2\\80\\8B\\1B[2J"
    );
    let debug = format!("{certificate:?}");
    assert!(!debug.contains("INFO") && debug.contains(certificate.certificate().thumbprint().as_str()));
}

#[test]
fn m13_a_long_subject_is_cut() {
    let subject = vec![("OU", "\u{e4}".repeat(64)); 10];
    let certificate = Authority::self_signed(&Template {
        subject,
        ..Template::client("", noon())
    })
    .unwrap();
    let shown = certificate.presented().unwrap().subject();
    assert_eq!(shown.len(), 1024);
    assert!(shown.ends_with("..."));
}

#[test]
fn names_that_cannot_be_read_match_nothing_and_leave_nothing_behind() {
    let identifier = Asn1Object::from_str("2.5.29.17").unwrap();
    let content = Asn1OctetString::new_from_bytes(b"\x30\x7fno names").unwrap();
    let extensions = vec![X509Extension::new_from_der(&identifier, false, &content).unwrap()];
    let template = Template {
        extensions,
        ..Template::client("client", noon())
    };

    let certificate = Authority::self_signed(&template).unwrap();
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let mut client = client_with(&certificate);
        client.set_max_proto_version(Some(version)).unwrap();
        let _ = handshake(&mutual(), client);
    }

    let authority = Authority::create("Client CA", noon()).unwrap();
    let trust = TrustStore::from_pem(&authority.certificate_pem().unwrap()).unwrap();
    let presented = authority.issue(&template).unwrap().presented().unwrap();
    let trusted = trust.verify(&presented, noon());
    assert_nothing_left_behind();
    assert!(!trusted.is_ok_and(|trusted| trusted.satisfies(&dns("client"))));
    assert_nothing_left_behind();
}
