//! What TLS accepts: versions, suites, and whether a client certificate is asked for.
//!
//! FAPI 1 allows over TLS 1.2 only ECDHE_RSA and DHE_RSA with AES-GCM (FAPI1-ADV-8.5), FAPI 2 only what BCP
//! 195 recommends, which DHE is not (FAPI2-SP-FINAL-5.2.2): what is left is ECDHE_RSA with AES-GCM. TLS 1.3
//! stands as it is. An older version is answered with the alert `protocol_version`, and nothing in common
//! with `handshake_failure`; that is how openssl does it, and the tests hold it to that.

use openssl::ssl::{
    AlpnError, SslAcceptor, SslAcceptorBuilder, SslMethod, SslOptions, SslSessionCacheMode, SslVerifyMode,
    SslVersion, select_next_proto,
};

use crate::{
    identity::{ServerIdentity, TlsError},
    queue::emptied,
};

const TLS12_SUITES: &str = "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384";
const TLS13_SUITES: &str = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
const GROUPS: &str = "X25519:P-256:P-384";

/// In the wire form of ALPN: each name after its length.
const HTTP11: &[u8] = b"\x08http/1.1";

/// The listener on which no client certificate is asked for: whatever a client would present is not seen.
///
/// Sessions may be resumed by ticket, since they carry no identity; none is kept in memory.
///
/// # Errors
/// [`TlsError::OpenSsl`] when the library refuses a setting.
pub fn public_acceptor(identity: &ServerIdentity) -> Result<SslAcceptorBuilder, TlsError> {
    let mut builder = acceptor(identity)?;
    builder.set_verify(SslVerifyMode::NONE);
    builder.set_session_id_context(b"concordat public")?;
    Ok(builder)
}

/// The listener on which a client certificate is requested, and the handshake succeeds with any and with
/// none.
///
/// The endpoint decides, and answers in its own words: a refusal by TLS is an alert that no client can show
/// to anyone, and fails the conformance suite's probes. The client's chain is not built here, so that a
/// stranger's certificate costs no signature check but that of the handshake.
///
/// No session is resumed, by ticket or by id, and none renegotiated: the certificate of a connection is the
/// one that its own handshake proved, from the first byte to the last.
///
/// # Errors
/// [`TlsError::OpenSsl`] when the library refuses a setting.
pub fn mutual_acceptor(identity: &ServerIdentity) -> Result<SslAcceptorBuilder, TlsError> {
    let mut builder = acceptor(identity)?;
    // Emptied here as well: while this handshake waits for more, the thread serves other connections.
    builder.set_verify_callback(SslVerifyMode::PEER, |_, _| emptied(true));
    builder.set_verify_depth(0);
    builder.set_options(SslOptions::NO_TICKET);
    builder.set_num_tickets(0)?;
    builder.set_session_id_context(b"concordat mutual")?;
    Ok(builder)
}

fn acceptor(identity: &ServerIdentity) -> Result<SslAcceptorBuilder, TlsError> {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
    builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
    builder.set_cipher_list(TLS12_SUITES)?;
    builder.set_ciphersuites(TLS13_SUITES)?;
    builder.set_groups_list(GROUPS)?;
    // 112 bits of strength at least, SHA-1 nowhere. Debian's default; not every distribution's.
    builder.set_security_level(2);
    builder.set_options(SslOptions::NO_RENEGOTIATION | SslOptions::CIPHER_SERVER_PREFERENCE);
    builder.set_session_cache_mode(SslSessionCacheMode::OFF);
    builder.set_alpn_select_callback(|_, offered| select_next_proto(HTTP11, offered).ok_or(AlpnError::NOACK));

    builder.set_certificate(&identity.leaf)?;
    for certificate in &identity.chain {
        builder.add_extra_chain_cert(certificate.clone())?;
    }
    builder.set_private_key(&identity.key)?;
    Ok(builder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::development::{Authority, Template, noon};

    #[test]
    fn m11_no_renegotiation_and_no_ticket_on_the_mutual_listener() {
        let issued = Authority::create("Test CA", noon())
            .unwrap()
            .issue(&Template::server(noon()))
            .unwrap();
        let identity =
            ServerIdentity::from_pem(&issued.chain_pem().unwrap(), &issued.key_pem().unwrap()).unwrap();
        let mutual = mutual_acceptor(&identity).unwrap();
        assert!(
            mutual
                .options()
                .contains(SslOptions::NO_RENEGOTIATION | SslOptions::NO_TICKET)
        );
        assert!(
            public_acceptor(&identity)
                .unwrap()
                .options()
                .contains(SslOptions::NO_RENEGOTIATION)
        );
    }
}
