//! M01, M02, M03: certificates in headers, from proxies and from others.

use concordat_mtls::{
    PresentedCertificate, SubjectRule, TrustStore,
    development::{Authority, Issued, Template},
    forwarded::{Form, ForwardedError, Proxies, TrustedProxy, present},
};
use openssl::{base64::encode_block, sha::sha256};

use crate::parties::noon;

const ALL: [Form; 4] = [Form::Rfc9440, Form::Nginx, Form::Envoy, Form::Haproxy];

fn client() -> Issued {
    let root = Authority::create("Client CA", noon()).unwrap();
    let below = root
        .issue(&Template::authority("Intermediate", noon()))
        .unwrap()
        .into_authority();
    below.issue(&Template::client("client", noon())).unwrap()
}

/// A connection that is a trusted proxy's.
fn proxy(form: Form) -> TrustedProxy {
    let authority = Authority::create("Internal CA", noon()).unwrap();
    let certificate = authority
        .issue(&Template::client("proxy", noon()))
        .unwrap()
        .presented()
        .unwrap();
    proxies(&authority, "CN=proxy", form)
        .recognise(&certificate, noon())
        .unwrap()
}

fn proxies(authority: &Authority, subject: &str, form: Form) -> Proxies {
    let authorities = TrustStore::from_pem(&authority.certificate_pem().unwrap()).unwrap();
    Proxies::new(
        authorities,
        vec![SubjectRule::SubjectDn(subject.to_owned())],
        form,
    )
}

fn read(
    proxy: TrustedProxy,
    headers: &[(&str, &str)],
) -> Result<Option<PresentedCertificate>, ForwardedError> {
    proxy.certificate(headers.iter().map(|(name, value)| (*name, value.as_bytes())))
}

fn base64(certificate: &Issued) -> String {
    encode_block(&certificate.certificate().to_der().unwrap())
}

/// As nginx and Envoy escape: everything but letters, digits and `-._~`.
fn escape(text: &[u8]) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.iter()
        .map(|byte| {
            if plain(byte) {
                char::from(*byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn pem(certificate: &Issued) -> String {
    escape(&certificate.certificate().to_pem().unwrap())
}

/// The header by which such a proxy names `certificate`.
fn header(form: Form, certificate: &Issued) -> (&'static str, String) {
    match form {
        Form::Rfc9440 => ("Client-Cert", format!(":{}:", base64(certificate))),
        Form::Nginx => ("ssl-client-cert", pem(certificate)),
        Form::Envoy => {
            let hash: String = sha256(&certificate.certificate().to_der().unwrap())
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let chain = escape(&certificate.chain_pem().unwrap());
            let cert = pem(certificate);
            let value = format!(
                "By=spiffe://bank/proxy;Hash={hash};Cert=\"{cert}\";Chain=\"{chain}\";Subject=\"CN=a\\\",b\";URI="
            );
            ("X-Forwarded-Client-Cert", value)
        }
        Form::Haproxy => ("X-SSL-Client-DER", base64(certificate)),
    }
}

#[test]
fn each_form_names_the_certificate() {
    let client = client();
    for form in ALL {
        let (name, value) = header(form, &client);
        let seen = read(proxy(form), &[("Host", "bank.example"), (name, &value)])
            .unwrap()
            .unwrap();
        assert_eq!(
            seen.thumbprint(),
            client.presented().unwrap().thumbprint(),
            "{form:?}"
        );
    }
}

#[test]
fn the_chain_is_passed_on_where_the_form_has_one() {
    let root = Authority::create("Client CA", noon()).unwrap();
    let below = root
        .issue(&Template::authority("Intermediate", noon()))
        .unwrap()
        .into_authority();
    let client = below.issue(&Template::client("client", noon())).unwrap();
    let trust = TrustStore::from_pem(&root.certificate_pem().unwrap()).unwrap();

    let between = encode_block(&client.chain()[0].to_der().unwrap());
    let (name, value) = header(Form::Rfc9440, &client);
    let chain = format!(":{between}:, :{between}:");
    let seen = read(
        proxy(Form::Rfc9440),
        &[(name, &value), ("client-cert-chain", &chain)],
    )
    .unwrap()
    .unwrap();
    assert!(trust.verify(&seen, noon()).is_ok());

    let (name, value) = header(Form::Envoy, &client);
    assert!(
        trust
            .verify(
                &read(proxy(Form::Envoy), &[(name, &value)]).unwrap().unwrap(),
                noon()
            )
            .is_ok()
    );
}

#[test]
fn no_header_and_an_empty_one_mean_no_certificate() {
    for form in ALL {
        let (name, _) = header(form, &client());
        assert!(read(proxy(form), &[]).unwrap().is_none());
        assert!(read(proxy(form), &[(name, "")]).unwrap().is_none());
    }
}

#[test]
fn m01_only_a_named_proxy_is_believed() {
    let authority = Authority::create("Internal CA", noon()).unwrap();
    let named = proxies(&authority, "CN=proxy", Form::Rfc9440);
    let recognised = |issued: &Issued| named.recognise(&issued.presented().unwrap(), noon()).is_some();

    let proxy = Template::client("proxy", noon());
    assert!(recognised(&authority.issue(&proxy).unwrap()));
    assert!(
        !recognised(&authority.issue(&Template::client("proxy2", noon())).unwrap()),
        "not named"
    );
    assert!(
        !recognised(&Authority::self_signed(&proxy).unwrap()),
        "self-signed"
    );
    let impostor = Authority::create("Internal CA", noon()).unwrap();
    assert!(!recognised(&impostor.issue(&proxy).unwrap()), "another authority");
    let expired = Template {
        valid_until: noon(),
        ..proxy
    };
    assert!(!recognised(&authority.issue(&expired).unwrap()), "expired");
}

#[test]
fn m01_without_names_nobody_is_believed() {
    let authority = Authority::create("Internal CA", noon()).unwrap();
    let authorities = TrustStore::from_pem(&authority.certificate_pem().unwrap()).unwrap();
    let nobody = Proxies::new(authorities, Vec::new(), Form::Rfc9440);
    let someone = authority
        .issue(&Template::client("proxy", noon()))
        .unwrap()
        .presented()
        .unwrap();
    assert!(nobody.recognise(&someone, noon()).is_none());
}

#[test]
fn m01_what_others_write_is_named_for_the_log() {
    let names = [
        "Host",
        "X-Client-Cert",
        "client_cert",
        "X_SSL_CERT",
        "X-Forwarded-Client-Cert",
        "Client-Cert",
    ];
    assert_eq!(
        present(names),
        [
            "client-cert",
            "x-client-cert",
            "x-forwarded-client-cert",
            "x-ssl-cert"
        ]
    );
    assert!(present(["Host", "Accept", "X-Forwarded-For"]).is_empty());
}

#[test]
fn m02_two_headers_are_refused() {
    let client = client();
    for form in ALL {
        let (name, value) = header(form, &client);
        let twice = [(name, value.as_str()), (name, value.as_str())];
        assert_eq!(
            read(proxy(form), &twice).err(),
            Some(ForwardedError::Twice),
            "{form:?}"
        );
        let second_empty = [(name, value.as_str()), (name, "")];
        assert_eq!(
            read(proxy(form), &second_empty).err(),
            Some(ForwardedError::Twice),
            "{form:?}"
        );
    }
    let (_, value) = header(Form::Nginx, &client);
    let both = [
        ("ssl-client-cert", value.as_str()),
        ("x-ssl-client-cert", value.as_str()),
    ];
    assert_eq!(read(proxy(Form::Nginx), &both).err(), Some(ForwardedError::Twice));
}

#[test]
fn m02_another_spelling_of_the_name_is_refused() {
    let client = client();
    for form in ALL {
        let (name, value) = header(form, &client);
        for spelt in [name.replace('-', "_"), name.replacen('-', "_", 1)] {
            let alone = read(proxy(form), &[(&spelt, &value)]).err();
            assert_eq!(alone, Some(ForwardedError::Name), "{spelt}");
            let beside = read(proxy(form), &[(name, &value), (&spelt, &value)]).err();
            assert_eq!(beside, Some(ForwardedError::Name), "{spelt}");
        }
        assert!(read(proxy(form), &[(&name.to_uppercase(), &value)]).is_ok());
    }
}

#[test]
fn m02_folded_lines_and_control_characters_are_refused() {
    let client = client();
    for form in ALL {
        let (name, value) = header(form, &client);
        for wrong in [
            format!("{value}\r\n "),
            format!("{}\n\t{}", &value[..9], &value[9..]),
            format!("{value}\t"),
            format!("{value}\0"),
            format!("{value}\u{a0}"),
        ] {
            assert_eq!(
                read(proxy(form), &[(name, &wrong)]).err(),
                Some(ForwardedError::Malformed),
                "{form:?}"
            );
        }
    }
    let folded = String::from_utf8(client.certificate().to_pem().unwrap())
        .unwrap()
        .replace('\n', "\n\t");
    assert_eq!(
        read(proxy(Form::Nginx), &[("ssl-client-cert", &folded)]).err(),
        Some(ForwardedError::Malformed)
    );
}

#[test]
fn m02_encoded_newlines_beside_the_certificate_are_refused() {
    let client = client();
    let (name, value) = header(Form::Nginx, &client);
    for wrong in [
        format!("%0D%0A{value}"),
        format!("{value}%0D%0AX-Admin:%20yes"),
        format!("{value}%0A"),
        value.replace("%0A", "%0D%0A"),
        value.replace("%0A", "%250A"),
        value.replacen("%0A", "%00", 2),
    ] {
        assert_eq!(
            read(proxy(Form::Nginx), &[(name, &wrong)]).err(),
            Some(ForwardedError::Malformed),
            "{wrong}"
        );
    }
    let bare = format!(":{}%0A:", base64(&client));
    assert_eq!(
        read(proxy(Form::Rfc9440), &[("client-cert", &bare)]).err(),
        Some(ForwardedError::Malformed)
    );
}

#[test]
fn m02_two_certificates_in_one_header_are_refused() {
    let one = client();
    let other = client();
    let two_pems = format!("{}{}", pem(&one), pem(&other));
    assert_eq!(
        read(proxy(Form::Nginx), &[("ssl-client-cert", &two_pems)]).err(),
        Some(ForwardedError::Twice)
    );
    let two_items = format!(":{}:, :{}:", base64(&one), base64(&other));
    assert_eq!(
        read(proxy(Form::Rfc9440), &[("client-cert", &two_items)]).err(),
        Some(ForwardedError::Twice)
    );
    let two_elements = format!("Cert=\"{}\",Cert=\"{}\"", pem(&one), pem(&other));
    let two_certs = format!("Cert=\"{}\";cert=\"{}\"", pem(&one), pem(&other));
    let two_in_one = format!("Cert=\"{two_pems}\"");
    for value in [two_elements, two_certs, two_in_one] {
        let refused = read(proxy(Form::Envoy), &[("x-forwarded-client-cert", &value)]).err();
        assert_eq!(refused, Some(ForwardedError::Twice));
    }
    let mut two_ders = one.certificate().to_der().unwrap();
    two_ders.extend(other.certificate().to_der().unwrap());
    let two_ders = encode_block(&two_ders);
    assert_eq!(
        read(proxy(Form::Haproxy), &[("x-ssl-client-der", &two_ders)]).err(),
        Some(ForwardedError::Malformed)
    );
}

#[test]
fn m02_what_is_not_of_the_form_is_refused() {
    let client = client();
    let der = base64(&client);
    let cert = pem(&client);
    for (form, name, value) in [
        (Form::Rfc9440, "client-cert", der.clone()),
        (Form::Rfc9440, "client-cert", format!(":{der}:;a=1")),
        (Form::Rfc9440, "client-cert", format!(":{der}")),
        (Form::Rfc9440, "client-cert", "::".to_owned()),
        (Form::Rfc9440, "client-cert", ":AAAA:".to_owned()),
        (Form::Nginx, "ssl-client-cert", der.clone()),
        (Form::Nginx, "ssl-client-cert", "(null)".to_owned()),
        (Form::Haproxy, "x-ssl-client-der", format!("\"{der}")),
        (Form::Haproxy, "x-ssl-client-der", cert.clone()),
        (Form::Envoy, "x-forwarded-client-cert", cert.clone()),
        (Form::Envoy, "x-forwarded-client-cert", format!("Cert={cert}\"")),
        (Form::Envoy, "x-forwarded-client-cert", format!("Cert=\"{cert}")),
        (
            Form::Envoy,
            "x-forwarded-client-cert",
            format!("Cert=\"{cert}\";"),
        ),
        (
            Form::Envoy,
            "x-forwarded-client-cert",
            "Hash=00;Subject=\"CN=admin\"".to_owned(),
        ),
        (
            Form::Envoy,
            "x-forwarded-client-cert",
            format!("Hash=00;Cert=\"{cert}\""),
        ),
        (Form::Envoy, "x-forwarded-client-cert", "a=b;".repeat(100)),
    ] {
        assert_eq!(
            read(proxy(form), &[(name, &value)]).err(),
            Some(ForwardedError::Malformed),
            "{form:?} {value}"
        );
    }
}

#[test]
fn m02_a_chain_alone_and_a_chain_too_long_are_refused() {
    let client = client();
    let item = format!(":{}:", base64(&client));
    let alone = read(proxy(Form::Rfc9440), &[("client-cert-chain", &item)]).err();
    assert_eq!(alone, Some(ForwardedError::ChainAlone));
    let long = vec![item.as_str(); 9].join(", ");
    let refused = read(
        proxy(Form::Rfc9440),
        &[("client-cert", &item), ("client-cert-chain", &long)],
    )
    .err();
    assert_eq!(refused, Some(ForwardedError::Malformed));
}

#[test]
fn m02_headers_of_another_form_are_not_read() {
    let client = client();
    for form in ALL {
        for other in ALL.into_iter().filter(|other| *other != form) {
            let (name, value) = header(other, &client);
            assert!(
                read(proxy(form), &[(name, &value)]).unwrap().is_none(),
                "{form:?} {other:?}"
            );
        }
    }
}

#[test]
fn m03_a_trusted_proxy_speaks_for_its_client_and_never_for_itself() {
    // The type says the rest: without a certificate of its own there is nothing to recognise.
    assert!(
        read(proxy(Form::Rfc9440), &[("Authorization", "Bearer x")])
            .unwrap()
            .is_none()
    );
}
