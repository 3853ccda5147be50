//! Handshakes with exactly the versions and suites that are named.

use std::net::{SocketAddr, TcpStream};

use openssl::{
    pkey::PKey,
    ssl::{SslConnector, SslMethod, SslStream, SslVerifyMode, SslVersion},
    x509::X509,
};

/// What a client offers.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// Lowest version.
    pub lowest: SslVersion,
    /// Highest version.
    pub highest: SslVersion,
    /// Suites up to TLS 1.2, as openssl writes them; its own when empty.
    pub suites: &'static str,
}

impl Offer {
    /// Only this version, with this client's own suites.
    pub const fn only(version: SslVersion) -> Self {
        Self {
            lowest: version,
            highest: version,
            suites: "",
        }
    }
}

/// Shakes hands, with this certificate and key (PEM) if there are some; the server's certificate is not looked at.
///
/// # Errors
/// What openssl says, the alert's name in it.
pub fn shake_hands(
    server: SocketAddr,
    offer: Offer,
    identity: Option<(&[u8], &[u8])>,
) -> Result<SslStream<TcpStream>, String> {
    let mut builder = SslConnector::builder(SslMethod::tls_client()).unwrap();
    builder.set_verify(SslVerifyMode::NONE);
    // What is offered here must not be forbidden by this machine's own openssl settings.
    builder.set_security_level(0);
    builder.set_min_proto_version(Some(offer.lowest)).unwrap();
    builder.set_max_proto_version(Some(offer.highest)).unwrap();
    if !offer.suites.is_empty() {
        builder.set_cipher_list(offer.suites).unwrap();
    }
    if let Some((certificate, key)) = identity {
        builder
            .set_certificate(&X509::from_pem(certificate).unwrap())
            .unwrap();
        builder
            .set_private_key(&PKey::private_key_from_pem(key).unwrap())
            .unwrap();
    }
    let stream = TcpStream::connect(server).map_err(|error| error.to_string())?;
    stream.set_read_timeout(Some(crate::PATIENCE)).unwrap();
    let mut configuration = builder.build().configure().unwrap();
    configuration.set_verify_hostname(false);
    configuration
        .connect("localhost", stream)
        .map_err(|error| format!("{error:?}"))
}
