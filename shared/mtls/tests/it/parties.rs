//! Who takes part: a server and a client that shake hands over a loopback socket, and the present instant.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use concordat_mtls::{
    PresentedCertificate, ServerIdentity,
    development::{Authority, Issued, Template},
};
use domain::Instant;
use openssl::{
    error::ErrorStack,
    ssl::{
        HandshakeError, Ssl, SslAcceptor, SslAcceptorBuilder, SslConnector, SslConnectorBuilder, SslMethod,
        SslRef, SslSession, SslVerifyMode,
    },
};

/// Noon of 1 July 2026, UTC.
pub(crate) fn noon() -> Instant {
    Instant::from_timestamp(1_782_907_200, 0).unwrap()
}

pub(crate) fn identity() -> ServerIdentity {
    let issued = Authority::create("Server CA", noon())
        .unwrap()
        .issue(&Template::server(noon()))
        .unwrap();
    ServerIdentity::from_pem(&issued.chain_pem().unwrap(), &issued.key_pem().unwrap()).unwrap()
}

pub(crate) fn public() -> SslAcceptor {
    concordat_mtls::public_acceptor(&identity())
        .map(SslAcceptorBuilder::build)
        .unwrap()
}

pub(crate) fn mutual() -> SslAcceptor {
    concordat_mtls::mutual_acceptor(&identity())
        .map(SslAcceptorBuilder::build)
        .unwrap()
}

/// A client that trusts any server, and refuses nothing by itself: what it meets is the server's doing.
pub(crate) fn client() -> SslConnectorBuilder {
    let mut client = SslConnector::builder(SslMethod::tls_client()).unwrap();
    client.set_verify(SslVerifyMode::NONE);
    // Debian's openssl would not even offer what must be refused.
    client.set_security_level(0);
    client.set_min_proto_version(None).unwrap();
    client
}

pub(crate) fn client_with(certificate: &Issued) -> SslConnectorBuilder {
    let mut client = client();
    client.set_certificate(certificate.certificate()).unwrap();
    for above in certificate.chain() {
        client.add_extra_chain_cert(above.clone()).unwrap();
    }
    client.set_private_key(certificate.key()).unwrap();
    client
}

/// One end's view of a connection that stands.
pub(crate) struct Seen {
    pub(crate) version: &'static str,
    pub(crate) cipher: String,
    pub(crate) alpn: Option<Vec<u8>>,
    pub(crate) resumed: bool,
    /// The server's view of the client.
    pub(crate) certificate: Option<PresentedCertificate>,
    /// The client's session after the handshake and one byte from the server.
    pub(crate) session: Option<SslSession>,
}

/// The number of the alert that the client received.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Alert(pub(crate) i32);

pub(crate) const HANDSHAKE_FAILURE: Alert = Alert(40);
pub(crate) const PROTOCOL_VERSION: Alert = Alert(70);

/// Connects, and tells what each side saw: the server's part is `certificate` and nothing else.
pub(crate) fn handshake(server: &SslAcceptor, client: SslConnectorBuilder) -> Result<Seen, Alert> {
    resume(server, client, None)
}

/// The same, offering a session of an earlier connection.
pub(crate) fn resume(
    server: &SslAcceptor,
    client: SslConnectorBuilder,
    session: Option<&SslSession>,
) -> Result<Seen, Alert> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = server.clone();
    let accepting = thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut stream = server.accept(socket).ok()?;
        let certificate = PresentedCertificate::from_ssl(stream.ssl());
        assert_nothing_left_behind();
        stream.write_all(b"!").unwrap();
        // Until the client goes: a socket closed with bytes unread would take the last of ours with it.
        let _ = stream.read(&mut [0]);
        Some(certificate)
    });

    let socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let client = client.build();
    let mut ssl = Ssl::new(client.context()).unwrap();
    ssl.set_hostname("localhost").unwrap();
    if let Some(session) = session {
        #[expect(
            unsafe_code,
            reason = "the session was made by a context of the same settings, as openssl asks"
        )]
        // SAFETY: see above.
        unsafe { ssl.set_session(session) }.unwrap();
    }
    match ssl.connect(socket) {
        Ok(mut stream) => {
            stream.read_exact(&mut [0]).unwrap();
            let seen = view(stream.ssl());
            let _ = stream.shutdown();
            drop(stream);
            Ok(Seen {
                certificate: accepting.join().unwrap().unwrap(),
                ..seen
            })
        }
        Err(HandshakeError::Failure(broken)) => {
            let reason = broken
                .error()
                .ssl_error()
                .unwrap()
                .errors()
                .last()
                .unwrap()
                .reason_code();
            drop(broken);
            assert!(accepting.join().unwrap().is_none());
            // openssl reports an alert that it received as 1000 and the alert's number.
            Err(Alert(reason - 1000))
        }
        Err(other) => panic!("{other}"),
    }
}

fn view(ssl: &SslRef) -> Seen {
    Seen {
        version: ssl.version_str(),
        cipher: ssl.current_cipher().unwrap().name().to_owned(),
        alpn: ssl.selected_alpn_protocol().map(<[u8]>::to_vec),
        resumed: ssl.session_reused(),
        certificate: None,
        session: ssl.session().map(ToOwned::to_owned),
    }
}

/// openssl keeps a queue of errors a thread, and takes what is left in it for the failure of whatever is
/// read or written next on that thread: another client's connection would break.
pub(crate) fn assert_nothing_left_behind() {
    let left = ErrorStack::get();
    assert!(left.errors().is_empty(), "{left}");
}
