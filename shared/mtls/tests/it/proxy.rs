//! A trusted proxy, and certificates written as each kind of proxy writes them.

use concordat_mtls::{
    PresentedCertificate, SubjectRule, TrustStore,
    development::{Authority, Issued, Template},
    forwarded::{Form, ForwardedError, Proxies, TrustedProxy},
};
use openssl::{base64::encode_block, sha::sha256};

use crate::parties::{assert_nothing_left_behind, noon};

pub(crate) const ALL: [Form; 4] = [Form::Rfc9440, Form::Nginx, Form::Envoy, Form::Haproxy];

pub(crate) fn client() -> Issued {
    let root = Authority::create("Client CA", noon()).unwrap();
    let below = root
        .issue(&Template::authority("Intermediate", noon()))
        .unwrap()
        .into_authority();
    below.issue(&Template::client("client", noon())).unwrap()
}

/// A connection that is a trusted proxy's.
pub(crate) fn proxy(form: Form) -> TrustedProxy {
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

pub(crate) fn proxies(authority: &Authority, subject: &str, form: Form) -> Proxies {
    let authorities = TrustStore::from_pem(&authority.certificate_pem().unwrap()).unwrap();
    Proxies::new(
        authorities,
        vec![SubjectRule::SubjectDn(subject.to_owned())],
        form,
    )
}

pub(crate) fn read(
    proxy: TrustedProxy,
    headers: &[(&str, &str)],
) -> Result<Option<PresentedCertificate>, ForwardedError> {
    let read = proxy.certificate(headers.iter().map(|(name, value)| (*name, value.as_bytes())));
    assert_nothing_left_behind();
    read
}

pub(crate) fn base64(certificate: &Issued) -> String {
    encode_block(&certificate.certificate().to_der().unwrap())
}

/// As nginx and Envoy escape: everything but letters, digits and `-._~`.
pub(crate) fn escape(text: &[u8]) -> String {
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

pub(crate) fn pem(certificate: &Issued) -> String {
    escape(&certificate.certificate().to_pem().unwrap())
}

/// The header by which such a proxy names `certificate`.
pub(crate) fn header(form: Form, certificate: &Issued) -> (&'static str, String) {
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
            let subject = r#""CN=a\",b""#;
            let value =
                format!("By=proxy;Hash={hash};Cert=\"{cert}\";Chain=\"{chain}\";Subject={subject};URI=");
            ("X-Forwarded-Client-Cert", value)
        }
        Form::Haproxy => ("X-SSL-Client-DER", base64(certificate)),
    }
}
