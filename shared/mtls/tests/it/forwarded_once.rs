//! M02: one header, one certificate, one spelling; all else from a trusted proxy is refused.

use concordat_mtls::forwarded::{Form, ForwardedError};
use openssl::base64::encode_block;

use crate::proxy::{ALL, base64, client, header, pem, proxy, read};

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
    let long = [item.as_str(); 9].join(", ");
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
