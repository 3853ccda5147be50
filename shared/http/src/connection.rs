//! What TLS proved of a connection, looked up once when it is made and kept beside it.

use std::{
    any::Any,
    sync::{Arc, Mutex, PoisonError},
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
    trust: Judgement<Result<TrustedCertificate, ChainError>>,
    proxy: Judgement<Option<TrustedProxy>>,
}

/// Following a chain costs signatures, so what was found of a connection's certificate holds for a while: not for the
/// whole connection, which may outlive its certificate, or the list that it is not on (M06).
struct Judgement<T>(Mutex<Option<(Instant, T)>>);

/// How long.
const HOLDS: chrono::TimeDelta = chrono::TimeDelta::seconds(30);

impl<T: Clone> Judgement<T> {
    const fn none() -> Self {
        Self(Mutex::new(None))
    }

    fn at(&self, now: Instant, judge: impl FnOnce() -> T) -> T {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, judgement)) = &*last
            && (chrono::TimeDelta::zero()..HOLDS).contains(&(now - *at))
        {
            return judgement.clone();
        }
        let judgement = judge();
        *last = Some((now, judgement.clone()));
        judgement
    }
}

impl Connection {
    /// A connection by what was presented on it.
    pub fn new(listener: Listener, certificate: Option<PresentedCertificate>) -> Self {
        Self(Arc::new(Inner {
            listener,
            certificate,
            trust: Judgement::none(),
            proxy: Judgement::none(),
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

    /// Whether that certificate leads to one of our authorities; looked up every half minute.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn trusted(&self, authorities: &TrustStore, now: Instant) -> Result<TrustedCertificate, ChainError> {
        let certificate = self.certificate().ok_or(ChainError::Unreadable)?;
        self.0.trust.at(now, || authorities.verify(certificate, now))
    }

    /// Whether the peer is a proxy that may speak for others; looked up every half minute.
    pub(crate) fn proxy(
        &self,
        now: Instant,
        recognise: impl FnOnce() -> Option<TrustedProxy>,
    ) -> Option<TrustedProxy> {
        self.0.proxy.at(now, recognise)
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
