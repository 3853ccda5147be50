//! M11: the identity of a connection is the one that its own handshake proved.
//!
//! A client tries to carry the session of one certificate into a connection with another. The public
//! listener, which does resume, shows that the attempt would be noticed.

use std::sync::{Arc, Mutex};

use concordat_mtls::development::{Authority, Issued, Template};
use openssl::ssl::{SslAcceptor, SslConnectorBuilder, SslSession, SslSessionCacheMode, SslVersion};

use crate::parties::{client_with, handshake, mutual, noon, public, resume};

fn certificate(name: &str) -> Issued {
    Authority::self_signed(&Template::client(name, noon())).unwrap()
}

/// Connects once, and gives the session that the server offered for later: in TLS 1.3 by a ticket after the
/// handshake.
fn first(server: &SslAcceptor, mut client: SslConnectorBuilder) -> (Option<SslSession>, Option<SslSession>) {
    let ticket = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&ticket);
    // Kept by us alone: a context that goes away spoils the sessions that it keeps itself.
    client.set_session_cache_mode(SslSessionCacheMode::CLIENT | SslSessionCacheMode::NO_INTERNAL);
    client.set_new_session_callback(move |_, session| *slot.lock().unwrap() = Some(session));
    let seen = handshake(server, client).unwrap();
    (ticket.lock().unwrap().take(), seen.session)
}

fn limited(certificate: &Issued, version: SslVersion) -> SslConnectorBuilder {
    let mut client = client_with(certificate);
    client.set_max_proto_version(Some(version)).unwrap();
    client
}

#[test]
fn m11_the_public_listener_resumes_by_ticket() {
    let server = public();
    let someone = certificate("someone");
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let (ticket, _) = first(&server, limited(&someone, version));
        let again = resume(&server, limited(&someone, version), ticket.as_ref()).unwrap();
        assert!(again.resumed, "{version:?}");
        assert!(again.certificate.is_none());
    }
}

#[test]
fn m11_a_session_of_one_client_does_not_serve_another() {
    let server = mutual();
    let victim = certificate("victim");
    let thief = certificate("thief");
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let (ticket, session) = first(&server, limited(&victim, version));
        assert!(ticket.is_none(), "{version:?}: nothing was offered to resume");
        let seen = resume(&server, limited(&thief, version), session.as_ref()).unwrap();
        assert!(!seen.resumed, "{version:?}");
        let seen = seen.certificate.unwrap();
        assert_eq!(
            seen.thumbprint(),
            thief.presented().unwrap().thumbprint(),
            "{version:?}"
        );
    }
}

#[test]
fn m11_a_session_of_the_public_listener_does_not_open_the_mutual_one() {
    let client = certificate("client");
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let (ticket, _) = first(&public(), limited(&client, version));
        let seen = resume(&mutual(), limited(&client, version), ticket.as_ref()).unwrap();
        assert!(!seen.resumed, "{version:?}");
        assert!(seen.certificate.is_some());
    }
}
