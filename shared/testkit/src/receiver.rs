//! A recipient's callback: a TLS server that asks for the caller's certificate, keeps what it is sent, and behaves as told. It can
//! be killed, with every connection cut, and come back on the same port.

mod connection;
mod received;

use std::{
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use openssl::{
    pkey::PKey,
    ssl::{SslAcceptor, SslMethod, SslVerifyMode, SslVersion},
    x509::{X509, store::X509StoreBuilder},
};

use crate::PATIENCE;

use self::{connection::serve, received::summary};

pub use self::{
    connection::with_body,
    received::{Reaction, Received},
};

type React = dyn Fn(&Received) -> Reaction + Send + Sync;

struct Inner {
    port: u16,
    acceptor: SslAcceptor,
    react: Box<React>,
    received: Mutex<Vec<Received>>,
    changed: Condvar,
    /// Connections that are open, to cut them.
    open: Mutex<Vec<(u64, TcpStream)>>,
    connections: AtomicU64,
    alive: AtomicBool,
    listening: Mutex<Option<JoinHandle<()>>>,
}

/// A receiver that runs. Dropping it kills it.
pub struct Receiver(Arc<Inner>);

impl Receiver {
    /// A receiver on a free port of this machine, with this certificate and key (PEM), for callers whose certificate `authority` (PEM)
    /// issued. `react` is asked for each request.
    pub fn start(
        (certificate, key): (&[u8], &[u8]),
        authority: &[u8],
        react: impl Fn(&Received) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        builder.set_min_proto_version(Some(SslVersion::TLS1_2)).unwrap();
        builder
            .set_certificate(&X509::from_pem(certificate).unwrap())
            .unwrap();
        builder
            .set_private_key(&PKey::private_key_from_pem(key).unwrap())
            .unwrap();
        let mut store = X509StoreBuilder::new().unwrap();
        store.add_cert(X509::from_pem(authority).unwrap()).unwrap();
        builder.set_verify_cert_store(store.build()).unwrap();
        // Asked for; who has none is let in and shown to have none.
        builder.set_verify(SslVerifyMode::PEER);
        builder.set_session_id_context(b"receiver").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let inner = Arc::new(Inner {
            port: listener.local_addr().unwrap().port(),
            acceptor: builder.build(),
            react: Box::new(react),
            received: Mutex::default(),
            changed: Condvar::new(),
            open: Mutex::default(),
            connections: AtomicU64::new(0),
            alive: AtomicBool::new(true),
            listening: Mutex::default(),
        });
        listen(&inner, listener);
        Self(inner)
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.0.port)
    }

    /// Connections that it was asked for, since it was made.
    pub fn connections(&self) -> u64 {
        self.0.connections.load(Ordering::SeqCst)
    }

    /// Everything that it was sent, in the order of arrival, challenges too.
    pub fn received(&self) -> Vec<Received> {
        self.0.received().clone()
    }

    /// Everything that it was sent and took, without challenges.
    pub fn notifications(&self) -> Vec<Received> {
        let received = self.0.received();
        let taken = received.iter().filter(|one| one.reaction == Reaction::Take);
        taken.filter(|one| one.challenge().is_none()).cloned().collect()
    }

    /// Cuts every connection and takes no more, as when its process is killed.
    pub fn kill(&self) {
        self.0.alive.store(false, Ordering::SeqCst);
        // Wakes the listener, which sees that it is dead.
        let _ = TcpStream::connect(("127.0.0.1", self.0.port));
        if let Some(listening) = self.0.listening.lock().unwrap().take() {
            listening.join().unwrap();
        }
        for (_, stream) in self.0.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Comes back on the same port.
    pub fn revive(&self) {
        let listener = TcpListener::bind(("127.0.0.1", self.0.port)).unwrap();
        self.0.alive.store(true, Ordering::SeqCst);
        listen(&self.0, listener);
    }

    /// Waits until what it was sent is as asked for, and gives it.
    ///
    /// # Panics
    /// When it is not in [`PATIENCE`].
    pub async fn wait_until(&self, is_right: impl Fn(&[Received]) -> bool + Send + 'static) -> Vec<Received> {
        let (seen, is_right) = self.wait(PATIENCE, is_right).await;
        assert!(is_right, "not what was waited for: {:#?}", summary(&seen));
        seen
    }

    /// As [`Self::wait_until`], for so long; says whether it is right.
    pub async fn wait(
        &self,
        patience: Duration,
        is_right: impl Fn(&[Received]) -> bool + Send + 'static,
    ) -> (Vec<Received>, bool) {
        let inner = Arc::clone(&self.0);
        let waiting = move || {
            let until = Instant::now() + patience;
            let mut received = inner.received();
            loop {
                if is_right(&received) {
                    return (received.clone(), true);
                }
                let Some(left) = until.checked_duration_since(Instant::now()) else {
                    return (received.clone(), false);
                };
                received = inner.changed.wait_timeout(received, left).unwrap().0;
            }
        };
        tokio::task::spawn_blocking(waiting).await.unwrap()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Inner {
    fn received(&self) -> MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap()
    }
}

fn listen(inner: &Arc<Inner>, listener: TcpListener) {
    let this = Arc::clone(inner);
    let thread = std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            if !this.alive.load(Ordering::SeqCst) {
                return;
            }
            let number = this.connections.fetch_add(1, Ordering::SeqCst);
            let kept = stream.try_clone().unwrap();
            this.open.lock().unwrap().push((number, kept));
            let this = Arc::clone(&this);
            std::thread::spawn(move || {
                // Whatever breaks is a connection that ended.
                let _ = serve(&this, &stream);
                let _ = stream.shutdown(Shutdown::Both);
                this.open.lock().unwrap().retain(|(known, _)| *known != number);
            });
        }
    });
    *inner.listening.lock().unwrap() = Some(thread);
}
