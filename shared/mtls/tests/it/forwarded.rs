//! M01, M03: whose headers are believed, and that each form names the right certificate.

use concordat_mtls::{
    TrustStore,
    development::{Authority, Issued, Template},
    forwarded::{Form, Proxies, present},
};
use openssl::base64::encode_block;

use crate::{
    parties::noon,
    proxy::{ALL, client, header, proxies, proxy, read},
};

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
fn m03_a_trusted_proxy_speaks_for_its_client_and_never_for_itself() {
    // The type says the rest: without a certificate of its own there is nothing to recognise.
    assert!(
        read(proxy(Form::Rfc9440), &[("Authorization", "Bearer x")])
            .unwrap()
            .is_none()
    );
}
