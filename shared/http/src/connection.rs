//! What TLS proved of a connection, looked up once when it is made and kept beside it.

use std::{
    any::Any,
    sync::{Arc, OnceLock},
};

use actix_tls::accept::openssl::TlsStream;
use actix_web::{HttpRequest, dev::Extensions, rt::net::TcpStream};
use domain::Instant;
use mtls::{ChainError, PresentedCertificate, TrustStore, TrustedCertificate, forwarded::TrustedProxy};

/// Which listener took a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// TLS without client certificates.
    Public,
    /// TLS with a client certificate requested.
    Mutual,
}

/// One TLS connection. The identity is that of this connection: sessions are never resumed (M11).
#[derive(Clone)]
pub struct Connection(Arc<Inner>);

struct Inner {
    listener: Listener,
    certificate: Option<PresentedCertificate>,
    /// Following a chain costs signatures; the answer holds for the connection while the dates do.
    trust: OnceLock<Result<TrustedCertificate, ChainError>>,
    proxy: OnceLock<Option<TrustedProxy>>,
}

impl Connection {
    /// A connection by what was presented on it.
    pub fn new(listener: Listener, certificate: Option<PresentedCertificate>) -> Self {
        Self(Arc::new(Inner {
            listener,
            certificate,
            trust: OnceLock::new(),
            proxy: OnceLock::new(),
        }))
    }

    /// The connection of a request; one that TLS proved nothing of when the listener is plain.
    pub fn of(request: &HttpRequest) -> Self {
        request
            .conn_data::<Self>()
            .cloned()
            .unwrap_or_else(|| Self::new(Listener::Public, None))
    }

    /// Which listener took it.
    pub fn listener(&self) -> Listener {
        self.0.listener
    }

    /// The certificate whose key the peer proved to hold.
    pub fn certificate(&self) -> Option<&PresentedCertificate> {
        self.0.certificate.as_ref()
    }

    /// Whether that certificate leads to one of our authorities; looked up once.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn trusted(&self, authorities: &TrustStore, now: Instant) -> Result<&TrustedCertificate, ChainError> {
        let certificate = self.certificate().ok_or(ChainError::Unreadable)?;
        self.0
            .trust
            .get_or_init(|| authorities.verify(certificate, now))
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Whether the peer is a proxy that may speak for others; looked up once.
    pub(crate) fn proxy(&self, recognise: impl FnOnce() -> Option<TrustedProxy>) -> Option<TrustedProxy> {
        *self.0.proxy.get_or_init(recognise)
    }
}

/// For `HttpServer::on_connect`: keeps what TLS proved beside the connection.
pub fn on_connect(listener: Listener) -> impl Fn(&dyn Any, &mut Extensions) + Clone + Send + Sync + 'static {
    move |stream, data| {
        let certificate = stream
            .downcast_ref::<TlsStream<TcpStream>>()
            .and_then(|stream| PresentedCertificate::from_ssl(stream.ssl()));
        data.insert(Connection::new(listener, certificate));
    }
}
